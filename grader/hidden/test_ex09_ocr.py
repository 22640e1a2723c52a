"""Hidden tests of ex09.

Models are judged by what they do: a forward pass on random images shows probabilities and non-linearity, a short
training by the grader that they learn. The long training belongs to the task `capstone` alone.
"""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close
from grader.hidden.digits import (
    DIGITS,
    accuracy_after,
    check_nonlinear,
    check_probabilities,
    chosen_digits,
    convolutions,
    convolved,
    histograms,
    moved,
    quarters,
    random_bytes,
    unit,
)
from grader.hidden.models import model_of

MAX_CNN_PARAMETERS = 150_000


# prepare


@pytest.mark.task("prepare", weight=3)
def test_bytes_become_fractions(student, rng):
    """Every byte is divided by 255, and gets an axis for its channel"""
    images = random_bytes(rng, 5, 28, 28)
    assert np.asarray(student.prepare(images)) == close(images[..., np.newaxis] / 255, rtol=1e-6)


@pytest.mark.task("prepare")
def test_pale_images_stay_pale(student, rng):
    """255 is 1 in every image, also where nothing is as dark"""
    images = random_bytes(rng, 3, 28, 28) // np.array([4, 2, 8], dtype=np.uint8)[:, np.newaxis, np.newaxis]
    assert np.asarray(student.prepare(images)) == close(images[..., np.newaxis] / 255, rtol=1e-6)


@pytest.mark.task("prepare", edge=True)
def test_prepared_images_are_float32(student, rng):
    """The numbers are of type float32, as networks compute"""
    dtype = np.asarray(student.prepare(random_bytes(rng, 2, 28, 28))).dtype
    assert dtype == np.float32, f"the numbers are of type {dtype}"


@pytest.mark.task("prepare", edge=True)
def test_prepares_lists(student, rng):
    """Nested lists of bytes are images, too"""
    images = random_bytes(rng, 2, 28, 28)
    assert np.asarray(student.prepare(images.tolist())) == close(images[..., np.newaxis] / 255, rtol=1e-6)


@pytest.mark.task("prepare", edge=True)
@pytest.mark.parametrize("shape", [(28, 28), (3, 28, 27)])
def test_prepare_refuses_other_shapes(student, shape):
    """A single image, or images of another size, are a ValueError"""
    with pytest.raises(ValueError):
        student.prepare(np.zeros(shape, dtype=np.uint8))


# orientation_histograms


def features(expected):
    """Some students compute in float32."""
    return close(expected, rtol=1e-4, atol=1e-5)


def ramp(right, down, size=28):
    """An image that gets brighter by `right` per pixel to the right and by `down` per pixel downwards."""
    y, x = np.mgrid[:size, :size]
    return (right * x + down * y)[np.newaxis]


@pytest.mark.task("orientation_histograms", weight=4)
def test_features_of_digits(student, rng):
    """The features of handwritten digits, as bytes"""
    images, _ = chosen_digits(rng, 4)
    assert student.orientation_histograms(images) == features(unit(histograms(images)))


@pytest.mark.task("orientation_histograms", weight=3)
@pytest.mark.parametrize("cell", [3, 4])
def test_other_cells_bins_and_sizes(student, rng, cell):
    """Other cells, another number of bins, images that are not square"""
    # Odd numbers of bins: no edge between them but 0 is an angle that whole numbers can have.
    images, bins = random_bytes(rng, 2, 2 * cell, 4 * cell), int(rng.choice([3, 5, 7]))
    expected = unit(histograms(images, cell, bins))
    assert student.orientation_histograms(images, cell=cell, bins=bins) == features(expected)


@pytest.mark.task("orientation_histograms", weight=2)
def test_edges_of_one_direction(student, rng):
    """Where the brightness rises in one direction only, one bin of every cell has it all"""
    directions = {0: (1, 0), 1: (1, 0.5), 2: (1, 1), 4: (0, 1), 6: (-1, 1), 8: (-1, 0.2)}
    steepness = int(rng.integers(1, 5))
    images = np.concatenate([ramp(steepness * right, steepness * down) for right, down in directions.values()])
    expected = np.zeros((len(directions), 4 * 4, 9))
    for i, b in enumerate(directions):
        expected[i, :, b] = 1 / 4
    assert student.orientation_histograms(images) == features(expected.reshape(len(directions), -1))


@pytest.mark.task("orientation_histograms", weight=2)
def test_bright_on_dark_is_dark_on_bright(student, rng):
    """The negative of an image has the same features"""
    images, _ = chosen_digits(rng, 2)
    assert student.orientation_histograms(255 - images) == features(unit(histograms(images)))


@pytest.mark.task("orientation_histograms")
def test_contrast_does_not_matter(student, rng):
    """Paler images, on grey paper, have the same features, and so have images that are hardly there"""
    images, _ = chosen_digits(rng, 2)
    expected = unit(histograms(images))
    pale = images * rng.uniform(0.2, 0.4, size=(2, 1, 1)) + rng.uniform(10, 90)
    assert student.orientation_histograms(pale) == features(expected)
    assert student.orientation_histograms(images * 1e-5) == features(expected)


@pytest.mark.task("orientation_histograms", edge=True)
def test_cells_of_one_pixel_and_a_single_bin(student, rng):
    """Each pixel may be a cell of its own, and all directions may be one bin; lists are images, too"""
    images = random_bytes(rng, 2, 6, 4)
    for cell, bins in ((1, 3), (2, 1)):
        expected = unit(histograms(images, cell, bins))
        assert student.orientation_histograms(images.tolist(), cell=cell, bins=bins) == features(expected)


@pytest.mark.task("orientation_histograms", edge=True)
def test_an_empty_image_among_others(student, rng):
    """An image without any edge has features of 0, and the others theirs"""
    images, _ = chosen_digits(rng, 3)
    images[1] = 77
    expected = histograms(images)
    expected[[0, 2]] = unit(expected[[0, 2]])
    assert student.orientation_histograms(images) == features(expected)


@pytest.mark.task("orientation_histograms", edge=True)
@pytest.mark.parametrize(
    ("shape", "cell", "bins"), [((28, 28), 7, 9), ((2, 28, 30), 7, 9), ((2, 28, 28), 0, 9), ((2, 28, 28), 7, 0)]
)
def test_features_refuse_what_cannot_be_cut(student, shape, cell, bins):
    """A single image, cells that do not divide it, no cell and no bin are a ValueError"""
    with pytest.raises(ValueError):
        student.orientation_histograms(np.zeros(shape), cell=cell, bins=bins)


# recognise_traditionally

NEW, ON_GREY = 800, 200


def labels_of(result, count):
    labels = np.asarray(result)
    assert labels.shape == (count,), "one label per test image is expected"
    assert labels.dtype.kind in "iu", "the labels are not integers"
    return labels


@pytest.fixture
def read(student, rng, once):
    """Whether each of the new digits was read, and then each of some that stand on grey paper."""

    def run():
        images, labels = chosen_digits(rng, 1000)
        chosen = rng.permutation(len(DIGITS.x_test))[:NEW]
        new, expected = DIGITS.x_test[chosen] // 2, DIGITS.y_test[chosen]
        both = np.concatenate([new, new[:ON_GREY] + np.uint8(120)])
        result = labels_of(student.recognise_traditionally(images // 2, labels, both), NEW + ON_GREY)
        return result == np.concatenate([expected, expected[:ON_GREY]])

    return once("read", run)


@pytest.mark.task("recognise_traditionally", weight=3)
def test_reads_after_1000_digits(read, profile, record_property):
    """With 1,000 digits to learn from, most new ones are read"""
    accuracy = read[:NEW].mean()
    record_property("traditional_accuracy", accuracy)
    assert accuracy >= profile["traditional_accuracy"], f"only {accuracy:.3f} of new digits are read"


@pytest.mark.task("recognise_traditionally", weight=2)
def test_reads_digits_on_grey_paper(read, profile, record_property):
    """The features do not see how bright the paper is: digits on grey paper are read as well"""
    accuracy = read[NEW:].mean()
    record_property("grey_accuracy", accuracy)
    assert accuracy >= profile["grey_accuracy"], (
        f"only {accuracy:.3f} of new digits on grey paper are read: does the classifier see the features only?"
    )


@pytest.mark.task("recognise_traditionally")
def test_reads_a_few_kinds_of_digits(student, rng):
    """Where only some digits are to be told apart, their labels come back"""
    kinds = rng.permutation([(3, 4, 7), (2, 5, 9), (3, 6, 9)])[0]
    images, labels = chosen_digits(rng, 150, among=kinds)
    read = labels_of(student.recognise_traditionally(images[:120], labels[:120], images[120:]), 30)
    assert np.isin(read, kinds).all(), "there are labels that were not there to learn from"
    assert np.mean(read == labels[120:]) > 0.6, "few of three kinds of digits are read"


@pytest.mark.task("recognise_traditionally", edge=True)
@pytest.mark.parametrize(("images", "labels"), [(20, 21), (0, 0)])
def test_refuses_to_learn_from_unpaired_or_no_digits(student, rng, images, labels):
    """Different lengths, or nothing to learn from, are a ValueError"""
    x, y = chosen_digits(rng, 21)
    with pytest.raises(ValueError):
        student.recognise_traditionally(x[:images], y[:labels], x)


# build_mlp and build_cnn


def check_knows_its_input(model):
    assert model.get_weights(), "the model has no weights yet: it does not know the size of its input"


@pytest.fixture
def mlp(student, once):
    return once("mlp", lambda: model_of(student.build_mlp()))


@pytest.fixture
def cnn(student, once):
    return once("cnn", lambda: model_of(student.build_cnn()))


@pytest.mark.task("build_mlp", weight=2)
def test_mlp_gives_probabilities(mlp, rng):
    """Ten probabilities per image, which add up to 1"""
    check_probabilities(mlp, rng)


@pytest.mark.task("build_mlp", weight=2)
def test_mlp_has_a_hidden_layer(mlp, rng):
    """The hidden layer is there and has an activation"""
    check_nonlinear(mlp, rng)


@pytest.mark.task("build_mlp", edge=True)
def test_mlp_has_weights_and_no_convolution(student):
    """It knows the size of its input, and has no convolution"""
    model = model_of(student.build_mlp())
    check_knows_its_input(model)
    assert not convolutions(model), "a perceptron has no convolutions"


@pytest.mark.task("build_mlp", weight=2)
@pytest.mark.trains
def test_mlp_learns(mlp, rng, seed, profile, record_property):
    """Trained for a moment by the grader, it reads some new digits"""
    images, labels = chosen_digits(rng, profile["mlp_digits"])
    accuracy = accuracy_after(mlp, images, labels, profile["mlp_epochs"], profile["learning_rate"], seed)
    record_property("mlp_accuracy", accuracy)
    assert accuracy >= profile["mlp_accuracy"], f"after a short training only {accuracy:.3f} of new digits are read"


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_gives_probabilities(cnn, rng):
    """Ten probabilities per image, which add up to 1"""
    check_probabilities(cnn, rng)


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_has_convolutions(cnn):
    """There is a convolution that sees more than one pixel and less than the whole image"""
    sizes = [np.atleast_1d(convolution.kernel_size) for convolution in convolutions(cnn)]
    assert sizes, "the model has no convolution"
    assert any(np.prod(size) > 1 and max(size) < 28 for size in sizes), "no convolution looks at a neighbourhood"


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_is_small(student):
    """At most 150,000 weights and biases"""
    model = model_of(student.build_cnn())  # one that was never called: only then an open input shows
    check_knows_its_input(model)
    parameters = sum(np.size(weight) for weight in model.get_weights())
    assert parameters <= MAX_CNN_PARAMETERS, f"the model has {parameters:,} parameters"


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_is_not_linear(cnn, rng):
    """There are activations between the layers"""
    check_nonlinear(cnn, rng)


# shift and augment


@pytest.mark.task("shift", weight=3)
def test_moves_right_and_down(student, rng):
    """dx moves to the right, dy moves down, what comes in is 0"""
    images = rng.integers(1, 256, size=(3, 7, 9))
    dx, dy = int(rng.integers(1, 4)), int(rng.integers(4, 6))
    assert student.shift(images, dx, dy) == close(moved(images, dx, dy))


@pytest.mark.task("shift", weight=2)
def test_moves_left_and_up(student, rng):
    """Negative shifts go to the left and up, also those of images with an axis for channels"""
    images = rng.uniform(0.1, 1, size=(2, 8, 6, 1)).astype("float32")
    dx, dy = -int(rng.integers(1, 3)), -int(rng.integers(3, 6))
    assert student.shift(images, dx, dy) == close(moved(images, dx, dy), rtol=1e-6)


@pytest.mark.task("shift", weight=2)
def test_moves_in_one_direction(student, rng):
    """A shift of 0 along one axis leaves it alone"""
    images = rng.integers(1, 256, size=(2, 6, 6))
    d = int(rng.integers(1, 5))
    for dx, dy in [(0, d), (-d, 0), (0, 0)]:
        assert student.shift(images, dx, dy) == close(moved(images, dx, dy))


@pytest.mark.task("shift", edge=True)
def test_moves_out_of_the_image(student, rng):
    """A shift that is larger than the image leaves only zeros"""
    images = rng.integers(1, 256, size=(2, 5, 6))
    for dx, dy in [(6, 0), (0, -5), (9, 2), (1, 8), (-8, -13)]:
        assert student.shift(images, dx, dy) == close(np.zeros(images.shape))


@pytest.mark.task("shift", edge=True)
def test_shifts_lists(student, rng):
    """Nested lists are images, too"""
    images = rng.integers(1, 256, size=(2, 4, 5))
    assert student.shift(images.tolist(), 1, 2) == close(moved(images, 1, 2))


@pytest.mark.task("shift", edge=True)
def test_shift_refuses_a_single_image(student):
    """A single image without the axis of the images is a ValueError"""
    with pytest.raises(ValueError):
        student.shift(np.ones((5, 5)), 1, 0)


MIDDLE, MARK, IMAGES = 7, 99, 300


def marked_images(rng, *channels):
    """Random images with one large value, in the middle."""
    images = rng.integers(1, 10, size=(IMAGES, 2 * MIDDLE + 1, 2 * MIDDLE + 1, *channels))
    images[:, MIDDLE, MIDDLE] = MARK
    return images


def shifts_of(result, images):
    """The shift (dx, dy) of every image, found by its mark, after checking that it is the image shifted."""
    result = np.asarray(result)
    assert result.shape == images.shape, "the images have another shape"
    marks = (result == MARK).reshape(IMAGES, *images.shape[1:3])
    assert (marks.sum(axis=(1, 2)) == 1).all(), "an image was not moved, but changed or lost"
    _, y, x = np.nonzero(marks)
    shifts = np.stack([x, y], axis=1) - MIDDLE
    for image, before, (dx, dy) in zip(result, images, shifts, strict=True):
        assert np.array_equal(image, moved(before[np.newaxis], dx, dy)[0]), "an image is not the shifted one"
    return shifts


@pytest.mark.task("augment", weight=2)
def test_every_shift_up_to_the_largest(student, rng):
    """Each image is moved, in both directions, by -max_shift up to and including max_shift"""
    images, largest = marked_images(rng), int(rng.integers(2, 4))
    shifts = shifts_of(student.augment(images, largest, rng), images)
    for axis in (0, 1):
        seen = set(shifts[:, axis].tolist())
        assert seen == set(range(-largest, largest + 1)), "these are not all shifts from -max_shift to max_shift"


@pytest.mark.task("augment", weight=2)
def test_every_image_has_its_own_shift(student, rng):
    """Two images do not move together, and dx and dy are drawn apart"""
    images = marked_images(rng, 1)
    shifts = shifts_of(student.augment(images, 2, rng), images)
    # 25 pairs can occur, and 5 if dx decides dy.
    assert len(np.unique(shifts, axis=0)) > 12, "dx and dy, or the shifts of different images, depend on each other"


@pytest.mark.task("augment", edge=True)
def test_chance_comes_from_rng(student, rng, seed):
    """The same generator gives the same shifts, another one others"""
    images = marked_images(rng)
    first, again, other = (student.augment(images, 2, np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    assert np.array_equal(first, again), "the same seed gives other images"
    assert not np.array_equal(first, other), "another seed gives the same images"


@pytest.mark.task("augment", edge=True)
def test_smallest_shifts(student, rng):
    """A largest shift of 0 moves nothing, not even lists; a negative one is a ValueError"""
    images = random_bytes(rng, 3, 6, 6)
    assert student.augment(images, 0, rng) == close(images)
    assert student.augment(images.tolist(), 0, rng) == close(images)
    with pytest.raises(ValueError):
        student.augment(images, -1, rng)


# feature_maps


def maps(expected):
    return close(expected, rtol=1e-4, atol=1e-4)


@pytest.mark.task("feature_maps", weight=2)
def test_maps_in_the_middle_of_a_sequential_model(student, rng):
    """The second convolution of a Sequential model, for more images than one batch; dropout is off"""
    model = keras.Sequential(
        [
            layers.Input((8, 9, 1)),
            layers.Conv2D(3, 3, activation="relu", name="lines"),
            layers.Dropout(0.5),
            layers.Conv2D(2, (2, 3), activation="relu", name="corners"),
            layers.Flatten(),
            layers.Dense(4, activation="softmax", name="answer"),
        ]
    )
    weights = [quarters(rng, *weight.shape) for weight in model.get_weights()]
    model.set_weights(weights)
    images = quarters(rng, 35, 8, 9, 1)
    expected = convolved(convolved(images, *weights[:2]), *weights[2:4])
    result = student.feature_maps(model, images.astype("float32"), "corners")
    assert np.asarray(result) == maps(expected)


@pytest.mark.task("feature_maps", weight=2)
def test_maps_of_a_branch(student, rng):
    """The second of two branches of a functional model"""
    inputs = layers.Input((6, 6, 2))
    wide = layers.Conv2D(2, 3, activation="relu", name="wide")(inputs)
    flat = layers.Conv2D(2, 3, activation="relu", name="flat")(inputs)
    outputs = layers.Dense(3, name="answer")(layers.GlobalAveragePooling2D()(layers.Add()([wide, flat])))
    model = keras.Model(inputs, outputs)
    name = next(layer.name for layer in model.layers[::-1] if layer.name in ("wide", "flat"))
    layer, weights = model.get_layer(name), [quarters(rng, 3, 3, 2, 2), quarters(rng, 2)]
    layer.set_weights(weights)
    images = quarters(rng, 5, 6, 6, 2)
    result = student.feature_maps(model, images.astype("float32"), name)
    assert np.asarray(result) == maps(convolved(images, *weights))


@pytest.mark.task("feature_maps", edge=True)
def test_refuses_a_layer_that_is_not_there(student):
    """A name that no layer has is a ValueError"""
    model = keras.Sequential([layers.Input((6, 6, 1)), layers.Conv2D(2, 3, name="lines")])
    with pytest.raises(ValueError):
        student.feature_maps(model, np.ones((1, 6, 6, 1), dtype="float32"), "corners")


# capstone


@pytest.fixture
def accuracy(student, rng, seed, profile, once):
    """The share of new digits that the CNN reads after the training."""

    def run():
        keras.utils.set_random_seed(seed)
        model = model_of(student.build_cnn())
        parameters = sum(np.size(weight) for weight in model.get_weights())
        assert parameters <= 10 * MAX_CNN_PARAMETERS, "the model is too large to be trained here"
        images, labels = chosen_digits(rng, profile["cnn_digits"])
        return accuracy_after(model, images, labels, profile["cnn_epochs"], profile["learning_rate"], seed)

    return once("accuracy", run)


@pytest.mark.task("capstone")
@pytest.mark.trains
def test_cnn_learns(accuracy, profile, record_property):
    """Trained by the grader, the convolutional network has learned something"""
    record_property("cnn_learned", accuracy)
    assert accuracy >= profile["cnn_learned"], f"after the training only {accuracy:.3f} of new digits are read"


@pytest.mark.task("capstone", weight=2)
@pytest.mark.trains
def test_cnn_reads(accuracy, profile, record_property):
    """Trained by the grader, the convolutional network reads new digits"""
    record_property("cnn_accuracy", accuracy)
    assert accuracy >= profile["cnn_accuracy"], f"after the training only {accuracy:.3f} of new digits are read"
