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
    assert student.preprocess(np.array(RED, dtype="uint8")) == close([[[pixel, pixel]]], rtol=1e-5)


@pytest.mark.task("preprocess", edge=True)
def test_preprocess_refuses_a_grey_picture(student):
    """A picture without colours is a ValueError"""
    with pytest.raises(ValueError):
        student.preprocess(np.zeros((4, 4)))


@pytest.mark.task("deprocess")
def test_deprocess_a_red_picture(student):
    """The red picture comes back"""
    pixel = [-103.939, -116.779, 131.32]
    assert student.deprocess(np.array([[[pixel, pixel]]], dtype="float32")) == exactly(RED)


@pytest.mark.task("deprocess")
def test_deprocess_rounds_and_clips(student):
    """Of red 99.7, green 300 and blue -20 become 100, 255 and 0"""
    batch = np.array([[[[-20 - 103.939, 300 - 116.779, 99.7 - 123.68]]]], dtype="float32")
    assert student.deprocess(batch) == exactly([[[100, 255, 0]]])


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


@pytest.mark.task("content_loss")
def test_content_loss_by_hand(student):
    """One of six numbers is 3 off: 9 / 6"""
    target = FEATURES.copy()
    target[0, 1, 0] = 3
    assert array(student.content_loss(FEATURES, target)) == close(1.5, rtol=1e-5)


@pytest.mark.task("content_loss", edge=True)
def test_content_loss_refuses_other_shapes(student):
    """Features of different shapes are a ValueError"""
    with pytest.raises(ValueError):
        student.content_loss(FEATURES, FEATURES.reshape(3, 1, 2))


@pytest.mark.task("style_loss")
def test_style_loss_by_hand(student):
    """The Gram matrix of zeros is zero: the loss is (100 + 4 + 4 + 25) / 36 / 4"""
    style = np.zeros((2, 2, 2), dtype="float32")
    assert array(student.style_loss(FEATURES, style)) == close(133 / 144, rtol=1e-5)


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
def test_total_variation_refuses_a_single_row(student):
    """A single row has no vertical neighbours: a ValueError"""
    with pytest.raises(ValueError):
        student.total_variation(np.zeros((1, 4, 3), dtype="float32"))


def small_network(added=0):
    """`double` answers with twice the picture plus a number, `negative` with minus that; at any size."""
    inputs = layers.Input((None, None, 3))
    double = layers.Conv2D(3, 1, name="double")(inputs)
    network = keras.Model(inputs, layers.Conv2D(3, 1, name="negative")(double))
    unit = np.eye(3).reshape(1, 1, 3, 3)
    network.set_weights([2 * unit, np.full(3, added), -unit, np.zeros(3)])
    return network


@pytest.mark.task("build_feature_extractor")
def test_extractor_keeps_the_order_of_the_names(student):
    """The output of `negative` comes first if its name does"""
    extractor = student.build_feature_extractor(small_network(), ["negative", "double"])
    batch = np.ones((1, 2, 4, 3), dtype="float32")
    negative, double = (array(output) for output in extractor(batch))
    assert negative == close(-2 * batch, rtol=1e-5)
    assert double == close(2 * batch, rtol=1e-5)


@pytest.mark.task("build_feature_extractor", edge=True)
def test_extractor_refuses_an_unknown_layer(student):
    """A name that no layer has is a ValueError"""
    with pytest.raises(ValueError):
        student.build_feature_extractor(small_network(), ["triple"])


def chess_board(bright, height=12, width=12):
    """Squares of 2 x 2 pixels, grey and bright."""
    squares = np.add.outer(np.arange(height) // 2, np.arange(width) // 2) % 2 == 1
    return np.where(squares[:, :, np.newaxis], bright, 100).astype("uint8")


@pytest.mark.task("stylize")
@pytest.mark.trains
def test_stylize_paints_a_picture_of_the_size_of_the_content(student):
    """The picture is as large as the content, there is a loss for each iteration, and the network stays as it is"""
    network, content, style = small_network(), chess_board([160, 100, 100], 10, 14), chess_board([100, 160, 100])
    before = network.get_weights()
    picture, losses = student.stylize(content, style, network, ["double"], "negative", iterations=5, seed=1)
    assert np.shape(picture) == (10, 14, 3), f"the picture is {np.shape(picture)}"
    assert len(losses) == 5, f"{len(losses)} losses for 5 iterations"
    assert all(map(np.array_equal, before, network.get_weights())), "the network was trained, not the picture"


@pytest.mark.task("stylize")
@pytest.mark.trains
def test_stylize_takes_on_the_colours_of_the_style(student):
    """From red squares to green ones: with no weight of the content, the picture gets greener"""
    content, style = chess_board([180, 100, 100]), chess_board([100, 180, 100])
    picture, losses = student.stylize(
        content, style, small_network(260), ["double"], "negative", iterations=60, seed=1, content_weight=0.0
    )
    assert losses[-1] < losses[0], "the loss does not fall"
    red, green, _ = np.mean(np.asarray(picture, dtype=float), axis=(0, 1))
    assert green > red + 10, "the style is green, the picture is not"


@pytest.mark.task("stylize", edge=True)
def test_stylize_refuses_no_iterations(student):
    """Less than one iteration is a ValueError"""
    picture = chess_board([160, 100, 100])
    with pytest.raises(ValueError):
        student.stylize(picture, picture, small_network(), ["double"], "negative", iterations=0, seed=1)


@pytest.mark.task("masked_gram_matrix")
def test_masked_gram_matrix_by_hand(student):
    """Of (1, 2) and (3, 0) only, the products are divided by 2 * 2"""
    matrix = student.masked_gram_matrix(FEATURES, np.array([[1, 0, 1]]))
    assert array(matrix) == close([[10 / 4, 2 / 4], [2 / 4, 4 / 4]], rtol=1e-5)


@pytest.mark.task("masked_gram_matrix", edge=True)
def test_masked_gram_matrix_of_nothing(student):
    """An empty mask gives zeros"""
    assert array(student.masked_gram_matrix(FEATURES, np.array([[0, 0, 0]]))) == close(np.zeros((2, 2)))


@pytest.mark.task("doodle")
@pytest.mark.trains
def test_doodle_puts_each_colour_into_its_region(student):
    """Region 1 of the style is red, region 2 is blue; in the doodle, region 2 is at the top"""
    style = np.concatenate([chess_board([220, 100, 100]), chess_board([100, 100, 220])])
    style_map, target_map = np.repeat([1, 2], 12)[:, np.newaxis] + np.zeros((24, 12), int), np.full((12, 16), 1)
    target_map[:6] = 2
    # The added number makes all answers positive: a Gram matrix does not see whether all signs are turned.
    picture, losses = student.doodle(
        style, style_map, target_map, small_network(260), ["double"], iterations=60, seed=1
    )
    assert np.shape(picture) == (12, 16, 3), f"the picture is {np.shape(picture)}"
    assert len(losses) == 60, f"{len(losses)} losses for 60 iterations"
    assert losses[-1] < losses[0], "the loss does not fall"
    bluer = np.asarray(picture, dtype=float)[..., 2] - np.asarray(picture, dtype=float)[..., 0]
    assert bluer[:6].mean() > bluer[6:].mean(), "the top should be bluer than the bottom"


@pytest.mark.task("doodle", edge=True)
def test_doodle_refuses_a_region_that_the_style_lacks(student):
    """Region 3 is not in the style: a ValueError"""
    style_map, target_map = np.ones((12, 12), dtype=int), np.full((12, 12), 3)
    with pytest.raises(ValueError):
        student.doodle(chess_board([160, 100, 100]), style_map, target_map, small_network(), ["double"], 2, 1)
