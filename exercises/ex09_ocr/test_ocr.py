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
    assert np.asarray(student.prepare(images)) == close(expected, rtol=1e-6)


@pytest.mark.task("prepare")
def test_pale_images_stay_pale(student):
    """Where nothing is darker than 51, nothing is larger than 0.2: 255 is 1, whatever else is in the images"""
    images = np.zeros((2, 28, 28), dtype=np.uint8)
    images[:, 5:9, 6] = 51
    prepared = np.asarray(student.prepare(images))
    assert prepared.max() == close(0.2, rtol=1e-6), f"51 becomes {prepared.max():.3f}"


@pytest.mark.task("prepare", edge=True)
def test_prepared_numbers_are_float32(student):
    """The numbers are of type float32, as networks like them"""
    kind = np.asarray(student.prepare(np.zeros((1, 28, 28), dtype=np.uint8))).dtype
    assert kind == np.float32, f"the type is {kind}"


@pytest.mark.task("prepare", edge=True)
@pytest.mark.parametrize("shape", [(28, 28), (2, 28, 14)])
def test_prepare_refuses_other_shapes(student, shape):
    """A single image, without the axis of the images, or images of another size are a ValueError"""
    with pytest.raises(ValueError):
        student.prepare(np.full(shape, 9, dtype=np.uint8))


def ramp(right, down, side):
    """One image: each pixel is brighter than its left neighbour by `right`, than the one above it by `down`."""
    y, x = np.mgrid[:side, :side]
    return (right * x + down * y)[np.newaxis]


@pytest.mark.task("orientation_histograms", weight=2)
def test_edges_of_one_direction(student):
    """Brighter to the right is bin 0 of 9, downwards (90 degrees) bin 4; half way bin 2, from right to left bin 6"""
    for right, down, b in [(3, 0, 0), (0, 2, 4), (1, 1, 2), (-1, 0, 0), (-1, 1, 6), (0, -1, 4), (-1, -1, 2)]:
        expected = np.zeros((1, 9))
        expected[0, b] = 1
        result = student.orientation_histograms(ramp(right, down, 7), cell=7, bins=9)
        assert result == close(expected, rtol=1e-4, atol=1e-5)


@pytest.mark.task("orientation_histograms", weight=2)
def test_a_corner(student):
    """The image of the handout: its sums are 0, 0, 0 / 0, 2, 0 / 2, 0, 0 / 2.414, 1, 0, and their length is 3.851"""
    image = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 2, 2], [0, 0, 2, 2]]
    result = student.orientation_histograms([image], cell=2, bins=3)
    assert np.shape(result) == (1, 12), "2 x 2 cells with 3 bins each are expected"
    sums = np.array([[0, 0, 0, 0, 2, 0, 2, 0, 0, 1 + np.sqrt(2), 1, 0]])
    assert result == close(sums / np.sqrt(np.sum(sums**2)), rtol=1e-4, atol=1e-5)


@pytest.mark.task("orientation_histograms", weight=2)
def test_cells_of_an_image_that_is_wide(student):
    """4 x 6 pixels, 0 1 4 9 16 25 in each row: 3 cells with 6, 20 and 34, and below them the same once more"""
    image = np.arange(6) ** 2 * np.ones((4, 1))
    result = student.orientation_histograms([image, -3 * image], cell=2, bins=1)
    sums = np.array([[6, 20, 34, 6, 20, 34]] * 2)
    assert result == close(sums / np.linalg.norm(sums[0]), rtol=1e-4)


@pytest.mark.task("orientation_histograms")
def test_contrast_does_not_matter(student):
    """A digit on grey paper, a thousand times paler, has the same features"""
    digit = DIGITS.x_train[:1].astype(float)
    features = np.asarray(student.orientation_histograms(digit))
    assert np.ptp(features) > 0, "all features of a digit are the same"
    assert student.orientation_histograms(77 + digit / 1000) == close(features, rtol=1e-3, atol=1e-4)


@pytest.mark.task("orientation_histograms")
def test_shape_for_digits(student):
    """A digit has 4 x 4 cells with 9 bins each: 144 features, as a row of length 1"""
    features = np.asarray(student.orientation_histograms(DIGITS.x_train[:5]))
    assert features.shape == (5, 144), f"the shape is {features.shape}"
    assert np.linalg.norm(features, axis=1) == close(np.ones(5), rtol=1e-5)


@pytest.mark.task("orientation_histograms", edge=True)
def test_an_image_without_edges(student):
    """An image of one brightness has only zeros, and the one beside it has its own features"""
    assert student.orientation_histograms(np.full((1, 14, 14), 7)) == close(np.zeros((1, 36)))
    both = student.orientation_histograms(np.concatenate([np.full((1, 7, 7), 7), ramp(0, 2, 7)]))
    assert both == close([[0] * 9, [0, 0, 0, 0, 1, 0, 0, 0, 0]], rtol=1e-4, atol=1e-5)


@pytest.mark.task("orientation_histograms", edge=True)
def test_every_pixel_a_cell(student):
    """Cells of a single pixel: a feature for each pixel and bin"""
    result = student.orientation_histograms([[[0, 1], [0, 1]]], cell=1, bins=2)
    assert result == close([[0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0]], rtol=1e-4, atol=1e-5)


@pytest.mark.task("orientation_histograms", edge=True)
@pytest.mark.parametrize(
    ("shape", "cell", "bins"),
    [((1, 28, 30), 7, 9), ((1, 30, 28), 7, 9), ((28, 28), 7, 9), ((1, 28, 28), 0, 9), ((1, 28, 28), 7, 0)],
)
def test_cells_have_to_fit(student, shape, cell, bins):
    """30 pixels cannot be cut into cells of 7; a single image, no cell and no bin are a ValueError, too"""
    with pytest.raises(ValueError):
        student.orientation_histograms(np.ones(shape), cell, bins)


def read(student, once):
    """The labels of 200 new digits, and those of the same digits on grey paper."""

    def run():
        new = DIGITS.x_test[:200] // 2
        labels = student.recognise_traditionally(
            DIGITS.x_train[:500] // 2, DIGITS.y_train[:500], np.concatenate([new, new + 120])
        )
        assert np.shape(labels) == (400,), f"400 test images, and the labels have the shape {np.shape(labels)}"
        return np.split(np.asarray(labels), 2)

    return once("read", run)


@pytest.mark.task("recognise_traditionally", weight=3)
def test_reads_after_500_digits(student, once):
    """With 500 digits to learn from, at least 4 of 5 new ones are read"""
    accuracy = np.mean(read(student, once)[0] == DIGITS.y_test[:200])
    assert accuracy >= 0.8, f"only {accuracy:.3f} of the new digits are read"


@pytest.mark.task("recognise_traditionally", weight=2)
def test_reads_digits_on_grey_paper(student, once):
    """The classifier sees the features and nothing else: on grey paper the same digits are read"""
    accuracy = np.mean(read(student, once)[1] == DIGITS.y_test[:200])
    assert accuracy >= 0.8, f"on grey paper only {accuracy:.3f} of the new digits are read"


@pytest.mark.task("recognise_traditionally")
def test_reads_sevens_and_fours(student):
    """Where only 4 and 7 are there to learn from, the labels are 4 and 7"""
    images, labels = (part[np.isin(DIGITS.y_train, (4, 7))][:80] for part in (DIGITS.x_train, DIGITS.y_train))
    read = np.asarray(student.recognise_traditionally(images[:60], labels[:60], images[60:]))
    assert read.dtype.kind in "iu", "the labels are not integers"
    assert np.isin(read, (4, 7)).all(), f"the labels are {np.unique(read).tolist()}"
    assert np.mean(read == labels[60:]) > 0.7, "few of the new digits are read"


@pytest.mark.task("recognise_traditionally", edge=True)
@pytest.mark.parametrize(("images", "labels"), [(10, 11), (0, 0)])
def test_nothing_to_learn_from(student, images, labels):
    """10 images with 11 labels, or nothing to learn from, are a ValueError"""
    with pytest.raises(ValueError):
        student.recognise_traditionally(DIGITS.x_train[:images], DIGITS.y_train[:labels], DIGITS.x_test[:1])


def check_probabilities(model):
    """Three images as bright as a summer's day, for each of them ten probabilities."""
    probabilities = outputs(model, np.random.default_rng(0).uniform(0, 4, size=(3, 28, 28, 1)))
    assert probabilities.shape == (3, 10), f"the outputs have the shape {probabilities.shape}"
    assert (probabilities >= 0).all(), "an output is negative: these are scores, not probabilities"
    assert probabilities.sum(axis=1) == close(np.ones(3), rtol=1e-4)


def check_bends(model):
    """A network without activations in between is softmax(A x + b): its scores of a + b and of 0 add up to those of
    a and of b."""
    a, b = np.random.default_rng(1).uniform(0, 1, size=(2, 28, 28, 1))
    bends = []
    for strength in (1, 30):  # weak sigmoids are nearly straight, and where a network is too sure, nothing can be seen
        images = strength * np.array([a, b, a + b, np.zeros_like(a)])
        p = outputs(model, images).astype(float)
        if p.min() > 1e-30:
            scores = np.log(p / p[:, :1])
            bends.append(abs(scores[0] + scores[1] - scores[2] - scores[3]).max() / np.ptp(scores))
    assert max(bends, default=1) > 2e-4, "the scores are a linear function of the pixels: have the layers activations?"


def convolutions(model):
    """All convolutions in a model, also those in models within it."""
    found = [layer for layer in model.layers if "Conv" in type(layer).__name__]
    return found + [c for layer in model.layers if hasattr(layer, "layers") for c in convolutions(layer)]


@pytest.mark.task("build_mlp", weight=2)
def test_mlp_gives_probabilities(student):
    """Three images, ten probabilities each, which add up to 1"""
    check_probabilities(student.build_mlp())


@pytest.mark.task("build_mlp", weight=2)
def test_mlp_has_a_hidden_layer(student):
    """The scores are no linear function of the pixels: there is a hidden layer, and it has an activation"""
    check_bends(student.build_mlp())


@pytest.mark.task("build_mlp", edge=True)
def test_mlp_has_weights_and_no_convolution(student):
    """It has weights before it sees data, and no convolution"""
    model = student.build_mlp()
    assert model.weights, "without data there are no weights: the size of the input is not known"
    assert convolutions(model) == [], "it has a convolution"


@pytest.mark.task("build_mlp", weight=2)
@pytest.mark.trains
def test_mlp_learns(student):
    """After three epochs of 1,000 digits it reads 3 of 5 new ones"""
    accuracy = train(student.build_mlp(), 1000, epochs=3)
    assert accuracy >= 0.6, f"only {accuracy:.3f} of the new digits are read"


HANDOUT_SEVEN = [[1, 1, 1, 1, 1], [0, 0, 0, 1, 0], [0, 0, 1, 0, 0], [0, 1, 0, 0, 0], [0, 1, 0, 0, 0]]
HANDOUT_MAP = [[-1, -1, -2, 0], [-1, -2, 1, -2], [-2, 1, -2, -1], [-1, -1, -1, -1]]


def grey(image):
    """One image of one channel, (1, H, W, 1)."""
    return np.array(image, dtype=float)[np.newaxis, ..., np.newaxis]


@pytest.mark.task("convolve2d", weight=2)
def test_a_stroke_in_a_seven(student):
    """The 7 of the handout: a filter that answers to a stroke from lower left to upper right, with the bias -1"""
    kernels = np.reshape([[-1.0, 1.0], [1.0, -1.0]], (2, 2, 1, 1))
    assert student.convolve2d(grey(HANDOUT_SEVEN), kernels, np.array([-1.0])) == close(grey(HANDOUT_MAP))


@pytest.mark.task("convolve2d", weight=2)
def test_a_kernel_is_not_turned_around(student):
    """The row 1 3 2 6 and the kernel -1 1: brighter than the left neighbour is positive, so 2 -1 4; upright alike"""
    row, kernels = grey([[1, 3, 2, 6]]), np.reshape([-1.0, 1.0], (1, 2, 1, 1))
    assert student.convolve2d(row, kernels, np.zeros(1)) == close(grey([[2, -1, 4]]))
    upright = [array.swapaxes(*axes) for array, axes in ((row, (1, 2)), (kernels, (0, 1)))]
    assert student.convolve2d(*upright, np.zeros(1)) == close(grey([[2], [-1], [4]]))


@pytest.mark.task("convolve2d", weight=2)
def test_two_channels_and_three_filters(student):
    """A kernel of one pixel: from the channels 5 and 2 the filters make their sum, their difference and -5 + 10"""
    images, kernels = np.full((2, 3, 2, 2), [5.0, 2.0]), np.reshape([[1.0, 1.0, -1.0], [1.0, -1.0, 0.0]], (1, 1, 2, 3))
    assert student.convolve2d(images, kernels, np.array([0.0, 0.0, 10.0])) == close(
        np.full((2, 3, 2, 3), [7.0, 3.0, 5.0])
    )


@pytest.mark.task("convolve2d")
def test_equals_a_layer_of_keras(student):
    """With the kernels and the bias of a Conv2D layer, the maps are those of the layer"""
    layer, rng = layers.Conv2D(4, (3, 2)), np.random.default_rng(0)
    images = rng.normal(size=(3, 6, 5, 2)).astype("float32")
    layer.build(images.shape)
    layer.set_weights([layer.get_weights()[0], rng.normal(size=4)])
    expected = keras.ops.convert_to_numpy(layer(images))
    assert student.convolve2d(images, *layer.get_weights()) == close(expected, rtol=1e-4, atol=1e-4)


@pytest.mark.task("convolve2d")
def test_bytes_of_an_image(student):
    """Bytes are numbers: 100 + 2 * 200 is 500, also if the weights are bytes, and 100 - 200 is -100"""
    images = np.array([[[200, 100]], [[100, 200]]], dtype=np.uint8)[..., np.newaxis]
    for weight, kind in ((2, np.uint8), (-1, np.int8)):
        kernels = np.reshape([1, weight], (1, 2, 1, 1)).astype(kind)
        expected = np.reshape([200 + 100 * weight, 100 + 200 * weight], (2, 1, 1, 1))
        assert student.convolve2d(images, kernels, np.zeros(1, dtype=kind)) == close(expected)


@pytest.mark.task("convolve2d", edge=True)
def test_convolution_in_float64(student):
    """A third is as exact as float64 is, also in lists"""
    third = [[[[1 / 3]]]]
    assert student.convolve2d(third, [[[[1.0]]]], [0.0]) == close(np.array(third), rtol=1e-12)


@pytest.mark.task("convolve2d", edge=True)
@pytest.mark.parametrize(
    ("image", "kernel", "biases"),
    [
        ((4, 4, 1), (2, 2, 1, 3), 3),
        ((1, 4, 4, 1), (2, 2, 1), 1),
        ((1, 4, 4, 1), (2, 2, 2, 3), 3),
        ((1, 4, 4, 2), (2, 2, 1, 3), 3),
        ((1, 4, 4, 1), (5, 2, 1, 3), 3),
        ((1, 4, 4, 1), (2, 5, 1, 3), 3),
        ((1, 4, 4, 1), (2, 2, 1, 3), 1),
        ((1, 4, 4, 1), (2, 2, 1, 3), 4),
    ],
)
def test_kernels_that_do_not_fit(student, image, kernel, biases):
    """Three axes, other channels, a kernel larger than the image, too few or too many biases are a ValueError"""
    with pytest.raises(ValueError):
        student.convolve2d(np.full(image, 2), np.full(kernel, 3), [0] * biases)


@pytest.mark.task("max_pool", weight=2)
def test_the_strongest_answers_in_a_seven(student):
    """The map of the handout after its ReLU, in squares of 2: 0 1 and 1 0; before it, -1 1 and 1 -1"""
    assert student.max_pool(np.maximum(grey(HANDOUT_MAP), 0), 2) == close(grey([[0, 1], [1, 0]]))
    assert student.max_pool(grey(HANDOUT_MAP), 2) == close(grey([[-1, 1], [1, -1]]))


@pytest.mark.task("max_pool", weight=2)
def test_what_is_left_over_is_dropped(student):
    """Three rows and five columns in squares of 2: one row of two squares; and each channel is on its own"""
    maps = np.stack([np.arange(15.0), -np.arange(15.0)], axis=-1).reshape(1, 3, 5, 2)
    assert student.max_pool(maps, 2) == close(np.reshape([[6.0, 0.0], [8.0, -2.0]], (1, 1, 2, 2)))


@pytest.mark.task("max_pool")
def test_two_maps_in_squares_of_three(student):
    """The numbers 0 to 53 as three images of 3 x 6: the last of each square is the largest"""
    maps = np.arange(54.0).reshape(3, 3, 6, 1)
    assert student.max_pool(maps, 3) == close(np.reshape([14.0, 17, 32, 35, 50, 53], (3, 1, 2, 1)))


@pytest.mark.task("max_pool", edge=True)
def test_squares_of_one_pixel(student):
    """They change nothing, and lists are maps, too; a square may be as large as the maps"""
    seven = grey(HANDOUT_SEVEN)
    assert student.max_pool(seven.tolist(), 1) == close(seven)
    assert student.max_pool(seven, 5) == close(grey([[1]]))


@pytest.mark.task("max_pool", edge=True)
@pytest.mark.parametrize(("height", "width", "side"), [(4, 4, 0), (3, 4, 4), (4, 3, 4)])
def test_squares_that_do_not_fit(student, height, width, side):
    """No square, a square that is larger than the maps, and maps of three axes are a ValueError"""
    with pytest.raises(ValueError):
        student.max_pool(np.zeros((2, height, width, 3)), side)
    with pytest.raises(ValueError):
        student.max_pool(np.zeros((height, width, 3)), 1)


@pytest.mark.task("build_cnn")
def test_cnn_gives_probabilities(student):
    """Three images, ten probabilities each, which add up to 1"""
    check_probabilities(student.build_cnn())


@pytest.mark.task("build_cnn")
def test_cnn_has_convolutions(student):
    """There is a convolution that sees more than one pixel"""
    sizes = [np.prod(layer.kernel_size) for layer in convolutions(student.build_cnn())]
    assert max(sizes, default=0) > 1, f"the sizes of its convolutions are {sizes}"


@pytest.mark.task("build_cnn")
def test_cnn_is_small(student):
    """At most 150,000 parameters, which are there before it sees data: see model.summary()"""
    model = student.build_cnn()
    assert model.weights, "without data there are no weights: the size of the input is not known"
    assert model.count_params() <= 150_000, f"the model has {model.count_params():,} parameters"


@pytest.mark.task("build_cnn")
def test_cnn_has_activations(student):
    """The scores are no linear function of the pixels: there are activations between the layers"""
    check_bends(student.build_cnn())


@pytest.mark.task("shift", weight=2)
def test_one_to_the_right_and_one_down(student):
    """The upper left pixel comes to lie in the middle; what comes in is 0"""
    images = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
    assert student.shift(images, 1, 1) == close([[[0, 0, 0], [0, 1, 2], [0, 4, 5]]])


@pytest.mark.task("shift", weight=2)
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
    for dx, dy in [(5, 0), (0, -5), (-4, 1), (3, 0), (0, -3)]:
        assert student.shift(np.ones((1, 3, 3)), dx, dy) == close(np.zeros((1, 3, 3)))


@pytest.mark.task("shift", edge=True)
def test_no_shift(student):
    """A shift of 0 moves nothing"""
    assert student.shift([[[1, 2, 3], [4, 5, 6]]], 0, 0) == close([[[1, 2, 3], [4, 5, 6]]])


@pytest.mark.task("shift", edge=True)
def test_shift_refuses_a_single_image(student):
    """A single image, without the axis of the images, is a ValueError"""
    with pytest.raises(ValueError):
        student.shift([[1, 2], [3, 4]], 0, 1)


def places_after(student, max_shift, rng=None):
    """Where the point in the middle of 7 x 7 pixels has gone in each of 300 images: how far right and down."""
    points = np.zeros((300, 7, 7))
    points[:, 3, 3] = 1
    augmented = np.asarray(student.augment(points, max_shift, rng or np.random.default_rng(0)))
    assert augmented.shape == points.shape, f"the shape is {augmented.shape}"
    assert (augmented.sum(axis=(1, 2)) == 1).all(), "a point got lost"
    _, down, right = np.nonzero(augmented)
    return np.stack([right, down], axis=1) - 3


@pytest.mark.task("augment", weight=2)
def test_all_shifts_occur(student):
    """Up to 1 pixel in each direction: of 300 points about as many go to each of the 9 places"""
    places, counts = np.unique(places_after(student, 1), axis=0, return_counts=True)
    assert np.abs(places).max() == 1, f"a point was moved by {np.abs(places).max()} pixels"
    assert len(places) == 9, f"the points are in {len(places)} places: {places.tolist()}"
    assert counts.min() > 10, f"to one of the 9 places only {counts.min()} of 300 points went"


@pytest.mark.task("augment", weight=2)
def test_every_image_has_a_shift_of_its_own(student):
    """The images do not move together, and how far right says nothing about how far down"""
    places = places_after(student, 2)
    assert len(np.unique(places, axis=0)) > 15, "all images are moved together, or dx and dy depend on each other"


@pytest.mark.task("augment")
def test_what_is_moved_is_the_image(student):
    """Each image comes back in its place, shifted, also with an axis for channels"""
    images = np.arange(1.0, 151.0).reshape(6, 5, 5, 1)
    for before, after in zip(images, np.asarray(student.augment(images, 1, np.random.default_rng(3))), strict=True):
        assert after.shape == before.shape, f"an image has the shape {after.shape}"
        steps = set((after - before)[after > 0].tolist())
        assert len(steps) == 1, "an image was not moved as a whole"
        assert abs(steps.pop()) <= 6, "an image is not one that was given, in the same order"


@pytest.mark.task("augment", edge=True)
def test_chance_comes_from_rng(student):
    """The same seed gives the same images, another one others"""
    first, again, other = (places_after(student, 2, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, again), "the same seed gives other images"
    assert (first != other).any(), "with another seed the images are moved in the same way"


@pytest.mark.task("augment", edge=True)
def test_smallest_shifts(student):
    """A largest shift of 0 moves nothing; a negative one is a ValueError"""
    images = np.arange(1, 19).reshape(2, 3, 3)
    assert student.augment(images, 0, np.random.default_rng(0)) == close(images)
    with pytest.raises(ValueError):
        student.augment(images, -1, np.random.default_rng(0))


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


@pytest.mark.task("feature_maps")
def test_map_behind_dropout(student):
    """The model is used, not trained: a dropout layer on the way changes nothing"""
    model = keras.Sequential([layers.Input((40,)), layers.Dropout(0.5, name="holes"), layers.Dense(2)])
    maps = np.asarray(student.feature_maps(model, np.ones((2, 40), dtype="float32"), "holes"))
    assert maps == close(np.ones((2, 40)))


@pytest.mark.task("feature_maps")
def test_map_of_a_branch(student):
    """Two layers side by side see the same image: the second does not see what the first makes of it"""
    inputs = layers.Input((2, 2, 1))
    left = layers.Conv2D(1, 1, name="twice")(inputs)
    right = layers.Conv2D(1, 1, name="negative")(inputs)
    model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(layers.Add()([left, right]))))
    model.get_layer("twice").set_weights([np.full((1, 1, 1, 1), 2.0), np.zeros(1)])
    model.get_layer("negative").set_weights([np.full((1, 1, 1, 1), -1.0), np.zeros(1)])
    images = np.arange(1.0, 9.0).reshape(2, 2, 2, 1).astype("float32")
    for name, factor in (("twice", 2), ("negative", -1)):
        assert np.asarray(student.feature_maps(model, images, name)) == close(factor * images, rtol=1e-4)


@pytest.mark.task("feature_maps", edge=True)
def test_there_is_no_such_layer(student):
    """A name that no layer has is a ValueError"""
    model = keras.Sequential([layers.Input((2,)), layers.Dense(2, name="answer")])
    with pytest.raises(ValueError):
        student.feature_maps(model, np.ones((1, 2), dtype="float32"), "question")


def reader(shape, weights):
    """A network without a hidden layer, as it is used: in a training, half of what it sees would be missing."""
    pixels = layers.Input(shape)
    scores = layers.Dense(2, name="scores")(layers.Flatten()(layers.Dropout(0.5)(pixels)))
    model = keras.Model(pixels, layers.Softmax()(scores))
    model.get_layer("scores").set_weights([weights, np.zeros(2)])
    return model


def two_pixels():
    """A reader of 2 x 3 pixels: the upper left one speaks for class 1, the lower right one against it."""
    weights = np.zeros((6, 2))
    weights[0, 1], weights[5, 1] = np.log(3), -np.log(2)
    return reader((2, 3, 1), weights)


@pytest.mark.task("occlusion_map", weight=2)
def test_one_pixel_after_the_other(student):
    """p is .6 for the image, 1/3 without what speaks for it, and .75 without what speaks against it: .267 and -.15"""
    result = student.occlusion_map(two_pixels(), np.ones((2, 3, 1), dtype="float32"), 1, 1)
    expected = [[0.6 - 1 / 3, 0, 0], [0, 0, 0.6 - 0.75]]
    assert np.asarray(result) == close(np.array(expected), rtol=1e-4, atol=1e-5)


@pytest.mark.task("occlusion_map", weight=2)
def test_two_places_of_a_square(student):
    """A square of 2 lies in two places of 2 x 3 pixels; for class 0 the signs are the other way round"""
    result = student.occlusion_map(two_pixels(), np.ones((2, 3, 1), dtype="float32"), 0, 2)
    assert np.asarray(result) == close(np.array([[0.4 - 2 / 3, 0.4 - 0.25]]), rtol=1e-4, atol=1e-5)


@pytest.mark.task("occlusion_map")
def test_all_channels_are_covered(student):
    """With the same number in two channels a pixel counts twice, and both are covered"""
    model = reader((1, 2, 2), np.array([[0, np.log(2)], [0, np.log(2)], [0, 0], [0, 0]]))
    result = student.occlusion_map(model, np.ones((1, 2, 2), dtype="float32"), 1, 1)
    assert np.asarray(result) == close(np.array([[0.8 - 0.5, 0]]), rtol=1e-4, atol=1e-5)


@pytest.mark.task("occlusion_map", edge=True)
@pytest.mark.parametrize(("height", "width", "size"), [(2, 3, 0), (2, 3, 3), (3, 2, 3)])
def test_squares_that_do_not_cover(student, height, width, size):
    """No square, a square that is larger than the image, and an image with other axes are a ValueError"""
    model = reader((height, width, 1), np.zeros((6, 2)))
    for shape, side in (((height, width, 1), size), ((height, width), 1), ((1, height, width, 1), 1)):
        with pytest.raises(ValueError):
            student.occlusion_map(model, np.zeros(shape, dtype="float32"), 1, side)


@pytest.mark.task("capstone")
@pytest.mark.trains
def test_cnn_reads_after_a_short_training(student):
    """After three epochs of 2,000 digits your convolutional network reads 5 of 6 new ones"""
    accuracy = train(student.build_cnn(), 2000, epochs=3)
    assert accuracy >= 0.83, f"only {accuracy:.3f} of the new digits are read"
