"""What goes wrong when images are moved."""

from grader.misconceptions import misconception

# shift


@misconception("shift")
def leaves_on_one_side_and_comes_back_on_the_other(images, dx, dy):
    """`np.roll` brings back on the left what has left on the right. Paper comes in there, so it has to be 0."""
    _at_least_3d(images)
    return np.roll(images, (dy, dx), axis=(1, 2))


@misconception("shift")
def only_to_the_right_and_down(images, dx, dy):
    """Try a negative shift: a slice that starts at a negative index starts from the other end. Both signs need their
    own slices."""
    images = _at_least_3d(images)
    shifted = np.zeros_like(images)
    if dx >= 0 and dy >= 0:
        shifted[:, dy:, dx:] = images[:, : images.shape[1] - dy, : images.shape[2] - dx]
    return shifted


# augment


@misconception("augment")
def one_shift_for_all(images, max_shift, rng):
    """You draw once and move all images by it: the network then sees a set of digits that all stand in the same wrong
    place. Draw for each image."""
    _not_negative(max_shift)
    dx, dy = rng.integers(-max_shift, max_shift + 1, size=2)
    return shift(images, dx, dy)


@misconception("augment")
def largest_shift_never_happens(images, max_shift, rng):
    """`rng.integers(low, high)` never draws `high` itself. Count how often each shift comes up."""
    _not_negative(max_shift)
    pairs = rng.integers(-max_shift, max(max_shift, 1 - max_shift), size=(len(images), 2))
    return np.concatenate([shift(image[np.newaxis], dx, dy) for image, (dx, dy) in zip(images, pairs, strict=True)])


def _at_least_3d(images):
    images = np.asarray(images)
    if images.ndim < 3:
        raise ValueError("a single image")
    return images


def _not_negative(max_shift):
    if max_shift < 0:
        raise ValueError("a negative shift")
