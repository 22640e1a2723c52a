"""What goes wrong when images are normalized and changed at random."""

from grader.misconceptions import misconception

# channel_statistics


@misconception("channel_statistics")
def statistics_of_every_pixel(images):
    """Look at the shape of what you return: the mean over the images alone is a picture, one number per pixel and
    channel. Over which axes do you have to go to be left with one number per channel?"""
    images = _checked(images).astype(np.float64)
    return images.mean(axis=0), images.std(axis=0)


@misconception("channel_statistics")
def mean_of_the_deviations_of_each_image(images):
    """You take the standard deviation within each image and average those. A black image and a white one have none in
    themselves, and yet their pixels differ a lot: all pixels of all images are one collection of numbers.
    """
    images = _checked(images).astype(np.float64)
    return images.mean(axis=(0, 1, 2)), images.std(axis=(1, 2)).mean(axis=0)


# normalize


@misconception("normalize")
def measures_the_images_again(images, mean, std):
    """Mean and standard deviation are given, and you compute others. If test images are measured by themselves, the
    same colour means one number in training and another one in use.
    """
    images = _checked(images)
    if np.shape(mean) != images.shape[-1:] or np.shape(std) != images.shape[-1:]:
        raise ValueError("one number for each channel")
    own = images.std(axis=(0, 1, 2))
    return (images - images.mean(axis=(0, 1, 2))) / np.where(own == 0, 1, own)


@misconception("normalize")
def constant_channel_divides_by_zero(images, mean, std):
    """Try images with a channel that is the same everywhere: its standard deviation is 0, and 0 / 0 is not a number.
    One such channel, and the loss of the whole network is NaN.
    """
    images, mean, std = _checked(images), np.asarray(mean), np.asarray(std)
    if mean.shape != images.shape[-1:] or std.shape != images.shape[-1:]:
        raise ValueError("one number for each channel")
    return (images - mean) / std


# random_flip


@misconception("random_flip")
def upside_down(images, probability, rng):
    """Draw one image before and after: it stands on its head. Axis 0 counts images; which of the next two runs from
    left to right?"""
    images = _checked(images)
    if not 0 <= probability <= 1:
        raise ValueError("no probability")
    mirrored = rng.random(len(images)) < probability
    return np.where(mirrored[:, None, None, None], images[:, ::-1], images)


@misconception("random_flip")
def one_decision_for_all_images(images, probability, rng):
    """You ask chance once, and then all images are mirrored or none. Each image needs a decision of its own."""
    images = _checked(images)
    if not 0 <= probability <= 1:
        raise ValueError("no probability")
    return images[:, :, ::-1] if rng.random() < probability else images


# random_crop


@misconception("random_crop")
def last_offset_is_never_drawn(images, padding, rng):
    """The upper end of `rng.integers` is not included. Count the pieces for a border of 1: the larger image has two
    rows more, so there are three rows where a piece can begin. How many do you draw from?"""
    images = _checked(images)
    if padding < 0:
        raise ValueError("negative")
    count, height, width, _ = images.shape
    larger = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    begins = rng.integers(0, max(2 * padding, 1), size=(count, 2))
    return np.stack([image[i : i + height, j : j + width] for image, (i, j) in zip(larger, begins, strict=True)])


@misconception("random_crop")
def what_leaves_comes_back_on_the_other_side(images, padding, rng):
    """`np.roll` moves an image in a circle: what leaves on the right comes back on the left. The exercise puts zeros
    around the image, and what leaves it is gone."""
    images = _checked(images)
    if padding < 0:
        raise ValueError("negative")
    moves = rng.integers(-padding, padding + 1, size=(len(images), 2))
    return np.stack([np.roll(image, tuple(move), axis=(0, 1)) for image, move in zip(images, moves, strict=True)])


@misconception("random_crop")
def rows_and_columns_by_the_same_number(images, padding, rng):
    """You draw one number and use it for the row and for the column, so the image moves along its diagonal only. There
    are (2p + 1)^2 pieces, and you reach 2p + 1 of them."""
    images = _checked(images)
    if padding < 0:
        raise ValueError("negative")
    count, height, width, _ = images.shape
    larger = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    begins = rng.integers(0, 2 * padding + 1, size=count)
    return np.stack([image[i : i + height, i : i + width] for image, i in zip(larger, begins, strict=True)])
