"""What goes wrong with the losses of content, style and smoothness."""

from grader.misconceptions import misconception

# gram_matrix


@misconception("gram_matrix")
def sums_are_not_divided(features):
    """Your Gram matrix grows with the picture: of the same style, twice as large, it is four times as much. The
    formula has a factor in front of the sum."""
    positions = _positions(features)
    return ops.matmul(ops.transpose(positions), positions)


@misconception("gram_matrix")
def divided_by_the_positions_only(features):
    """You take the mean over the positions. The formula divides by one more number, which keeps layers with many
    channels from outweighing the others."""
    positions = _positions(features)
    return ops.matmul(ops.transpose(positions), positions) / positions.shape[0]


@misconception("gram_matrix")
def products_of_positions(features):
    """Your matrix has a row for each position and says where things are alike. The style is what is left when
    positions are forgotten: which of the two axes has to be summed over?"""
    positions = _positions(features)
    return ops.matmul(positions, ops.transpose(positions)) / (positions.shape[0] * positions.shape[1])


@misconception("gram_matrix")
def channels_are_mixed_up(features):
    """Reshaping does not turn axes. After `reshape(C, H W)` a row is not a channel, but a few neighbouring positions
    with all their channels: transpose first, or reshape to what the memory has."""
    positions = _positions(features)
    count, channels = positions.shape
    rows = ops.reshape(positions, (channels, count))
    return ops.matmul(rows, ops.transpose(rows)) / (count * channels)


@misconception("gram_matrix")
def only_the_diagonal(features):
    """Outside the diagonal your matrix is 0: every channel is compared with itself. The style is in which channels are
    strong at the same places, so each has to meet every other one."""
    positions = _positions(features)
    squares = ops.sum(ops.square(positions), axis=0) / (positions.shape[0] * positions.shape[1])
    return ops.diag(squares)


# content_loss, style_loss


@misconception("content_loss")
def sum_of_squares(features, target):
    """A sum grows with the layer and the picture, so that the weights would have to be chosen separately for each.
    Which number is it that the docstring asks for?"""
    features, target = _same_shape(features, target)
    return ops.sum(ops.square(features - target))


@misconception("style_loss")
def compares_the_features(features, style_features):
    """You compare the features place by place: that is the content loss. To compare styles, forget the places first.
    (Pictures of two sizes should be no problem then.)"""
    return content_loss(features, style_features)


@misconception("style_loss")
def sum_over_the_entries(features, style_features):
    """The differences of all entries are added up. The docstring asks for their mean, over C x C entries."""
    gram, target = _equal_shapes(gram_matrix(features), gram_matrix(style_features))
    return ops.sum(ops.square(gram - target))


# total_variation


@misconception("total_variation")
def absolute_differences(image):
    """The name is used for both: with absolute values, as you have it, and with squares. Look at the formula in the
    docstring."""
    image = _with_neighbours(image)
    return ops.mean(ops.abs(image[1:] - image[:-1])) + ops.mean(ops.abs(image[:, 1:] - image[:, :-1]))


@misconception("total_variation")
def rows_only(image):
    """Each row is compared with the next, but no column is: vertical stripes count as smooth."""
    image = _with_neighbours(image)
    return ops.mean(ops.square(image[1:] - image[:-1]))


@misconception("total_variation")
def sums_over_the_pairs(image):
    """Of pictures of the same roughness, the larger one gets the larger number from you. Both terms are means."""
    image = _with_neighbours(image)
    return ops.sum(ops.square(image[1:] - image[:-1])) + ops.sum(ops.square(image[:, 1:] - image[:, :-1]))


# masked_gram_matrix


@misconception("masked_gram_matrix")
def divided_by_the_whole_picture(features, mask):
    """You divide by all positions, although only those inside the mask are summed. The smaller the region, the weaker
    its style then becomes."""
    positions, inside = _inside(features, mask)
    return ops.matmul(ops.transpose(inside * positions), positions) / (positions.shape[0] * positions.shape[1])


@misconception("masked_gram_matrix")
def empty_mask_divides_by_zero(features, mask):
    """0 / 0 is not a number, and one NaN in the loss makes the whole picture NaN. What should a region without any
    position give?"""
    positions, inside = _inside(features, mask)
    return ops.matmul(ops.transpose(inside * positions), positions) / (ops.sum(inside) * positions.shape[1])


def _positions(features):
    features = _features(features)
    return ops.reshape(features, (-1, features.shape[-1]))


def _inside(features, mask):
    if tuple(np.shape(mask)) != tuple(np.shape(features))[:2]:
        raise ValueError("the mask does not fit")
    return _positions(features), ops.reshape(ops.convert_to_tensor(mask, "float32"), (-1, 1))


def _same_shape(features, target):
    features, target = _features(features), _features(target)
    return _equal_shapes(features, target)


def _equal_shapes(a, b):
    if tuple(a.shape) != tuple(b.shape):
        raise ValueError("different shapes")
    return a, b


def _with_neighbours(image):
    image = _features(image)
    if min(image.shape) < 2 or image.shape[-1] != 3:
        raise ValueError("no neighbours")
    return image
