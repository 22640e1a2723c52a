"""Visible tests of ex10: run `pytest exercises/ex10_image_recognition` while you work."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, share

# Two pictures of two rows and three columns, in two channels; the second channel is always 8.
PICTURES = np.full((2, 2, 3, 2), 8)
PICTURES[0, :, :, 0] = [[1, 2, 3], [4, 5, 6]]
PICTURES[1, :, :, 0] = [[1, 1, 1], [1, 1, 10]]


def outputs(model, x):
    return keras.ops.convert_to_numpy(model(np.asarray(x, dtype="float32")))


def small_base():
    """A base that you can hold in your head: two convolutions, one normalization, six layers with the input."""
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    x = layers.BatchNormalization(name="normalization")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.Conv2D(6, 3, padding="same", name="second")(x)
    return keras.Model(inputs, layers.MaxPooling2D(name="pooling")(x), name="base")


def trained_parts(model):
    """The names of what will be trained in a model, such as `second/kernel`."""
    return {"/".join(variable.path.split("/")[-2:]) for variable in model.trainable_variables}


@pytest.mark.task("channel_statistics")
def test_statistics_of_two_pictures(student):
    """The first channel has mean 3 and deviation sqrt(88 / 12), the second is always 8"""
    mean, std = student.channel_statistics(PICTURES)
    assert np.asarray(mean) == close([3, 8])
    assert np.asarray(std) == close([np.sqrt(88 / 12), 0], atol=1e-6)


@pytest.mark.task("channel_statistics", edge=True)
def test_statistics_refuse_no_images(student):
    """No images are a ValueError"""
    with pytest.raises(ValueError):
        student.channel_statistics(np.zeros((0, 4, 4, 3)))


@pytest.mark.task("normalize")
def test_normalized_pictures(student):
    """Minus 3, divided by 2: the first row of the first picture becomes -1, -.5, 0"""
    z = np.asarray(student.normalize(PICTURES, [3.0, 0.0], [2.0, 4.0]))
    assert z[0, 0, :, 0] == close([-1, -0.5, 0], atol=1e-6)
    assert z[1, 1, :, 1] == close([2, 2, 2])


@pytest.mark.task("normalize")
def test_a_constant_channel(student):
    """The second channel is always 8, its deviation is 0: it becomes 0"""
    z = np.asarray(student.normalize(PICTURES, [3.0, 8.0], [2.0, 0.0]))
    assert z[..., 1] == close(np.zeros((2, 2, 3)))


@pytest.mark.task("random_flip")
def test_every_picture_is_mirrored(student):
    """With probability 1 the row 1, 2, 3 becomes 3, 2, 1"""
    flipped = np.asarray(student.random_flip(PICTURES, 1, np.random.default_rng(0)))
    assert flipped[0, :, :, 0] == close([[3, 2, 1], [6, 5, 4]])


@pytest.mark.task("random_flip")
def test_about_half_of_the_pictures_are_mirrored(student):
    """Of 400 copies of a picture, with probability 1/2, between 150 and 250 are mirrored"""
    copies = PICTURES[:1].repeat(400, axis=0)
    flipped = np.asarray(student.random_flip(copies, 0.5, np.random.default_rng(0)))
    count = int((flipped[:, 0, 0, 0] == 3).sum())
    assert 150 <= count <= 250, f"{count} of 400 are mirrored"


@pytest.mark.task("random_flip", edge=True)
def test_flip_leaves_the_images_alone(student):
    """The images that went in are as they were"""
    images = PICTURES.copy()
    student.random_flip(images, 1, np.random.default_rng(0))
    assert np.array_equal(images, PICTURES), "the images were changed"


@pytest.mark.task("random_crop")
def test_pieces_of_a_picture(student):
    """A bright pixel in the middle of 3 x 3, moved by at most 1: it is never lost, and reaches all 9 places"""
    images = np.zeros((200, 3, 3, 1))
    images[:, 1, 1] = 5
    moved = np.asarray(student.random_crop(images, 1, np.random.default_rng(0)))
    assert moved.shape == images.shape, f"the result has the shape {moved.shape}"
    assert moved.sum(axis=(1, 2, 3)) == close(np.full(200, 5))
    assert (moved.sum(axis=(0, 3)) > 0).all(), "the pixel does not reach all nine places"


@pytest.mark.task("random_crop")
def test_zeros_come_in_from_outside(student):
    """A picture of ones, moved: what comes in at its border is 0"""
    moved = np.asarray(student.random_crop(np.ones((50, 4, 4, 1)), 2, np.random.default_rng(0)))
    assert set(np.unique(moved)) == {0, 1}, "there is something else than ones and zeros"


@pytest.mark.task("top_k_accuracy")
def test_top_k_of_three_samples(student):
    """The labels come first, second and third: 1/3, 2/3 and 1"""
    y_prob = [[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.3, 0.6, 0.1]]
    for k in (1, 2, 3):
        assert student.top_k_accuracy([0, 1, 2], y_prob, k) == share(k / 3)


@pytest.mark.task("top_k_accuracy", edge=True)
def test_top_k_refuses_more_than_the_classes(student):
    """k = 4 with three classes is a ValueError"""
    with pytest.raises(ValueError):
        student.top_k_accuracy([0], [[0.7, 0.2, 0.1]], 4)


@pytest.mark.task("residual_block")
def test_block_without_its_convolutions(student):
    """With all 3 x 3 convolutions at zero, an image without negative numbers comes out as it went in"""
    block = student.residual_block((4, 4, 2), 2)
    block.set_weights([0 * w if np.shape(w)[:2] == (3, 3) else w for w in block.get_weights()])
    x = np.arange(32).reshape(1, 4, 4, 2)
    assert outputs(block, x) == close(x, rtol=1e-4, atol=1e-5)


@pytest.mark.task("residual_block")
@pytest.mark.parametrize(("filters", "stride", "shape"), [(3, 1, (8, 6, 3)), (3, 2, (4, 3, 3)), (5, 2, (4, 3, 5))])
def test_shape_of_a_block(student, filters, stride, shape):
    """Stride 2 halves height and width; the filters are the channels that come out"""
    block = student.residual_block((8, 6, 3), filters, stride=stride)
    assert outputs(block, np.ones((2, 8, 6, 3))).shape == (2, *shape)


@pytest.mark.task("build_cnn")
def test_cnn_gives_probabilities(student):
    """Two pictures of clothing, ten probabilities each, which add up to 1"""
    x = np.random.default_rng(0).normal(size=(2, 28, 28, 1))
    probabilities = outputs(student.build_cnn((28, 28, 1), 10), x)
    assert probabilities.shape == (2, 10), f"the outputs have the shape {probabilities.shape}"
    assert probabilities.sum(axis=1) == close([1, 1], rtol=1e-4)


@pytest.mark.task("build_cnn")
def test_cnn_for_larger_pictures(student):
    """Larger pictures need no more parameters"""
    small, large = (student.build_cnn((n, n, 3), 5).count_params() for n in (32, 48))
    assert small == large, f"{small} parameters for 32 x 32 pictures, {large} for 48 x 48"


@pytest.mark.task("build_transfer_model")
def test_only_the_head_is_trained(student):
    """Nothing of the base will be trained, but something will"""
    model = student.build_transfer_model(small_base(), 4)
    parts = trained_parts(model)
    assert parts, "nothing will be trained"
    assert not {part for part in parts if part.startswith(("first", "normalization", "second"))}, f"{parts} are trained"


@pytest.mark.task("build_transfer_model")
def test_transfer_model_gives_probabilities(student):
    """Three pictures, four probabilities each, which add up to 1"""
    x = np.random.default_rng(0).normal(size=(3, 8, 8, 3))
    probabilities = outputs(student.build_transfer_model(small_base(), 4), x)
    assert probabilities.shape == (3, 4), f"the outputs have the shape {probabilities.shape}"
    assert probabilities.sum(axis=1) == close([1, 1, 1], rtol=1e-4)


@pytest.mark.task("unfreeze")
@pytest.mark.parametrize(
    ("count", "woken"),
    [(0, set()), (1, set()), (2, {"second"}), (5, {"first", "second"})],
    ids=["none", "the pooling", "the second convolution", "both convolutions"],
)
def test_wakes_layers_of_the_base(student, count, woken):
    """Counted from the end: pooling, second convolution, ReLU, normalization (which sleeps on), first convolution"""
    model = student.build_transfer_model(small_base(), 4)
    before = trained_parts(model)
    model = student.unfreeze(model, count, 1e-4)
    new = {part.split("/")[0] for part in trained_parts(model) - before}
    assert new == woken, f"{sorted(new) or 'no layers'} were woken"


@pytest.mark.task("unfreeze")
def test_unfrozen_model_learns_slowly(student):
    """The model is compiled with the small learning rate"""
    model = student.unfreeze(student.build_transfer_model(small_base(), 4), 2, 1e-4)
    assert model.compiled, "the model is not compiled"
    assert float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)) == close(1e-4, rtol=1e-5)
