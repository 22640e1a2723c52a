"""Hidden tests of ex13.

Losses are compared with NumPy in float64. Painting is judged by what is to be seen on the picture that comes back: the
grader's own network, with weights drawn for each submission, looks at it, and Gram matrices are computed here. How a
student scales the terms of the loss, and what the picture starts from, is left open. Painted are few, small pictures.
"""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly
from grader.hidden.models import model_of
from grader.hidden.painting import (
    BRANCHES,
    array,
    batch_of,
    conv,
    count_and_fall,
    draw_branches,
    draw_content,
    draw_features,
    draw_mask,
    draw_network,
    draw_picture,
    draw_weights,
    gram,
    layer_by_layer,
    look,
    mean_square,
    near,
    painted,
    region_distance,
    stripes,
    style_distance,
    style_of_branch,
)

# preprocess, deprocess


@pytest.mark.task("preprocess", weight=2)
def test_network_gets_blue_first_without_the_mean(student, rng):
    """A batch of one: blue, green, red, each without the mean colour"""
    picture = draw_picture(rng, 5, 8)
    assert student.preprocess(picture) == close(batch_of(picture), rtol=1e-5, atol=1e-3)


@pytest.mark.task("preprocess")
def test_preprocesses_values_that_are_not_whole(student, rng):
    """The values of a picture need not be whole numbers"""
    picture = rng.uniform(0, 255, size=(6, 3, 3))
    assert student.preprocess(picture) == close(batch_of(picture), rtol=1e-5, atol=1e-3)


@pytest.mark.task("preprocess", edge=True)
def test_preprocesses_lists(student, rng):
    """A picture may be a list of lists"""
    picture = draw_picture(rng, 4, 6)
    assert student.preprocess(picture.tolist()) == close(batch_of(picture), rtol=1e-5, atol=1e-3)


@pytest.mark.task("preprocess", edge=True)
@pytest.mark.parametrize("shape", [(6, 6), (1, 6, 6, 3), (6, 6, 4), (6, 6, 1)])
def test_preprocess_refuses_what_is_no_picture(student, shape):
    """Anything but (H, W, 3) is a ValueError"""
    with pytest.raises(ValueError):
        student.preprocess(np.full(shape, 100.0))


@pytest.mark.task("deprocess", weight=2)
def test_deprocess_brings_the_picture_back(student, rng):
    """A picture that was prepared for the network comes back as it was"""
    picture = draw_picture(rng, 5, 8)
    back = np.asarray(student.deprocess(batch_of(picture).astype("float32")))
    assert back == exactly(picture)
    assert back.dtype == np.uint8, f"the picture is {back.dtype} where uint8 is expected"


@pytest.mark.task("deprocess", weight=2)
def test_deprocess_rounds(student, rng):
    """Values that are not whole become the nearest whole number"""
    picture = draw_picture(rng, 7, 4)
    moved = np.clip(picture + rng.uniform(-0.45, 0.45, size=picture.shape), 0, 255)
    assert student.deprocess(batch_of(moved).astype("float32")) == exactly(picture)


@pytest.mark.task("deprocess", weight=2)
def test_deprocess_clips(student, rng):
    """Values below 0 become 0, values above 255 become 255"""
    wild = rng.integers(-400, 600, size=(6, 9, 3))
    assert student.deprocess(batch_of(wild).astype("float32")) == exactly(np.clip(wild, 0, 255))


@pytest.mark.task("deprocess", edge=True)
def test_deprocess_takes_lists(student, rng):
    """A batch may be a list of lists"""
    picture = draw_picture(rng, 4, 6)
    assert student.deprocess(batch_of(picture).tolist()) == exactly(picture)


@pytest.mark.task("deprocess", edge=True)
@pytest.mark.parametrize("shape", [(6, 6, 3), (1, 6, 3), (2, 6, 6, 3), (1, 6, 6, 1)])
def test_deprocess_refuses_what_is_no_batch_of_one(student, shape):
    """Anything but (1, H, W, 3) is a ValueError"""
    with pytest.raises(ValueError):
        student.deprocess(np.zeros(shape, dtype="float32"))


# gram_matrix


@pytest.mark.task("gram_matrix", weight=3)
@pytest.mark.parametrize("shape", [(4, 7, 3), (6, 2, 5)])
def test_gram_matrix_of_random_features(student, rng, shape):
    """The mean product of every two channels, divided by the number of channels"""
    features = draw_features(rng, *shape)
    assert array(student.gram_matrix(features)) == near(gram(features))


@pytest.mark.task("gram_matrix")
def test_gram_matrix_forgets_positions(student, rng):
    """Symmetric, not negative in any direction, and the same after a shuffling of the positions"""
    features = draw_features(rng, 5, 6, 4)
    shuffled = rng.permutation(features.reshape(30, 4)).reshape(6, 5, 4)
    matrix = array(student.gram_matrix(features))
    assert matrix.shape == (4, 4), f"a matrix of {matrix.shape} for 4 channels"
    assert np.abs(matrix).max() > 0.05, "it is zero for features that are not"
    assert np.allclose(matrix, matrix.T, rtol=1e-4), "it is not symmetric"
    assert np.linalg.eigvalsh(matrix).min() > -1e-4, "it has a negative eigenvalue"
    again = array(student.gram_matrix(shuffled))
    assert np.allclose(matrix, again, rtol=1e-3), "it depends on where in the picture the features are"


@pytest.mark.task("gram_matrix", edge=True)
def test_gram_matrix_refuses_other_shapes(student):
    """Features that are not (H, W, C) are a ValueError"""
    with pytest.raises(ValueError):
        student.gram_matrix(np.ones((4, 3), dtype="float32"))


# content_loss


@pytest.mark.task("content_loss", weight=2)
def test_content_loss_is_the_mean_squared_difference(student, rng):
    """The mean over positions and channels of the squared difference"""
    features, target = draw_features(rng, 4, 7, 3), draw_features(rng, 4, 7, 3)
    assert array(student.content_loss(features, target)) == near(mean_square(features.astype(float) - target))


@pytest.mark.task("content_loss", edge=True)
@pytest.mark.parametrize("other", [(4, 7, 3), (1, 6, 3)])
def test_content_loss_refuses_different_shapes(student, other):
    """Features of different shapes are a ValueError, even where arrays could be broadcast"""
    with pytest.raises(ValueError):
        student.content_loss(np.ones((4, 6, 3), dtype="float32"), np.ones(other, dtype="float32"))


# style_loss


@pytest.mark.task("style_loss", weight=3)
def test_style_loss_compares_gram_matrices(student, rng):
    """The mean squared difference of the Gram matrices, for pictures of different sizes"""
    features, style = draw_features(rng, 4, 7, 3), 2 * draw_features(rng, 6, 5, 3)
    assert array(student.style_loss(features, style)) == near(mean_square(gram(features) - gram(style)))


@pytest.mark.task("style_loss")
def test_style_loss_grows_with_the_fourth_power(student, rng):
    """Gram matrices are products, and their differences are squared: 2 times the features is 16 times the loss"""
    features, style = draw_features(rng, 5, 3, 4), 2 * draw_features(rng, 5, 3, 4)
    once = float(array(student.style_loss(features, style)))
    assert once > 0, "two different styles have no distance"
    assert float(array(student.style_loss(2 * features, 2 * style))) == close(16 * once, rtol=1e-3)


@pytest.mark.task("style_loss", edge=True)
@pytest.mark.parametrize("channels", [4, 1])
def test_style_loss_refuses_other_channels(student, channels):
    """Different numbers of channels are a ValueError"""
    with pytest.raises(ValueError):
        student.style_loss(np.ones((4, 4, 3), dtype="float32"), np.ones((4, 4, channels), dtype="float32"))


# total_variation


@pytest.mark.task("total_variation", weight=2)
@pytest.mark.parametrize("shape", [(5, 8), (7, 2), (2, 6)])
def test_total_variation_of_random_pictures(student, rng, shape):
    """The mean squared difference of vertical neighbours plus that of horizontal ones"""
    picture = rng.uniform(0, 255, size=(*shape, 3)).astype("float32")
    expected = sum(mean_square(np.diff(picture.astype(float), axis=axis)) for axis in (0, 1))
    assert array(student.total_variation(picture)) == near(expected)


@pytest.mark.task("total_variation", edge=True)
def test_total_variation_of_bytes(student, rng):
    """A picture of unsigned bytes, in which a difference below 0 has no place"""
    picture = draw_picture(rng, 6, 5)
    expected = sum(mean_square(np.diff(picture.astype(float), axis=axis)) for axis in (0, 1))
    assert array(student.total_variation(picture)) == near(expected)


@pytest.mark.task("total_variation")
def test_total_variation_of_a_ramp(student, rng):
    """On a ramp all vertical differences are the same, and so are all horizontal ones"""
    down, right = rng.integers(1, 6), -rng.integers(1, 6)
    ramp = down * np.arange(6)[:, np.newaxis] + right * np.arange(4)
    picture = np.repeat(ramp[:, :, np.newaxis], 3, axis=2).astype("float32")
    assert array(student.total_variation(picture)) == near(float(down**2 + right**2))


@pytest.mark.task("total_variation", edge=True)
@pytest.mark.parametrize("shape", [(1, 5, 3), (5, 1, 3), (5, 5, 2), (5, 5)])
def test_total_variation_refuses_pictures_without_neighbours(student, shape):
    """Less than 2 rows, 2 columns or 3 colours are a ValueError"""
    with pytest.raises(ValueError):
        student.total_variation(np.ones(shape, dtype="float32"))


# build_feature_extractor


def outputs(model, x):
    result = model_of(model)(np.asarray(x, dtype="float32"))
    result = result if isinstance(result, list | tuple) else [result]
    return [keras.ops.convert_to_numpy(output) for output in result]


@pytest.mark.task("build_feature_extractor", weight=3)
@pytest.mark.parametrize("names", [("first", "second", "third"), ("third", "first"), ("quarter", "third", "second")])
def test_outputs_come_in_the_order_of_the_names(student, rng, names):
    """One output for each name, in the order of the names"""
    network, batch = draw_network(rng), rng.normal(size=(1, 8, 12, 3))
    answers = layer_by_layer(network, batch)
    found = outputs(student.build_feature_extractor(network, names), batch)
    assert len(found) == len(names), f"{len(found)} outputs for {len(names)} names"
    for output, name in zip(found, names, strict=True):
        assert output == close(answers[name], rtol=1e-3, atol=1e-4)


@pytest.mark.task("build_feature_extractor")
def test_looks_into_networks_that_branch(student, rng):
    """The layers of the network need not form a chain"""
    inputs = layers.Input((None, None, 3))
    left, right = conv("left", 4)(inputs), conv("right", 5)(inputs)
    network = draw_weights(keras.Model(inputs, conv("last", 6)(layers.Concatenate()([left, right]))), rng)
    batch = rng.normal(size=(2, 6, 5, 3)).astype("float32")
    found = outputs(student.build_feature_extractor(network, ["right", "left"]), batch)
    assert len(found) == 2, f"{len(found)} outputs for 2 names"
    for output, name in zip(found, ["right", "left"], strict=True):
        expected = keras.ops.convert_to_numpy(network.get_layer(name)(batch))
        assert output == close(expected, rtol=1e-3, atol=1e-4)


@pytest.mark.task("build_feature_extractor", edge=True)
@pytest.mark.parametrize("names", [[], ["first", "forth"]])
def test_extractor_refuses_unknown_or_no_layers(student, rng, names):
    """No name, or a layer that the network does not have, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_feature_extractor(draw_network(rng), names)


# masked_gram_matrix


@pytest.mark.task("masked_gram_matrix", weight=3)
@pytest.mark.parametrize("shape", [(5, 8, 3), (7, 2, 4)])
def test_masked_gram_matrix_is_that_of_the_region(student, rng, shape):
    """The mean product of every two channels inside the mask, divided by the number of channels"""
    features, mask = draw_features(rng, *shape), draw_mask(rng, *shape[:2])
    assert array(student.masked_gram_matrix(features, mask)) == near(gram(features, mask))


@pytest.mark.task("masked_gram_matrix")
def test_what_is_outside_the_mask_does_not_matter(student, rng):
    """Other features outside the region change nothing; other features inside do"""
    features, mask = draw_features(rng, 6, 4, 3), draw_mask(rng, 6, 4)
    inside = mask[:, :, np.newaxis]
    matrix = array(student.masked_gram_matrix(features, mask))
    assert matrix == near(gram(features, mask))
    assert array(student.masked_gram_matrix(features + 5 * (1 - inside), mask)) == near(matrix)
    assert array(student.masked_gram_matrix(2 * inside * features, mask)) == near(4 * matrix)


@pytest.mark.task("masked_gram_matrix", edge=True)
def test_region_of_one_position(student, rng):
    """A region of a single position has the products of its own features"""
    features, mask = draw_features(rng, 4, 6, 3), np.zeros((4, 6), dtype="float32")
    mask[rng.integers(4), rng.integers(6)] = 1
    assert array(student.masked_gram_matrix(features, mask)) == near(gram(features, mask))


@pytest.mark.task("masked_gram_matrix", edge=True, weight=2)
def test_empty_mask_gives_zeros(student, rng):
    """A region that has vanished has a Gram matrix of zeros"""
    features = draw_features(rng, 4, 6, 3)
    assert array(student.masked_gram_matrix(features, np.zeros((4, 6)))) == near(np.zeros((3, 3)))


@pytest.mark.task("masked_gram_matrix", edge=True)
@pytest.mark.parametrize("shape", [(6, 4), (1, 6), (4, 6, 3)])
def test_masked_gram_matrix_refuses_masks_that_do_not_fit(student, shape):
    """A mask of another height or width than the features is a ValueError"""
    with pytest.raises(ValueError):
        student.masked_gram_matrix(np.ones((4, 6, 3), dtype="float32"), np.ones(shape))


# stylize, doodle


@pytest.fixture
def pictures(rng, seed, once):
    """A network, a content and a style of different sizes, and a seed: the same for all tests of `stylize`."""
    return once("p", lambda: (draw_network(rng), draw_content(rng, 28, 36), stripes(rng, 32, 24), seed % 10_000))


@pytest.fixture
def paint(student, pictures, profile, once):
    """Paints with these weights of content and style: the picture and the losses."""
    network, content, style, seed = pictures

    def run(content_weight, style_weight):
        weights = {"content_weight": content_weight, "style_weight": style_weight}
        layers = ["first", "third", "second"], "third"
        result = student.stylize(content, style, network, *layers, profile["iterations"], seed, **weights)
        return painted(result, content.shape[:2])

    return lambda *weights, again=False: once((weights, again), lambda: run(*weights))


@pytest.mark.trains
@pytest.mark.task("stylize", weight=4)
def test_picture_takes_the_style(paint, pictures, profile, record_property):
    """To a network of the grader's, the picture is much nearer to the style than the content was"""
    network, content, style, _ = pictures
    picture, _ = paint(0.0, 1.0)
    seen, target = look(network, content), look(network, style)
    left = style_distance(look(network, picture), target) / style_distance(seen, target)
    record_property("style_left", left)
    assert left <= profile["style_left"], "the picture that came back has not the style"


@pytest.mark.trains
@pytest.mark.task("stylize", weight=2)
def test_every_style_layer_counts(student, rng, seed, profile, record_property):
    """Where one layer sees blue only and another red only, the picture takes the style of both"""
    network, content = draw_branches(rng), draw_content(rng, 20, 24)
    style = stripes(rng, 24, 20)[..., [0, 1, 0]]  # strong in both colours
    names = list(BRANCHES)
    weights = {"content_weight": 0.0, "style_weight": 1.0}
    result = student.stylize(content, style, network, names, names[0], profile["iterations"], seed % 10_000, **weights)
    picture, _ = painted(result, content.shape[:2])
    left = []
    for name in names:
        before, after, wanted = (style_of_branch(network, name, p) for p in (content, picture, style))
        left.append(mean_square(after - wanted) / mean_square(before - wanted))
    record_property("style_left_of_each", max(left))
    assert max(left) <= profile["style_left_of_each"], "one of the style layers has no part in the picture"


@pytest.mark.trains
@pytest.mark.task("stylize", weight=3)
@pytest.mark.parametrize("weights", [(1.0, 0.0), (1e6, 1.0)])
def test_picture_keeps_the_content(paint, pictures, profile, record_property, weights):
    """Without a weight of the style, or next to nothing of it, the network sees what it sees in the content"""
    network, content, *_ = pictures
    wanted = look(network, content)[-1]
    kept, lost = (mean_square(look(network, paint(*w)[0])[-1] - wanted) for w in (weights, (0.0, 1.0)))
    record_property("content_lost", kept / lost)
    assert kept <= profile["content_lost"] * lost, "the weights of content and style do not do what they say"


@pytest.mark.trains
@pytest.mark.task("stylize", weight=2)
def test_stylize_reports_the_loss_of_each_iteration(paint, profile):
    """One loss for each iteration, and they fall"""
    _, losses = paint(0.0, 1.0)
    count_and_fall(losses, profile["iterations"])


@pytest.mark.trains
@pytest.mark.task("stylize", edge=True)
def test_same_seed_paints_the_same(paint):
    """The same seed gives the same picture"""
    first, second = (paint(0.0, 1.0, again=again)[0].astype(int) for again in (False, True))
    assert np.abs(first - second).mean() < 3, "the same seed painted another picture"


@pytest.mark.task("stylize", edge=True)
def test_one_iteration_is_enough(student, rng, seed):
    """A single iteration gives a picture and one loss"""
    content, style = draw_picture(rng, 12, 16), draw_picture(rng, 16, 12)
    result = student.stylize(content, style, draw_network(rng), ["first"], "third", 1, seed % 10_000)
    _, losses = painted(result, (12, 16))
    assert losses.shape == (1,), "one loss for one iteration is expected"


@pytest.mark.task("stylize", edge=True)
@pytest.mark.parametrize("wrong", [{"content_layer": "forth"}, {"iterations": 0}, {"style": np.ones((16, 16))}])
def test_stylize_refuses_what_makes_no_sense(student, rng, wrong):
    """A layer that does not exist, no iterations, and what is no picture are a ValueError"""
    picture = draw_picture(rng, 16, 16)
    right = {"content": picture, "style": picture, "content_layer": "third", "iterations": 2}
    with pytest.raises(ValueError):
        student.stylize(base=draw_network(rng), style_layers=["first"], seed=1, **(right | wrong))


REGIONS = 12, 3, 7  # of the style, from left to right


@pytest.fixture
def plan(student, rng, seed, profile, once):
    """A doodle of two of the three regions of a style: network, style, both maps, and what was painted."""

    def run():
        network = draw_network(rng)
        parts = [stripes(rng, 32, 16, strong, across) for strong, across in ((0, False), (1, True), (2, False))]
        style, style_map = np.concatenate(parts, axis=1), np.repeat(REGIONS, 16) + np.zeros((32, 1), dtype=int)
        target_map = np.full((36, 28), REGIONS[0])
        target_map[rng.integers(14, 22) :, :] = REGIONS[2]
        layers, iterations = ["second", "first"], profile["iterations"]
        result = student.doodle(style, style_map, target_map, network, layers, iterations, seed % 10_000)
        return network, style, style_map, target_map, *painted(result, target_map.shape)

    return once("doodle", run)


@pytest.mark.trains
@pytest.mark.task("doodle", weight=4)
@pytest.mark.parametrize(("own", "other"), [REGIONS[::2], REGIONS[2::-2]])
def test_region_takes_its_own_style(plan, profile, record_property, own, other):
    """A region of the doodle looks like the same region of the style, and not like another"""
    network, style, style_map, target_map, picture, _ = plan
    seen, target = look(network, picture), look(network, style)
    distance = region_distance(seen, target_map, own, target, style_map, own)
    between = region_distance(target, style_map, own, target, style_map, other)
    record_property("region_distance", distance / between)
    assert distance <= profile["region_distance"] * between, "a region has not the style of its region"


@pytest.mark.trains
@pytest.mark.task("doodle", weight=2)
def test_doodle_reports_the_loss_of_each_iteration(plan, profile):
    """One loss for each iteration, and they fall"""
    count_and_fall(plan[-1], profile["iterations"])


@pytest.mark.task("doodle")
def test_other_regions_of_the_style_have_no_part(student, rng, seed):
    """The first loss is the same after a change of the style outside the only region of the doodle"""
    inputs = layers.Input((None, None, 3))  # every position sees its own pixel only
    hidden = layers.Conv2D(6, 1, activation="leaky_relu", name="first")(inputs)
    network = draw_weights(keras.Model(inputs, layers.Conv2D(5, 1, name="second")(hidden)), rng)
    style, style_map = draw_picture(rng, 12, 16), np.arange(16) // 4 % 2 + 4 + np.zeros((12, 1), dtype=int)
    other, signs = style_map == 5, np.where(np.indices((12, 16)).sum(axis=0) % 2, 1, -1)
    colour, losses = rng.integers(100, 156, size=3), []
    for contrast in (5, 95):  # around the same mean
        style[other] = colour + contrast * signs[other][:, np.newaxis]
        target_map = np.full((9, 10), 4)
        result = student.doodle(style, style_map, target_map, network, ["first", "second"], 1, seed % 10_000)
        losses.append(painted(result, (9, 10))[1])
    assert losses[1] == close(losses[0], rtol=0.01), "the style of a region depends on what is outside of it"


@pytest.mark.task("doodle", edge=True)
def test_doodle_takes_lists_one_layer_and_one_iteration(student, rng, seed):
    """Style and maps may be lists, one layer and one iteration are enough, and no loss is below 0"""
    network = draw_network(rng)
    network.set_weights([weight / 1000 for weight in network.get_weights()])  # it hardly sees the picture
    style_map, target_map = np.repeat([[3, 8]], 6, axis=1).repeat(10, axis=0), np.full((10, 14), 8)
    maps = style_map.tolist(), target_map.tolist()
    result = student.doodle(draw_picture(rng, 10, 12).tolist(), *maps, network, ["first"], 1, seed % 10_000)
    _, losses = painted(result, (10, 14))
    assert losses.shape == (1,), "one loss for one iteration is expected"
    assert losses[0] >= 0, "a sum of squares is below 0"


@pytest.mark.task("doodle", edge=True)
@pytest.mark.parametrize(("width", "region"), [(16, 3), (12, 1)])
def test_doodle_refuses_maps_that_do_not_fit(student, rng, width, region):
    """A region that the style lacks, or a map of another size than the style, is a ValueError"""
    style_map, target_map = np.arange(width) // 6 % 2 + 1 + np.zeros((16, 1), dtype=int), np.ones((16, 16), dtype=int)
    target_map[4:8, 4:8] = region
    with pytest.raises(ValueError):
        student.doodle(draw_picture(rng, 16, 16), style_map, target_map, draw_network(rng), ["first", "second"], 2, 1)
