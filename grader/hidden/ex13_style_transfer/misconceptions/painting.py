"""What goes wrong while a picture is painted."""

from grader.misconceptions import misconception

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


@misconception("stylize")
def losses_that_were_thought_up(
    content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0
):
    """Your losses are the same for every picture. They should be what the painting has come to in each iteration:
    where is that number known?"""
    image, _ = _right["stylize"](
        content, style, base, style_layers, content_layer, iterations, seed, content_weight, style_weight
    )
    return image, [100 / (iteration + 1) for iteration in range(iterations)]


# doodle


@misconception("doodle")
def losses_of_no_painting(style, style_map, target_map, base, style_layers, iterations, seed):
    """Your losses are the same whatever is painted. They should be what the painting has come to in each iteration:
    where is that number known?"""
    image, _ = _right["doodle"](style, style_map, target_map, base, style_layers, iterations, seed)
    return image, [100 / (iteration + 1) for iteration in range(iterations)]


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


def _check_maps(style, style_map, target_map):
    if np.shape(style)[:2] != np.shape(style_map) or not np.isin(target_map, style_map).all():
        raise ValueError("the maps do not fit")
