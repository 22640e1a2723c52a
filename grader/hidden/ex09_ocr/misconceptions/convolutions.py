"""What goes wrong with a convolution and a pooling by hand."""

from grader.misconceptions import misconception

# convolve2d


@misconception("convolve2d")
def kernel_is_turned_around(images, kernels, bias):
    """Try one row, 1 3 2 6, and the kernel -1 1: where a pixel is brighter than the one to its left, the answer is to
    be positive. Which way round does your kernel lie on the image?"""
    images, kernels, bias = _checked(images, kernels, bias)
    return _slide(images, kernels[::-1, ::-1]) + bias


@misconception("convolve2d")
def paper_around_the_image(images, kernels, bias):
    """Your maps are as large as the images. In how many places does a kernel of three columns lie *wholly* inside an
    image of five?"""
    images, kernels, bias = _checked(images, kernels, bias)
    more = [((size - 1) // 2, size // 2) for size in kernels.shape[:2]]
    return _slide(np.pad(images, [(0, 0), *more, (0, 0)]), kernels) + bias


@misconception("convolve2d")
def one_place_is_missing(images, kernels, bias):
    """A kernel that is as large as the image fits once. In how many places do you put it, and what does your formula
    say for a kernel of one pixel?"""
    images, kernels, bias = _checked(images, kernels, bias)
    return _slide(images, kernels)[:, :-1, :-1] + bias


@misconception("convolve2d")
def side_by_side_like_cells(images, kernels, bias):
    """Your kernel jumps by its own size, as the cells of the histograms do, so that most places are never asked. How
    far does it move from one number of the map to the next?"""
    images, kernels, bias = _checked(images, kernels, bias)
    return _slide(images, kernels)[:, :: kernels.shape[0], :: kernels.shape[1]] + bias


@misconception("convolve2d")
def only_what_is_positive(images, kernels, bias):
    """You have put the activation in as well. What becomes of a place that speaks *against* the pattern, and does the
    docstring speak of the layer before its activation or after?"""
    images, kernels, bias = _checked(images, kernels, bias)
    return np.maximum(_slide(images, kernels) + bias, 0)


@misconception("convolve2d")
def bias_is_forgotten(images, kernels, bias):
    """An image of zeros gives maps of zeros, whatever the filters are. Which of the three arguments has no say in
    yours?"""
    images, kernels, _ = _checked(images, kernels, bias)
    return _slide(images, kernels)


@misconception("convolve2d")
def bias_for_every_weight(images, kernels, bias):
    """Give it an image of zeros: each map should be the bias of its filter. How often does yours come in, once at each
    place or once for each weight of the kernel?"""
    images, kernels, bias = _checked(images, kernels, bias)
    return _slide(images, kernels) + bias * np.prod(kernels.shape[:2])


@misconception("convolve2d")
def first_channel_only(images, kernels, bias):
    """Digits are grey, but the maps of a first layer have many channels, and they are the images of the second. Which
    of them does your kernel look at?"""
    images, kernels, bias = _checked(images, kernels, bias)
    return _slide(images[..., :1], kernels[:, :, :1]) + bias


@misconception("convolve2d")
def rows_and_columns_of_the_kernel_swapped(images, kernels, bias):
    """Take a kernel of one row and two columns: it is to compare neighbours in a row. Which axis of the kernel goes
    with which axis of the image?"""
    images, kernels, bias = _checked(images, kernels, bias)
    h, w = kernels.shape[:2]
    if w > images.shape[1] or h > images.shape[2]:
        return np.zeros((1, 1))
    return _slide(images, kernels.swapaxes(0, 1)) + bias


# max_pool


@misconception("max_pool")
def mean_of_each_square(maps, size):
    """Four pixels, 0 0 0 8: yours leaves 2. How strong was the strongest answer in this square?"""
    return _squares(maps, size).mean(axis=(2, 4))


@misconception("max_pool")
def the_search_begins_with_0(maps, size):
    """What is the largest of -3, -1 and -2? A search that begins with 0 finds a number that is not there."""
    return np.maximum(_squares(maps, size).max(axis=(2, 4)), 0)


@misconception("max_pool")
def squares_that_overlap(maps, size):
    """Your square moves by one pixel, so the maps hardly get smaller. If the squares lie side by side, how many of them
    fit into one row?"""
    _squares(maps, size)
    maps = np.asarray(maps)
    rows, columns = maps.shape[1] - size + 1, maps.shape[2] - size + 1
    places = [maps[:, y : y + rows, x : x + columns] for y, x in np.ndindex(size, size)]
    return np.max(places, axis=0)


@misconception("max_pool")
def what_is_left_over_is_kept(maps, size):
    """Five columns in squares of two: there are two squares, and one column is left. What does the docstring do with
    it?"""
    _squares(maps, size)
    maps = np.asarray(maps, dtype=float)
    more = [(0, -length % size) for length in maps.shape[1:3]]
    padded = np.pad(maps, [(0, 0), *more, (0, 0)], constant_values=-np.inf)
    return _squares(padded, size).max(axis=(2, 4))


# What several of them need and do right.


def _checked(images, kernels, bias):
    images, kernels, bias = (np.asarray(array, dtype=float) for array in (images, kernels, bias))
    if images.ndim != 4 or kernels.ndim != 4 or images.shape[3] != kernels.shape[2]:
        raise ValueError("axes or channels")
    if np.any(np.greater(kernels.shape[:2], images.shape[1:3])) or bias.shape != kernels.shape[3:]:
        raise ValueError("size or bias")
    return images, kernels, bias


def _slide(images, kernels):
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.einsum("nyxcij,ijcf->nyxf", windows, kernels)


def _squares(maps, size):
    maps = np.asarray(maps)
    if maps.ndim != 4 or not 1 <= size <= min(maps.shape[1:3]):
        raise ValueError("axes or size")
    n, height, width, channels = maps.shape
    rows, columns = height // size, width // size
    return maps[:, : rows * size, : columns * size].reshape(n, rows, size, columns, size, channels)
