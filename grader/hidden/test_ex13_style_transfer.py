"""Hidden tests of ex13.

Losses are compared with NumPy in float64 on multiples of 1/4. Pictures are painted small, with networks of two layers
whose weights are drawn here, once for each question; what comes back is judged by Gram matrices, features and colours
that the grader computes itself, relative to where it could have stayed: the scale of the loss is the student's own.
"""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly

MEAN_BGR = np.array([103.939, 116.779, 123.68])
SINGLE = {"rtol": 1e-4, "atol": 1e-5}  # float32, in any order of summation


def array(result):
    """A result as an array: a tensor would compare itself."""
    return result if result is None else np.asarray(result)


def quarters(rng, shape):
    """Multiples of 1/4 from -1.5 to 1.5."""
    return (rng.integers(-6, 7, size=shape) / 4).astype("float32")


def different_sides(rng):
    """A height and a width that differ, so that mixing them up shows."""
    height, width = rng.choice(np.arange(3, 9), size=2, replace=False)
    return int(height), int(width)


def positions(features):
    return np.asarray(features, dtype=float).reshape(-1, np.shape(features)[-1])


def gram(features):
    rows = positions(features)
    return rows.T @ rows / rows.size


def shuffled(rng, features):
    """The same features at other positions."""
    return rng.permutation(positions(features)).reshape(np.shape(features)).astype("float32")


def bgr(image):
    return (np.asarray(image, dtype=float)[..., ::-1] - MEAN_BGR)[np.newaxis]


# preprocess, deprocess


@pytest.mark.task("preprocess")
def test_blue_comes_first_and_the_mean_is_gone(student, rng):
    """A batch of one picture, BGR, minus the mean colour of ImageNet"""
    image = rng.integers(0, 256, size=(*different_sides(rng), 3), dtype=np.uint8)
    assert array(student.preprocess(image)) == close(bgr(image), rtol=1e-5, atol=1e-4)


@pytest.mark.task("preprocess")
def test_values_between_the_integers_stay(student, rng):
    """A picture may have any numbers from 0 to 255"""
    image = rng.uniform(0, 255, size=(*different_sides(rng), 3))
    assert array(student.preprocess(image)) == close(bgr(image), rtol=1e-5, atol=1e-4)


@pytest.mark.task("preprocess", edge=True)
@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 4), (1, 4, 5, 3)])
def test_what_is_no_picture_is_refused(student, shape):
    """A grey picture, four channels or a whole batch are a ValueError"""
    with pytest.raises(ValueError):
        student.preprocess(np.full(shape, 7.0))


@pytest.mark.task("deprocess")
def test_a_picture_comes_back(student, rng):
    """What was a picture is the same picture again, in integers"""
    image = rng.integers(0, 256, size=(*different_sides(rng), 3), dtype=np.uint8)
    assert array(student.deprocess(bgr(image).astype("float32"))) == exactly(image)


@pytest.mark.task("deprocess")
def test_values_are_rounded(student, rng):
    """Values go to the nearest integer, not to the one below"""
    image = rng.integers(1, 255, size=(*different_sides(rng), 3), dtype=np.uint8)
    moved = image + rng.uniform(-0.4, 0.4, size=image.shape)
    assert array(student.deprocess(bgr(moved).astype("float32"))) == exactly(image)


@pytest.mark.task("deprocess")
def test_values_outside_are_clipped(student, rng):
    """Below 0 becomes 0, above 255 becomes 255"""
    image = rng.integers(-300, 600, size=(*different_sides(rng), 3))
    assert array(student.deprocess(bgr(image).astype("float32"))) == exactly(np.clip(image, 0, 255))


@pytest.mark.task("deprocess", edge=True)
@pytest.mark.parametrize("shape", [(4, 5, 3), (2, 4, 5, 3)])
def test_what_is_no_batch_of_one_is_refused(student, shape):
    """No batch axis, or two pictures, are a ValueError"""
    with pytest.raises(ValueError):
        student.deprocess(np.zeros(shape, dtype="float32"))


# gram_matrix


@pytest.mark.task("gram_matrix", weight=2)
def test_gram_matrix_of_any_features(student, rng):
    """The sums of products over all positions, divided by H W C"""
    features = quarters(rng, (*different_sides(rng), 5))
    assert array(student.gram_matrix(features)) == close(gram(features), **SINGLE)


@pytest.mark.task("gram_matrix")
def test_gram_matrix_of_one_position(student, rng):
    """A single position gives the products of its channels, divided by their number"""
    f = quarters(rng, 4)
    assert array(student.gram_matrix(f.reshape(1, 1, 4))) == close(np.outer(f, f) / 4, **SINGLE)


@pytest.mark.task("gram_matrix")
def test_gram_matrix_does_not_know_positions(student, rng):
    """Shuffling the positions changes nothing"""
    features = quarters(rng, (*different_sides(rng), 3))
    assert array(student.gram_matrix(shuffled(rng, features))) == close(gram(features), **SINGLE)


@pytest.mark.task("gram_matrix")
def test_gram_matrix_is_symmetric_and_positive(student, rng):
    """G equals its transpose, and no eigenvalue is negative"""
    result = array(student.gram_matrix(quarters(rng, (2, 3, 8))))
    assert result.shape == (8, 8), "there is one row and one column for every channel"
    assert np.ptp(result) > 0, "all entries are the same"
    assert np.allclose(result, result.T, atol=1e-6), "the matrix is not symmetric"
    assert np.linalg.eigvalsh(result).min() > -1e-5, "an eigenvalue is negative"


@pytest.mark.task("gram_matrix")
def test_gram_matrix_does_not_grow_with_the_picture(student, rng):
    """The same features twice, side by side, have the same Gram matrix"""
    features = quarters(rng, (*different_sides(rng), 3))
    assert array(student.gram_matrix(np.concatenate([features, features], axis=1))) == close(gram(features), **SINGLE)


@pytest.mark.task("gram_matrix", edge=True)
@pytest.mark.parametrize("shape", [(6, 3), (1, 4, 5, 3)])
def test_features_without_the_right_axes_are_refused(student, shape):
    """Features that are not (H, W, C) are a ValueError"""
    with pytest.raises(ValueError):
        student.gram_matrix(np.ones(shape, dtype="float32"))


# content_loss, style_loss, total_variation


@pytest.mark.task("content_loss")
def test_content_loss_is_the_mean_squared_difference(student, rng):
    """The mean of the squared differences"""
    features, target = quarters(rng, (2, *different_sides(rng), 4))
    assert array(student.content_loss(features, target)) == close(np.mean((features - target) ** 2.0), **SINGLE)


@pytest.mark.task("content_loss")
def test_content_loss_of_the_same_features(student, rng):
    """Features are at distance 0 from themselves, and not from the same features elsewhere"""
    features = np.arange(24, dtype="float32").reshape(2, 4, 3)
    assert array(student.content_loss(features, features)) == close(0.0)
    moved = features[:, ::-1].copy()
    assert array(student.content_loss(features, moved)) == close(np.mean((features - moved) ** 2), **SINGLE)


@pytest.mark.task("content_loss", edge=True)
@pytest.mark.parametrize("shape", [(1, 4, 2), (3, 4, 1)])
def test_features_of_different_shapes_are_refused(student, shape):
    """A target that would be stretched to fit is a ValueError"""
    with pytest.raises(ValueError):
        student.content_loss(np.ones((3, 4, 2), dtype="float32"), np.ones(shape, dtype="float32"))


@pytest.mark.task("style_loss", weight=2)
def test_style_loss_compares_gram_matrices(student, rng):
    """The mean squared difference of two Gram matrices, of pictures of different sizes"""
    features, style = quarters(rng, (*different_sides(rng), 4)), quarters(rng, (*different_sides(rng), 4))
    assert array(student.style_loss(features, style)) == close(np.mean((gram(features) - gram(style)) ** 2), **SINGLE)


@pytest.mark.task("style_loss")
def test_style_loss_of_a_single_channel(student, rng):
    """With one channel it is the squared difference of two mean squares"""
    a, b = rng.integers(2, 9, size=2)
    features, style = np.full((2, 3, 1), a, dtype="float32"), np.full((4, 1, 1), b, dtype="float32")
    assert array(student.style_loss(features, style)) == close(float(a**2 - b**2) ** 2, **SINGLE)


@pytest.mark.task("style_loss", edge=True)
def test_style_loss_does_not_know_positions(student, rng):
    """The same features at other positions have the same style"""
    features = quarters(rng, (*different_sides(rng), 3))
    assert array(student.style_loss(shuffled(rng, features), features)) == close(0.0, atol=1e-6)


@pytest.mark.task("style_loss", edge=True)
def test_styles_of_different_layers_are_refused(student):
    """Different numbers of channels are a ValueError"""
    with pytest.raises(ValueError):
        student.style_loss(np.ones((2, 3, 4), dtype="float32"), np.ones((2, 3, 1), dtype="float32"))


@pytest.mark.task("total_variation", weight=2)
def test_total_variation_of_any_picture(student, rng):
    """The mean squared difference of vertical neighbours plus that of horizontal ones"""
    image = quarters(rng, (*different_sides(rng), 3))
    expected = np.mean(np.diff(image, axis=0) ** 2) + np.mean(np.diff(image, axis=1) ** 2)
    assert array(student.total_variation(image)) == close(float(expected), **SINGLE)


@pytest.mark.task("total_variation")
def test_total_variation_of_a_ramp(student, rng):
    """A ramp that rises by a from row to row and by b from column to column has a^2 + b^2"""
    a, b = rng.choice(np.arange(1, 6), size=2, replace=False)
    height, width = different_sides(rng)
    ramp = a * np.arange(height)[:, None, None] + b * np.arange(width)[:, None] + np.zeros(3)
    assert array(student.total_variation(ramp.astype("float32"))) == close(float(a**2 + b**2), **SINGLE)


@pytest.mark.task("total_variation")
def test_total_variation_sees_both_directions(student):
    """Horizontal and vertical stripes are equally rough; a picture of one colour is smooth"""
    stripes = np.tile([[[0.0]], [[3.0]]], (2, 5, 3)).astype("float32")
    assert array(student.total_variation(stripes)) == close(9.0, **SINGLE)
    assert array(student.total_variation(np.swapaxes(stripes, 0, 1).copy())) == close(9.0, **SINGLE)
    assert array(student.total_variation(np.full((3, 4, 3), 80, dtype="float32"))) == close(0.0)


@pytest.mark.task("total_variation", edge=True)
@pytest.mark.parametrize("shape", [(1, 5, 3), (5, 1, 3), (5, 5)])
def test_pictures_without_neighbours_are_refused(student, shape):
    """A single row, a single column or no colours are a ValueError"""
    with pytest.raises(ValueError):
        student.total_variation(np.ones(shape, dtype="float32"))


# build_feature_extractor


def network(rng):
    """A network with two layers worth looking at, and a third between them; features are as large as the pixels."""
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(12, 3, padding="same", activation="relu", name="fine")(inputs)
    x = layers.MaxPooling2D(3, strides=2, name="smaller")(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="coarse")(x)
    model = keras.Model(inputs, x)
    shapes = [weight.shape for weight in model.get_weights()]
    model.set_weights([rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape) * (len(shape) > 1) for shape in shapes])
    model.trainable = False
    return model


def look(model, name, batch):
    """What the layer called `name` answers, in float64."""
    part = keras.Model(model.input, model.get_layer(name).output)
    return np.asarray(keras.ops.convert_to_numpy(part(np.asarray(batch, dtype="float32"))), dtype=float)


def outputs(model, batch):
    assert isinstance(model, keras.Model), "no Keras model was returned"
    result = model(np.asarray(batch, dtype="float32"))
    result = result if isinstance(result, list | tuple) else [result]
    return [keras.ops.convert_to_numpy(output) for output in result]


@pytest.mark.task("build_feature_extractor", weight=2)
def test_outputs_come_in_the_order_of_the_names(student, rng):
    """One output per name, in the order of the names, for pictures of any size"""
    base, names = network(rng), list(rng.permutation(["fine", "smaller", "coarse"]))
    extractor = student.build_feature_extractor(base, [str(name) for name in names])
    for sides in ((9, 12), (14, 8)):
        batch = rng.normal(0, 60, size=(2, *sides, 3))
        features = outputs(extractor, batch)
        assert len(features) == 3, "there must be one output for every name"
        for name, answer in zip(names, features, strict=True):
            assert answer == close(look(base, name, batch), rtol=1e-3, atol=1e-2)


@pytest.mark.task("build_feature_extractor")
def test_one_name_gives_one_output(student, rng):
    """A single layer, which is not the last one"""
    base, batch = network(rng), rng.normal(0, 60, size=(1, 8, 9, 3))
    [features] = outputs(student.build_feature_extractor(base, ["fine"]), batch)
    assert features == close(look(base, "fine", batch), rtol=1e-3, atol=1e-2)


@pytest.mark.task("build_feature_extractor", edge=True)
@pytest.mark.parametrize("names", [["fine", "finest"], []])
def test_unknown_layers_are_refused(student, rng, names):
    """A layer that does not exist, or no layer at all, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_feature_extractor(network(rng), names)


# stylize

STYLE_LAYERS = ["fine", "coarse"]


@pytest.fixture(scope="module")
def once():
    """`once(name, run)` is `run()`, done by the first test that asks and shared by the others, failures too."""
    done = {}

    def share(name, run):
        if name not in done:
            try:
                done[name] = run(), None
            except Exception as error:
                done[name] = None, error
        result, error = done[name]
        if error is not None:
            raise error
        return result

    return share


def picture_of(image, height, width):
    image = np.asarray(image, dtype=float)
    assert image.shape == (height, width, 3), "the picture has the wrong shape"
    assert np.isfinite(image).all(), "a pixel is not finite"
    assert 0 <= image.min() <= image.max() <= 255, "a pixel is not between 0 and 255"
    assert image.max() > 2, "the picture is black: its values are not those from 0 to 255"
    return image


def dull(rng, height, width):
    """A grey-green picture with a light rectangle."""
    image = np.full((height, width, 3), (90, 120, 100)) + rng.normal(0, 4, size=(height, width, 3))
    top, left = rng.integers(3, 9, size=2)
    image[top : top + 12, left : left + 10] += 70
    return np.clip(image, 0, 255).astype(np.uint8)


def striped(rng, height, width):
    """Stripes in red or blue and in yellow or white, with a little noise."""
    dark = [(200, 20, 30), (20, 30, 200)][rng.integers(2)]
    light = [(250, 230, 40), (250, 250, 250)][rng.integers(2)]
    stripes = (np.arange(height)[:, None] + np.arange(width)) // 3 % 2
    image = np.array([dark, light])[stripes] + rng.normal(0, 8, size=(height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8)


@pytest.fixture
def painted(student, rng, seed, profile, once):
    """`painted(content_weight, style_weight)` is a picture with its losses, for the same network and pictures."""

    def inputs():
        return network(rng), dull(rng, 26, 33), striped(rng, 30, 24)

    def paint(content_weight, style_weight):
        base, content, style = once("inputs", inputs)
        iterations = profile["stylize_iterations"]
        image, losses = student.stylize(
            content, style, base, STYLE_LAYERS, "coarse", iterations, seed % 10_000,
            content_weight=content_weight, style_weight=style_weight,
        )  # fmt: skip
        return base, content, style, picture_of(image, 26, 33), np.asarray(losses, dtype=float)

    return lambda *weights: once(weights, lambda: paint(*weights))


def style_distance(base, name, image, style):
    """The squared difference of two Gram matrices, relative to the second."""
    found, target = (gram(look(base, name, bgr(picture))) for picture in (image, style))
    return np.sum((found - target) ** 2) / np.sum(target**2)


@pytest.mark.trains
@pytest.mark.task("stylize", weight=3)
def test_the_picture_takes_the_style(painted, profile):
    """Asked for nothing but the style, the picture comes close to it"""
    base, content, style, image, _ = painted(0.0, 1.0)
    before, after = (np.mean([style_distance(base, name, x, style) for name in STYLE_LAYERS]) for x in (content, image))
    assert before / after >= profile["stylize_fall"], "the Gram matrices hardly come closer to those of the style"


@pytest.mark.trains
@pytest.mark.task("stylize")
def test_every_style_layer_counts(painted, profile):
    """In each of the style layers the Gram matrix comes closer to that of the style"""
    base, content, style, image, _ = painted(0.0, 1.0)
    falls = [style_distance(base, n, content, style) / style_distance(base, n, image, style) for n in STYLE_LAYERS]
    assert min(falls) >= profile["stylize_fall_of_each"], "in one of the style layers the style hardly comes closer"


@pytest.mark.trains
@pytest.mark.task("stylize", weight=2)
def test_the_content_weight_keeps_the_content(painted, profile):
    """Asked for nothing but the content, the picture shows it"""
    base, content, _, with_content, _ = painted(1.0, 0.0)
    _, _, _, without, _ = painted(0.0, 1.0)
    target = look(base, "coarse", bgr(content))
    kept, lost = (np.mean((look(base, "coarse", bgr(x)) - target) ** 2) for x in (with_content, without))
    assert lost / kept >= profile["content_ratio"], "the content weight does not keep the content"


@pytest.mark.trains
@pytest.mark.task("stylize", weight=2)
def test_a_huge_content_weight_wins_over_the_style(painted, profile):
    """Asked for the style and a billion times more for the content, the picture shows the content"""
    base, content, _, with_content, _ = painted(1e9, 1.0)
    _, _, _, without, _ = painted(0.0, 1.0)
    target = look(base, "coarse", bgr(content))
    kept, lost = (np.mean((look(base, "coarse", bgr(x)) - target) ** 2) for x in (with_content, without))
    assert lost / kept >= profile["content_ratio"], "however large the content weight is, the content is lost"


@pytest.mark.trains
@pytest.mark.task("stylize", weight=2)
def test_one_loss_per_iteration(painted, profile):
    """There is a loss for every iteration, and the losses fall"""
    *_, losses = painted(0.0, 1.0)
    assert losses.shape == (profile["stylize_iterations"],), "there must be one loss for every iteration"
    assert np.isfinite(losses).all(), "a loss is not finite"
    assert losses[-1] < losses[0] / 2, "the loss hardly falls"


@pytest.mark.trains
@pytest.mark.task("stylize")
def test_the_same_seed_paints_the_same(student, rng, seed):
    """The same seed gives the same picture and the same losses once more"""
    base, content, style = network(rng), dull(rng, 20, 24), striped(rng, 22, 20)
    arguments = content, style, base, STYLE_LAYERS, "fine", 2, seed % 10_000
    (image, losses), (again, same) = student.stylize(*arguments), student.stylize(*arguments)
    first, second = picture_of(image, 20, 24), picture_of(again, 20, 24)
    assert np.abs(first - second).max() <= 2, "the same seed paints another picture"
    assert np.asarray(same, dtype=float) == close(np.asarray(losses, dtype=float), rtol=1e-2)


@pytest.mark.task("stylize", edge=True)
def test_grey_pictures_cannot_be_painted(student, rng):
    """A picture without colours is a ValueError"""
    with pytest.raises(ValueError):
        student.stylize(np.ones((20, 24)), striped(rng, 20, 20), network(rng), STYLE_LAYERS, "fine", 1, 0)


@pytest.mark.task("stylize", edge=True)
def test_no_iterations_are_refused(student, rng):
    """Without an iteration there is nothing to show: a ValueError"""
    with pytest.raises(ValueError):
        student.stylize(dull(rng, 20, 24), striped(rng, 20, 20), network(rng), STYLE_LAYERS, "fine", 0, 0)


# masked_gram_matrix


def masked_gram(features, mask):
    inside = positions(features)[np.ravel(mask) > 0]
    return inside.T @ inside / max(1, inside.size)


def random_mask(rng, height, width):
    mask = rng.integers(0, 2, size=(height, width)).astype("float32")
    mask[0, 0], mask[-1, -1] = 0, 1  # neither empty nor full
    return mask


@pytest.mark.task("masked_gram_matrix", weight=2)
def test_only_the_inside_counts(student, rng):
    """The Gram matrix of the positions inside, divided by their number times C"""
    sides = different_sides(rng)
    features, mask = quarters(rng, (*sides, 4)), random_mask(rng, *sides)
    assert array(student.masked_gram_matrix(features, mask)) == close(masked_gram(features, mask), **SINGLE)


@pytest.mark.task("masked_gram_matrix")
def test_the_outside_is_not_seen(student, rng):
    """Other features outside change nothing, however large"""
    sides = different_sides(rng)
    features, mask = quarters(rng, (*sides, 3)), random_mask(rng, *sides)
    other = np.where(mask[..., None] > 0, features, 50.0).astype("float32")
    assert array(student.masked_gram_matrix(other, mask)) == close(masked_gram(features, mask), **SINGLE)


@pytest.mark.task("masked_gram_matrix")
def test_a_full_mask_changes_nothing(student, rng):
    """With a mask of ones it is the Gram matrix"""
    features = quarters(rng, (*different_sides(rng), 4))
    mask = np.ones(features.shape[:2], dtype="float32")
    assert array(student.masked_gram_matrix(features, mask)) == close(gram(features), **SINGLE)


@pytest.mark.task("masked_gram_matrix", edge=True)
def test_an_empty_mask_gives_zeros(student, rng):
    """No position inside: zeros, and not 0 / 0"""
    features = quarters(rng, (3, 4, 5))
    assert array(student.masked_gram_matrix(features, np.zeros((3, 4), dtype="float32"))) == close(np.zeros((5, 5)))


@pytest.mark.task("masked_gram_matrix", edge=True)
@pytest.mark.parametrize("shape", [(4, 3), (1, 4), (3, 1)])
def test_a_mask_of_another_size_is_refused(student, shape):
    """A mask that does not fit the features is a ValueError"""
    with pytest.raises(ValueError):
        student.masked_gram_matrix(np.ones((3, 4, 2), dtype="float32"), np.ones(shape, dtype="float32"))


# doodle

SKY, GRASS, WALL = 2, 5, 9  # regions have any numbers
COLOURS = {SKY: (60, 90, 210), GRASS: (50, 180, 60), WALL: (220, 70, 50)}
UNUSED, SPOT = 3, 7


@pytest.fixture
def doodled(student, rng, seed, profile, once):
    """A doodle of three regions and a spot of one pixel, its losses, and what it was made from."""

    def run():
        base, style_map = network(rng), np.full((30, 36), SKY)
        style_map[:, 12:24], style_map[:, 24:], style_map[:3, :3], style_map[15, 6] = GRASS, WALL, UNUSED, SPOT
        style = np.full((30, 36, 3), 128.0)
        for region, colour in COLOURS.items():
            style[style_map == region] = colour
        style = np.clip(style + rng.normal(0, 25, size=style.shape), 0, 255).astype(np.uint8)
        target_map = np.full((27, 32), WALL)
        target_map[9:18], target_map[18:], target_map[4, 20] = SKY, GRASS, SPOT
        image, losses = student.doodle(
            style, style_map, target_map, base, STYLE_LAYERS, profile["doodle_iterations"], seed % 10_000
        )
        image = picture_of(image, 27, 32)
        return base, style, style_map, image, target_map, np.asarray(losses, dtype=float)

    return once("doodle", run)


@pytest.mark.trains
@pytest.mark.task("doodle", weight=2)
def test_every_region_takes_the_colours_of_its_own(doodled):
    """The mean colour of every region is nearest to that of the same region of the style"""
    _, style, style_map, image, target_map, _ = doodled
    for region in COLOURS:
        colour = image[target_map == region].mean(axis=0)
        distances = {other: np.linalg.norm(colour - style[style_map == other].mean(axis=0)) for other in COLOURS}
        assert min(distances, key=distances.get) == region, "a region has the colours of another one"


@pytest.mark.trains
@pytest.mark.task("doodle", weight=2)
def test_every_region_takes_the_style_of_its_own(doodled, profile):
    """The masked Gram matrix of every region is close to that of the same region of the style, and to no other"""
    base, style, style_map, image, target_map, _ = doodled
    features, style_features = look(base, "fine", bgr(image))[0], look(base, "fine", bgr(style))[0]
    for region in COLOURS:
        found = masked_gram(features, target_map == region)
        grams = {other: masked_gram(style_features, style_map == other) for other in COLOURS}
        distances = {other: np.sum((found - target) ** 2) for other, target in grams.items()}
        own = distances.pop(region)
        assert min(distances.values()) / own >= profile["doodle_ratio"], "a region has not the style of its own region"


@pytest.mark.trains
@pytest.mark.task("doodle")
def test_one_loss_per_iteration_of_a_doodle(doodled, profile):
    """There is a loss for every iteration, the losses fall, and a region of one pixel does no harm"""
    *_, losses = doodled
    assert losses.shape == (profile["doodle_iterations"],), "there must be one loss for every iteration"
    assert np.isfinite(losses).all(), "a loss is not finite"
    assert losses[-1] < losses[0], "the loss does not fall"


@pytest.mark.task("doodle", edge=True)
def test_a_region_that_the_style_lacks_is_refused(student, rng):
    """A region of the target that the style does not have is a ValueError"""
    style, target = striped(rng, 20, 22), np.full((18, 20), 4)
    target[:9] = 6
    with pytest.raises(ValueError):
        student.doodle(style, np.full((20, 22), 4), target, network(rng), STYLE_LAYERS, 1, 0)


@pytest.mark.task("doodle", edge=True)
def test_a_map_of_another_size_is_refused(student, rng):
    """A style map that does not belong to the style is a ValueError"""
    style, target = striped(rng, 20, 22), np.full((18, 20), 4)
    with pytest.raises(ValueError):
        student.doodle(style, np.full((20, 20), 4), target, network(rng), STYLE_LAYERS, 1, 0)
