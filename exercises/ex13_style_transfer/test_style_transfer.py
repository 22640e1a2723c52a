"""Visible tests of ex13: run `pytest exercises/ex13_style_transfer` while you work."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly

RED = [[[255, 0, 0], [255, 0, 0]]]  # one row, two pixels
# Two channels at 1 x 3 positions: (1, 2), (0, 1) and (3, 0).
FEATURES = np.array([[[1, 2], [0, 1], [3, 0]]], dtype="float32")


def array(result):
    """What came back as an array; it may be a tensor."""
    return result if result is None else keras.ops.convert_to_numpy(result)


@pytest.mark.task("preprocess")
def test_preprocess_a_red_picture(student):
    """Blue 0 - 103.939, green 0 - 116.779, red 255 - 123.68"""
    pixel = [-103.939, -116.779, 131.32]
    assert array(student.preprocess(np.array(RED, dtype="uint8"))) == close([[[pixel, pixel]]], rtol=1e-5)


@pytest.mark.task("preprocess")
def test_preprocess_numbers_that_are_not_whole(student):
    """A picture of 1 x 1 pixel, red 0.25, green 100.5, blue 200.75: fractions stay"""
    pixel = [200.75 - 103.939, 100.5 - 116.779, 0.25 - 123.68]
    assert array(student.preprocess([[[0.25, 100.5, 200.75]]])) == close([[[pixel]]], rtol=1e-5)


@pytest.mark.task("preprocess", edge=True)
@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (5, 2, 1), (1, 4, 4, 3)])
def test_preprocess_refuses_what_is_no_picture(student, shape):
    """A picture without colours, with one or four of them, or with the axis of a batch is a ValueError"""
    with pytest.raises(ValueError):
        student.preprocess(np.zeros(shape))


@pytest.mark.task("deprocess")
def test_deprocess_a_red_picture(student):
    """The red picture comes back, as bytes (uint8)"""
    pixel = [-103.939, -116.779, 131.32]
    picture = np.asarray(student.deprocess(np.array([[[pixel, pixel]]], dtype="float32")))
    assert picture == exactly(RED)
    assert picture.dtype == np.uint8, f"the picture is {picture.dtype}"


@pytest.mark.task("deprocess")
def test_deprocess_rounds(student):
    """Red 99.7, green 100.3 and blue 255.4 become 100, 100 and 255"""
    batch = np.array([[[[255.4 - 103.939, 100.3 - 116.779, 99.7 - 123.68]]]], dtype="float32")
    assert student.deprocess(batch) == exactly([[[100, 100, 255]]])


@pytest.mark.task("deprocess")
def test_deprocess_clips(student):
    """Red 7, green 300 and blue -20 become 7, 255 and 0"""
    batch = np.array([[[[-20 - 103.939, 300 - 116.779, 7 - 123.68]]]], dtype="float32")
    assert student.deprocess(batch) == exactly([[[7, 255, 0]]])


@pytest.mark.task("deprocess", edge=True)
@pytest.mark.parametrize("shape", [(4, 4, 3), (2, 4, 4, 3), (1, 4, 4, 1)])
def test_deprocess_refuses_what_is_no_batch_of_one(student, shape):
    """A picture without the axis of a batch, two pictures, or a grey one are a ValueError"""
    with pytest.raises(ValueError):
        student.deprocess(np.full(shape, 5.0))


@pytest.mark.task("gram_matrix")
def test_gram_matrix_by_hand(student):
    """Products (1, 0, 9), (2, 0, 0) and (4, 1, 0): their sums are divided by 1 * 3 * 2"""
    assert array(student.gram_matrix(FEATURES)) == close([[10 / 6, 2 / 6], [2 / 6, 5 / 6]], rtol=1e-5)


@pytest.mark.task("gram_matrix")
def test_gram_matrix_of_a_higher_picture(student):
    """Three rows of one position have the same style as one row of three"""
    features = FEATURES.reshape(3, 1, 2)
    assert array(student.gram_matrix(features)) == close([[10 / 6, 2 / 6], [2 / 6, 5 / 6]], rtol=1e-5)


@pytest.mark.task("gram_matrix")
def test_gram_matrix_of_a_tensor(student):
    """In training the features are a tensor"""
    features = keras.ops.ones((2, 2, 2))
    assert array(student.gram_matrix(features)) == close([[0.5, 0.5], [0.5, 0.5]], rtol=1e-5)


@pytest.mark.task("gram_matrix", edge=True)
def test_gram_matrix_refuses_other_shapes(student):
    """Features that are not (H, W, C) are a ValueError"""
    with pytest.raises(ValueError):
        student.gram_matrix(FEATURES[0])


@pytest.mark.task("content_loss", weight=2)
def test_content_loss_by_hand(student):
    """One of six numbers is 3 off: 9 / 6"""
    target = FEATURES.copy()
    target[0, 1, 0] = 3
    assert array(student.content_loss(FEATURES, target)) == close(1.5, rtol=1e-5)


@pytest.mark.task("content_loss", edge=True)
def test_content_loss_refuses_other_shapes(student):
    """Features of different shapes are a ValueError, also where arrays could be stretched to fit"""
    for other in (FEATURES.reshape(3, 1, 2), FEATURES[:, :1]):
        with pytest.raises(ValueError):
            student.content_loss(FEATURES, other)


@pytest.mark.task("style_loss", weight=2)
def test_style_loss_by_hand(student):
    """The Gram matrix of zeros is zero: the loss is (100 + 4 + 4 + 25) / 36 / 4"""
    style = np.zeros((2, 2, 2), dtype="float32")
    assert array(student.style_loss(FEATURES, style)) == close(133 / 144, rtol=1e-5)


@pytest.mark.task("style_loss")
def test_style_loss_of_twice_the_features(student):
    """Twice the features have 4 times the Gram matrix, 3 times it away: 9 * (100 + 4 + 4 + 25) / 36 / 4"""
    assert array(student.style_loss(2 * FEATURES, FEATURES.reshape(3, 1, 2))) == close(9 * 133 / 144, rtol=1e-5)


@pytest.mark.task("style_loss", edge=True)
@pytest.mark.parametrize("channels", [1, 3])
def test_style_loss_refuses_other_channels(student, channels):
    """Different numbers of channels are a ValueError"""
    with pytest.raises(ValueError):
        student.style_loss(FEATURES, np.ones((2, 2, channels), dtype="float32"))


@pytest.mark.task("style_loss", edge=True)
def test_the_same_features_elsewhere_have_the_same_style(student):
    """Where the features are does not matter"""
    assert array(student.style_loss(FEATURES, FEATURES[:, ::-1])) == close(0.0, atol=1e-6)


@pytest.mark.task("total_variation")
def test_total_variation_by_hand(student):
    """Each row is 3 brighter than the one before, each column 1 darker: 9 + 1"""
    grey = np.array([[10, 9], [13, 12], [16, 15]], dtype="float32")
    picture = np.stack([grey, grey, grey], axis=-1)
    assert array(student.total_variation(picture)) == close(10.0, rtol=1e-5)


@pytest.mark.task("total_variation")
def test_total_variation_of_one_bright_pixel(student):
    """One of 6 vertical differences and one of 6 horizontal ones is 6: 36 / 6 + 36 / 6"""
    picture = np.zeros((2, 2, 3), dtype="float32")
    picture[0, 0, 1] = 6
    assert array(student.total_variation(picture)) == close(12.0, rtol=1e-5)


@pytest.mark.task("total_variation", edge=True)
def test_total_variation_of_bytes(student):
    """Bytes end at 0 and 255, differences and squares do not: down from 90 to 60 is 30 as well, and its square 900"""
    picture = np.array([[90, 90], [60, 60]], dtype="uint8")[:, :, np.newaxis].repeat(3, axis=2)
    assert array(student.total_variation(picture)) == close(900.0, rtol=1e-5)


@pytest.mark.task("total_variation", edge=True)
@pytest.mark.parametrize("shape", [(1, 4, 3), (4, 1, 3), (4, 4, 2), (4, 4)])
def test_total_variation_refuses(student, shape):
    """A single row has no vertical neighbours, a column no horizontal ones: a ValueError, as without three colours"""
    with pytest.raises(ValueError):
        student.total_variation(np.zeros(shape, dtype="float32"))


def small_network(added=0):
    """`double` answers with twice the picture plus a number, `negative` with minus that; at any size."""
    inputs = layers.Input((None, None, 3))
    double = layers.Conv2D(3, 1, name="double")(inputs)
    network = keras.Model(inputs, layers.Conv2D(3, 1, name="negative")(double))
    unit = np.eye(3).reshape(1, 1, 3, 3)
    network.set_weights([2 * unit, np.full(3, added), -unit, np.zeros(3)])
    return network


@pytest.mark.task("build_feature_extractor", weight=2)
def test_extractor_keeps_the_order_of_the_names(student):
    """The output of `negative` comes first if its name does"""
    extractor = student.build_feature_extractor(small_network(), ["negative", "double"])
    batch = np.ones((1, 2, 4, 3), dtype="float32")
    negative, double = (array(output) for output in extractor(batch))
    assert negative == close(-2 * batch, rtol=1e-5)
    assert double == close(2 * batch, rtol=1e-5)


@pytest.mark.task("build_feature_extractor")
def test_extractor_of_a_branch(student):
    """Two layers beside each other both see the picture itself"""
    network, batch = branches(), np.ones((1, 2, 4, 3), dtype="float32")
    extractor = student.build_feature_extractor(network, ["reddish", "bluish"])
    for output, name in zip(extractor(batch), ["reddish", "bluish"], strict=True):
        assert array(output) == close(array(network.get_layer(name)(batch)), rtol=1e-5)


@pytest.mark.task("build_feature_extractor")
def test_extractor_shares_the_weights(student):
    """What is learned in the network shows in the extractor: they have the same weights"""
    network = small_network()
    extractor = student.build_feature_extractor(network, ["double"])
    network.get_layer("double").set_weights([np.zeros((1, 1, 3, 3)), np.full(3, 7)])
    output = extractor(np.ones((1, 2, 4, 3), dtype="float32"))
    output = array(output[0] if isinstance(output, list | tuple) else output)
    assert output.reshape(-1) == close(np.full(24, 7), rtol=1e-5)


@pytest.mark.task("build_feature_extractor", edge=True)
@pytest.mark.parametrize("names", [["triple"], ["double", "triple"], []])
def test_extractor_refuses_an_unknown_layer(student, names):
    """A name that no layer has, or no name at all, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_feature_extractor(small_network(), names)


def branches():
    """Two layers beside each other: `bluish` answers with twice the blue plus 260, `reddish` with twice the red."""
    inputs = layers.Input((None, None, 3))
    blue, red = layers.Conv2D(1, 1, name="bluish")(inputs), layers.Conv2D(1, 1, name="reddish")(inputs)
    network = keras.Model(inputs, layers.Concatenate()([blue, red]))
    for name, channel in (("bluish", 0), ("reddish", 2)):
        network.get_layer(name).set_weights([2 * (np.arange(3) == channel).reshape(1, 1, 3, 1), np.full(1, 260)])
    return network


def chess_board(bright, height=12, width=12):
    """Squares of 2 x 2 pixels, grey and bright."""
    squares = np.add.outer(np.arange(height) // 2, np.arange(width) // 2) % 2 == 1
    return np.where(squares[:, :, np.newaxis], bright, 100).astype("uint8")


RED_SQUARES, GREEN_SQUARES = chess_board([180, 100, 100], 10, 14), chess_board([100, 180, 100])


def stylized(student, once, content_weight, style_weight, again=0):
    """The picture and the losses of 60 iterations from red squares to green ones; checked, and painted once."""

    def run():
        network = small_network(260)
        before = network.get_weights()
        picture, losses = student.stylize(
            RED_SQUARES, GREEN_SQUARES, network, ["double"], "negative", iterations=60, seed=1,
            content_weight=content_weight, style_weight=style_weight,
        )  # fmt: skip
        assert np.shape(picture) == (10, 14, 3), f"the picture is {np.shape(picture)}, the content is (10, 14, 3)"
        assert np.asarray(picture).dtype == np.uint8, f"the picture is {np.asarray(picture).dtype}, not uint8"
        assert len(losses) == 60, f"{len(losses)} losses for 60 iterations"
        assert all(map(np.array_equal, before, network.get_weights())), "the network was trained, not the picture"
        return np.asarray(picture, dtype=float), np.asarray(losses, dtype=float)

    return once((content_weight, style_weight, again), run)


@pytest.mark.task("stylize", weight=4)
@pytest.mark.trains
def test_stylize_takes_on_the_colours_of_the_style(student, once):
    """From red squares to green ones: with no weight of the content, the picture gets greener"""
    picture, _ = stylized(student, once, 0.0, 1.0)
    red, green, _ = picture.mean(axis=(0, 1))
    assert green > red + 10, "the style is green, the picture is not"


@pytest.mark.task("stylize", weight=3)
@pytest.mark.trains
@pytest.mark.parametrize("weights", [(1.0, 0.0), (1e9, 1.0)], ids=["no style", "much content"])
def test_stylize_keeps_the_content(student, once, weights):
    """Without a weight of the style, or with a huge one of the content, the red squares stay what they are"""
    kept, lost = (np.mean((stylized(student, once, *w)[0] - RED_SQUARES) ** 2) for w in (weights, (0.0, 1.0)))
    assert kept < lost / 4, f"with the weights {weights} of content and style, the content is gone"


@pytest.mark.task("stylize", weight=2)
@pytest.mark.trains
def test_every_style_layer_counts(student, once):
    """One layer sees the blue only, another the red: grey squares take on both from a style of violet ones"""
    style, names = chess_board([180, 100, 180]), ["bluish", "reddish"]
    painted = once(
        "violet",
        lambda: student.stylize(
            chess_board([110, 100, 110]), style, branches(), names, "bluish", iterations=60, seed=1, content_weight=0.0
        ),
    )
    red, _, blue = np.mean((2.0 * np.asarray(painted[0]) + 12.64) ** 2, axis=(0, 1))  # 12.64 is 260 - 2 * 123.68
    expected = np.mean((2.0 * style + 12.64) ** 2, axis=(0, 1))[0]
    assert abs(red - expected) < expected / 4, "the layer that sees the red has no part in the picture"
    assert abs(blue - expected) < expected / 4, "the layer that sees the blue has no part in the picture"


@pytest.mark.task("stylize", weight=2)
@pytest.mark.trains
def test_stylize_reports_the_loss_of_each_iteration(student, once):
    """The losses fall, and they are those of the picture: with other weights there are others"""
    _, losses = stylized(student, once, 0.0, 1.0)
    assert losses[-1] < losses[0] / 2, f"the loss hardly falls: from {losses[0]:.3g} to {losses[-1]:.3g}"
    assert not np.allclose(losses, stylized(student, once, 1.0, 0.0)[1], rtol=1e-3), (
        "what is painted is something else, and the losses are the same"
    )


@pytest.mark.task("stylize", edge=True)
@pytest.mark.trains
def test_stylize_once_more_with_the_same_seed(student):
    """One iteration gives one loss, and the same seed the same picture"""
    arguments = (RED_SQUARES, GREEN_SQUARES, small_network(260), ["double"], "negative", 1)
    (first, losses), (again, _) = (student.stylize(*arguments, seed=3) for _ in range(2))
    assert len(losses) == 1, f"{len(losses)} losses for 1 iteration"
    difference = np.abs(np.asarray(first, dtype=float) - np.asarray(again, dtype=float))
    assert difference.mean() < 3, "the same seed painted another picture"


@pytest.mark.task("stylize", edge=True)
@pytest.mark.parametrize(
    "wrong",
    [{"iterations": 0}, {"content_layer": "triple"}, {"style_layers": ["triple"]}, {"style": np.ones((12, 12))}],
    ids=["no iterations", "unknown content layer", "unknown style layer", "a style without colours"],
)
def test_stylize_refuses(student, wrong):
    """No iterations, a layer that does not exist, or what is no picture is a ValueError"""
    right = {"content": RED_SQUARES, "style": GREEN_SQUARES, "style_layers": ["double"], "content_layer": "negative"}
    with pytest.raises(ValueError):
        student.stylize(**({**right, "base": small_network(), "iterations": 2, "seed": 1} | wrong))


@pytest.mark.task("masked_gram_matrix")
def test_masked_gram_matrix_by_hand(student):
    """Of (1, 2) and (3, 0) only, the products are divided by 2 * 2"""
    matrix = student.masked_gram_matrix(FEATURES, np.array([[1, 0, 1]]))
    assert array(matrix) == close([[10 / 4, 2 / 4], [2 / 4, 4 / 4]], rtol=1e-5)


@pytest.mark.task("masked_gram_matrix")
def test_masked_gram_matrix_of_a_higher_picture(student):
    """Positions in a column, and only the second of three: (0, 1) alone, divided by 1 * 2"""
    matrix = student.masked_gram_matrix(FEATURES.reshape(3, 1, 2), np.array([[0], [1], [0]]))
    assert array(matrix) == close([[0, 0], [0, 0.5]], rtol=1e-5, atol=1e-6)


@pytest.mark.task("masked_gram_matrix")
def test_masked_gram_matrix_of_everything(student):
    """With a mask of ones it is the Gram matrix"""
    matrix = student.masked_gram_matrix(FEATURES, np.ones((1, 3)))
    assert array(matrix) == close([[10 / 6, 2 / 6], [2 / 6, 5 / 6]], rtol=1e-5)


@pytest.mark.task("masked_gram_matrix", edge=True, weight=2)
def test_masked_gram_matrix_of_nothing(student):
    """An empty mask gives zeros"""
    assert array(student.masked_gram_matrix(FEATURES, np.array([[0, 0, 0]]))) == close(np.zeros((2, 2)))


@pytest.mark.task("masked_gram_matrix", edge=True)
@pytest.mark.parametrize("shape", [(3, 1), (1, 1), (1, 3, 2)])
def test_masked_gram_matrix_refuses_masks_that_do_not_fit(student, shape):
    """A mask of another height or width than the features is a ValueError, also if it could be stretched"""
    with pytest.raises(ValueError):
        student.masked_gram_matrix(FEATURES, np.ones(shape))


def doodled(student, once, blue=220):
    """A doodle of two of three regions of a style: 2 is green, 5 blue, and 9 red; 5 is to be at the top, 9 below.

    The added number makes all answers positive: a Gram matrix does not see whether all signs are turned.
    """

    def run():
        style = np.concatenate(
            [chess_board([100, 220, 100]), chess_board([100, 100, blue]), chess_board([220, 100, 100])]
        )
        style_map, target_map = np.repeat([2, 5, 9], 12)[:, np.newaxis] + np.zeros((36, 12), int), np.full((12, 16), 9)
        target_map[:6] = 5
        picture, losses = student.doodle(
            style, style_map, target_map, small_network(260), ["double"], iterations=60, seed=1
        )
        assert np.shape(picture) == (12, 16, 3), f"the picture is {np.shape(picture)}, the map (12, 16)"
        assert np.asarray(picture).dtype == np.uint8, f"the picture is {np.asarray(picture).dtype}, not uint8"
        assert len(losses) == 60, f"{len(losses)} losses for 60 iterations"
        return np.asarray(picture, dtype=float), np.asarray(losses, dtype=float)

    return once(blue, run)


@pytest.mark.task("doodle", weight=4)
@pytest.mark.trains
@pytest.mark.parametrize(("colour", "rows"), [(2, slice(6)), (0, slice(6, 12))], ids=["blue at the top", "red below"])
def test_doodle_puts_each_colour_into_its_region(student, once, colour, rows):
    """Each region takes on the colour that the region of the same number has in the style, and no other"""
    means = doodled(student, once)[0][rows].mean(axis=(0, 1))
    others = np.delete(means, colour)
    assert means[colour] > others.max() + 10, f"red, green and blue are {means.round().tolist()} there on average"


@pytest.mark.task("doodle", weight=2)
@pytest.mark.trains
def test_doodle_reports_the_loss_of_each_iteration(student, once):
    """The losses fall, and they are those of the picture: for another style there are others"""
    losses = doodled(student, once)[1]
    assert losses[-1] < losses[0] / 2, f"the loss hardly falls: from {losses[0]:.3g} to {losses[-1]:.3g}"
    assert not np.allclose(losses, doodled(student, once, blue=150)[1], rtol=1e-3), (
        "what is painted is something else, and the losses are the same"
    )


@pytest.mark.task("doodle", edge=True)
@pytest.mark.parametrize(("width", "region"), [(12, 3), (10, 1)], ids=["an unknown region", "a map of another size"])
def test_doodle_refuses_maps_that_do_not_fit(student, width, region):
    """Region 3 is not in the style, or the map of the style has another size than the style: a ValueError"""
    style_map, target_map = np.ones((12, width), dtype=int), np.full((12, 12), region)
    with pytest.raises(ValueError):
        student.doodle(chess_board([160, 100, 100]), style_map, target_map, small_network(), ["double"], 2, 1)
