"""Visible tests of ex09: run `pytest exercises/ex09_ocr` while you work."""

import course_data
import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close

DIGITS = course_data.load("digits")


def outputs(model, x):
    return keras.ops.convert_to_numpy(model(np.asarray(x, dtype="float32"), training=False))


def train(model, count, epochs):
    """The share of the test digits that `model` reads after training: the grader's training, with fewer digits."""
    scale = keras.layers.Rescaling(1 / 255)
    x, labels = scale(DIGITS.x_train[:count].reshape(-1, 28, 28, 1)), DIGITS.y_train[:count]
    keras.utils.set_random_seed(9)
    rate = keras.optimizers.schedules.CosineDecay(0.003, decay_steps=epochs * (count // 32))
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
    model.fit(keras.ops.convert_to_numpy(x), labels, batch_size=32, epochs=epochs, verbose=0)
    new = keras.ops.convert_to_numpy(scale(DIGITS.x_test[:1000].reshape(-1, 28, 28, 1)))
    return np.mean(outputs(model, new).argmax(axis=1) == DIGITS.y_test[:1000])


@pytest.mark.task("prepare")
def test_white_grey_and_black(student):
    """0, 51 and 255 become 0, 0.2 and 1, and every pixel gets an axis of length 1"""
    images = np.zeros((2, 28, 28), dtype=np.uint8)
    images[0, 3, 4], images[1, 5, 6] = 51, 255
    expected = np.zeros((2, 28, 28, 1))
    expected[0, 3, 4, 0], expected[1, 5, 6, 0] = 0.2, 1
    prepared = np.asarray(student.prepare(images))
    assert prepared == close(expected, rtol=1e-6)
    assert prepared.dtype == np.float32, "the type of the pixels"


@pytest.mark.task("prepare", edge=True)
def test_prepare_refuses_a_single_image(student):
    """A single image, without the axis of the images, is a ValueError"""
    with pytest.raises(ValueError):
        student.prepare(np.zeros((28, 28), dtype=np.uint8))


def ramp(right, down, side):
    """One image: each pixel is brighter than its left neighbour by `right`, than the one above it by `down`."""
    y, x = np.mgrid[:side, :side]
    return (right * x + down * y)[np.newaxis]


@pytest.mark.task("orientation_histograms")
def test_edges_of_one_direction(student):
    """Brighter to the right: bin 0; brighter downwards: 90 degrees, which is in bin 4 of 9; half way: bin 2"""
    for right, down, b in [(3, 0, 0), (0, 2, 4), (1, 1, 2), (-1, 0, 0)]:
        expected = np.zeros((1, 9))
        expected[0, b] = 1
        result = student.orientation_histograms(ramp(right, down, 7), cell=7, bins=9)
        assert result == close(expected, rtol=1e-4, atol=1e-5)


@pytest.mark.task("orientation_histograms")
def test_a_corner(student):
    """The image of the handout: its sums are 0, 0, 0 / 0, 2, 0 / 2, 0, 0 / 2.414, 1, 0, and their length is 3.851"""
    image = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 2, 2], [0, 0, 2, 2]]
    result = student.orientation_histograms([image], cell=2, bins=3)
    assert np.shape(result) == (1, 12), "2 x 2 cells with 3 bins each are expected"
    sums = np.array([[0, 0, 0, 0, 2, 0, 2, 0, 0, 1 + np.sqrt(2), 1, 0]])
    assert result == close(sums / np.sqrt(np.sum(sums**2)), rtol=1e-4, atol=1e-5)


@pytest.mark.task("orientation_histograms")
def test_shape_for_digits(student):
    """A digit has 4 x 4 cells with 9 bins each: 144 features, as a row of length 1"""
    features = np.asarray(student.orientation_histograms(DIGITS.x_train[:5]))
    assert features.shape == (5, 144), f"the shape is {features.shape}"
    assert np.linalg.norm(features, axis=1) == close(np.ones(5), rtol=1e-5)


@pytest.mark.task("orientation_histograms", edge=True)
def test_an_image_without_edges(student):
    """An image of one brightness has only zeros"""
    assert student.orientation_histograms(np.full((1, 14, 14), 7)) == close(np.zeros((1, 36)))


@pytest.mark.task("orientation_histograms", edge=True)
def test_cells_have_to_fit(student):
    """30 columns cannot be cut into cells of 7: a ValueError"""
    with pytest.raises(ValueError):
        student.orientation_histograms(np.zeros((1, 28, 30)))


@pytest.mark.task("recognise_traditionally")
def test_reads_after_500_digits(student):
    """With 500 digits to learn from, at least 4 of 5 new ones are read"""
    read = student.recognise_traditionally(DIGITS.x_train[:500], DIGITS.y_train[:500], DIGITS.x_test[:200])
    assert np.shape(read) == (200,), "one label per test image is expected"
    accuracy = np.mean(np.asarray(read) == DIGITS.y_test[:200])
    assert accuracy >= 0.8, f"only {accuracy:.3f} of the new digits are read"


@pytest.mark.task("recognise_traditionally", edge=True)
def test_one_label_too_many(student):
    """10 images with 11 labels are a ValueError"""
    with pytest.raises(ValueError):
        student.recognise_traditionally(DIGITS.x_train[:10], DIGITS.y_train[:11], DIGITS.x_test[:1])


@pytest.mark.task("build_mlp")
def test_mlp_gives_probabilities(student):
    """Three images, ten probabilities each, which add up to 1"""
    probabilities = outputs(student.build_mlp(), np.random.default_rng(0).random((3, 28, 28, 1)))
    assert probabilities.shape == (3, 10), f"the outputs have the shape {probabilities.shape}"
    assert probabilities.sum(axis=1) == close(np.ones(3), rtol=1e-4)


@pytest.mark.task("build_mlp")
@pytest.mark.trains
def test_mlp_learns(student):
    """After three epochs of 1,000 digits it reads 3 of 5 new ones"""
    accuracy = train(student.build_mlp(), 1000, epochs=3)
    assert accuracy >= 0.6, f"only {accuracy:.3f} of the new digits are read"


@pytest.mark.task("build_cnn")
def test_cnn_gives_probabilities(student):
    """Three images, ten probabilities each, which add up to 1"""
    probabilities = outputs(student.build_cnn(), np.random.default_rng(0).random((3, 28, 28, 1)))
    assert probabilities.shape == (3, 10), f"the outputs have the shape {probabilities.shape}"
    assert probabilities.sum(axis=1) == close(np.ones(3), rtol=1e-4)


@pytest.mark.task("build_cnn")
def test_cnn_is_small(student):
    """At most 150,000 parameters: see model.summary()"""
    parameters = student.build_cnn().count_params()
    assert parameters <= 150_000, f"the model has {parameters:,} parameters"


@pytest.mark.task("shift")
def test_one_to_the_right_and_one_down(student):
    """The upper left pixel comes to lie in the middle; what comes in is 0"""
    images = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
    assert student.shift(images, 1, 1) == close([[[0, 0, 0], [0, 1, 2], [0, 4, 5]]])


@pytest.mark.task("shift")
def test_two_to_the_left(student):
    """Negative is to the left; a shift of 0 along the other axis changes nothing there"""
    images = [[[1, 2, 3], [4, 5, 6]]]
    assert student.shift(images, -2, 0) == close([[[3, 0, 0], [6, 0, 0]]])


@pytest.mark.task("shift")
def test_shift_with_an_axis_for_channels(student):
    """Prepared images (N, H, W, 1) are shifted in the same way"""
    images = np.arange(1.0, 7.0).reshape(1, 2, 3, 1)
    assert student.shift(images, 0, -1) == close(np.array([[[4.0, 5, 6], [0, 0, 0]]])[..., np.newaxis])


@pytest.mark.task("shift", edge=True)
def test_out_of_the_image(student):
    """A shift that is larger than the image leaves only zeros"""
    assert student.shift(np.ones((1, 3, 3)), 5, 0) == close(np.zeros((1, 3, 3)))


@pytest.mark.task("shift", edge=True)
def test_shift_leaves_its_argument_alone(student):
    """The images that were given are the same afterwards"""
    images = np.ones((2, 3, 3))
    student.shift(images, 1, 1)
    assert (images == 1).all(), "the images that were given have changed"


@pytest.mark.task("augment")
def test_all_shifts_occur(student):
    """Up to 1 pixel in each direction: of 200 points, some go to each of the 9 places"""
    points = np.zeros((200, 5, 5))
    points[:, 2, 2] = 1
    augmented = np.asarray(student.augment(points, 1, np.random.default_rng(0)))
    assert augmented.shape == points.shape, f"the shape is {augmented.shape}"
    assert augmented.sum(axis=(1, 2)) == close(np.ones(200)), "a point got lost"
    where = np.zeros((5, 5))
    where[1:4, 1:4] = 1
    assert augmented.max(axis=0) == close(where)


@pytest.mark.task("augment", edge=True)
def test_chance_comes_from_rng(student):
    """The same seed gives the same images"""
    images = np.random.default_rng(1).random((20, 6, 6))
    first, again = (student.augment(images, 2, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, again), "the same seed gives other images"


@pytest.mark.task("feature_maps")
def test_map_of_an_edge_detector(student):
    """One filter that answers where a pixel is brighter than its left neighbour, in a model never called before"""
    model = keras.Sequential(
        [
            layers.Input((1, 4, 1)),
            layers.Conv2D(1, (1, 2), activation="relu", name="edges"),
            layers.Flatten(),
            layers.Dense(2, name="answer"),
        ]
    )
    model.get_layer("edges").set_weights([np.reshape([-1.0, 1.0], (1, 2, 1, 1)), np.zeros(1)])
    images = np.reshape([1.0, 3.0, 2.0, 6.0], (1, 1, 4, 1)).astype("float32")
    maps = np.asarray(student.feature_maps(model, images, "edges"))
    assert maps == close(np.reshape([2, 0, 4], (1, 1, 3, 1)), rtol=1e-4, atol=1e-5)


@pytest.mark.task("feature_maps", edge=True)
def test_there_is_no_such_layer(student):
    """A name that no layer has is a ValueError"""
    model = keras.Sequential([layers.Input((2,)), layers.Dense(2, name="answer")])
    with pytest.raises(ValueError):
        student.feature_maps(model, np.ones((1, 2), dtype="float32"), "question")


@pytest.mark.task("capstone")
@pytest.mark.trains
def test_cnn_reads_after_a_short_training(student):
    """After three epochs of 2,000 digits your convolutional network reads 5 of 6 new ones"""
    accuracy = train(student.build_cnn(), 2000, epochs=3)
    assert accuracy >= 0.83, f"only {accuracy:.3f} of the new digits are read"
