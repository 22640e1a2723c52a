"""What goes wrong in ex13, as students write it."""

from grader.misconceptions import misconception

# preprocess, deprocess


@misconception("preprocess")
def red_stays_first(image):
    """The network was trained with blue first. Compare your first channel with the blue of the picture: the mean
    colours are in the right order, but the picture is not."""
    return _picture(image)[np.newaxis] - np.float32(MEAN_BGR)


@misconception("preprocess")
def mean_is_added(image):
    """After the step a picture of the mean colour should be zero everywhere. Yours is twice the mean."""
    return _picture(image)[np.newaxis, :, :, ::-1] + np.float32(MEAN_BGR)


@misconception("deprocess")
def wraps_around(batch):
    """An uint8 has no place for 256 or -1: such values start again at the other end, and bright spots turn black.
    What should happen to values out of range, and when?"""
    return np.round(_picture_of(batch)).astype("int64").astype("uint8")


@misconception("deprocess")
def cuts_the_fraction_off(batch):
    """Turning 99.9 into an integer gives 99: the fraction is cut off, and a picture comes back darker than it was.
    Take the nearest integer."""
    return np.clip(_picture_of(batch), 0, 255).astype("uint8")


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


# content_loss, style_loss


@misconception("content_loss")
def sum_of_squares(features, target):
    """A sum grows with the layer and the picture, so that the weights would have to be chosen anew for each. Which
    number is it that the docstring asks for?"""
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


# build_feature_extractor


@misconception("build_feature_extractor")
def order_of_the_network(base, layer_names):
    """You go through the layers of the network and keep those that are asked for: the outputs are in the order of the
    network. Whoever calls the function expects the order of the names."""
    if not layer_names or not set(layer_names) <= {layer.name for layer in base.layers}:
        raise ValueError("no such layers")
    return keras.Model(base.input, [layer.output for layer in base.layers if layer.name in layer_names])


# stylize


@misconception("stylize")
def returns_the_content(
    content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0
):
    """The losses fall, but the picture that you return is the one that you started with. Where are the pixels that
    were trained?"""
    _, losses = _right["stylize"](
        content, style, base, style_layers, content_layer, iterations, seed, content_weight, style_weight
    )
    return np.asarray(content, dtype="uint8"), losses


@misconception("stylize")
def style_weight_is_not_used(
    content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0
):
    """Call it with a style weight of 0: the style is still painted. One of the arguments appears nowhere."""
    return _right["stylize"](content, style, base, style_layers, content_layer, iterations, seed, content_weight)


@misconception("stylize")
def content_weight_is_not_used(
    content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0
):
    """Call it with a huge content weight: the picture is the same as with none. One of the arguments appears
    nowhere."""
    return _right["stylize"](
        content, style, base, style_layers, content_layer, iterations, seed, style_weight=style_weight
    )


@misconception("stylize")
def only_the_last_style_layer_counts(
    content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0
):
    """Several layers are asked for, and one of them decides: is the sum of the style losses really a sum, or does each
    layer replace the one before?"""
    return _right["stylize"](
        content, style, base, style_layers[-1:], content_layer, iterations, seed, content_weight, style_weight
    )


@misconception("stylize")
def style_of_the_content(
    content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0
):
    """The targets of the style come from the wrong picture: yours is painted in its own style. Check which picture
    each of the targets is computed from."""
    return _right["stylize"](
        content, content, base, style_layers, content_layer, iterations, seed, content_weight, style_weight
    )


@misconception("stylize")
def only_the_last_loss(
    content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0
):
    """You keep the loss of the last iteration only. The curve of all of them shows whether more iterations are worth
    it."""
    image, losses = _right["stylize"](
        content, style, base, style_layers, content_layer, iterations, seed, content_weight, style_weight
    )
    return image, losses[-1:]


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


# doodle


@misconception("doodle")
def one_style_for_all_regions(style, style_map, target_map, base, style_layers, iterations, seed):
    """You compare the style of the whole picture: water grows in the sky. The maps say which part of the style belongs
    to which part of the picture."""
    _check_maps(style, style_map, target_map)
    one, other = np.zeros_like(np.asarray(style_map)), np.zeros_like(np.asarray(target_map))
    return _right["doodle"](style, one, other, base, style_layers, iterations, seed)


@misconception("doodle")
def regions_matched_by_rank(style, style_map, target_map, base, style_layers, iterations, seed):
    """You pair the regions of the two maps as they come when sorted. A region is known by its number, and not all
    regions of the style need to be in the doodle: after the first that is missing, all pairs are wrong."""
    _check_maps(style, style_map, target_map)
    _, ranks = np.unique(style_map, return_inverse=True)
    _, others = np.unique(target_map, return_inverse=True)
    ranks, others = ranks.reshape(np.shape(style_map)), others.reshape(np.shape(target_map))
    return _right["doodle"](style, ranks, others, base, style_layers, iterations, seed)


@misconception("doodle")
def lacking_regions_are_left_out(style, style_map, target_map, base, style_layers, iterations, seed):
    """A region that the style does not have stays noise in your picture, and nobody is told why. Say so."""
    lacking = ~np.isin(target_map, style_map)
    known = np.where(lacking, np.asarray(style_map).flat[0], target_map)
    return _right["doodle"](style, style_map, known, base, style_layers, iterations, seed)


def _picture(image):
    image = np.asarray(image, dtype="float32")
    if image.ndim != 3 or image.shape[-1] != 3:
        raise ValueError("no picture")
    return image


def _picture_of(batch):
    batch = ops.convert_to_numpy(batch)
    if batch.ndim != 4 or batch.shape[0] != 1 or batch.shape[-1] != 3:
        raise ValueError("no batch of one picture")
    return (batch[0] + np.float32(MEAN_BGR))[:, :, ::-1]


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


def _check_maps(style, style_map, target_map):
    if np.shape(style)[:2] != np.shape(style_map) or not np.isin(target_map, style_map).all():
        raise ValueError("the maps do not fit")
