"""Hidden tests of ex09: a convolution and a pooling are computed by hand, and compared with the layers of Keras."""

import keras
import numpy as np
import pytest
from keras import layers
from scipy.signal import correlate

from grader.compare import close
from grader.hidden.ex09_ocr.digits import quarters, random_bytes


def of_keras(layer, images, *weights):
    """What a layer of Keras makes of `images`, with these weights."""
    images = np.asarray(images, dtype="float32")
    layer.build(images.shape)
    layer.set_weights(weights)
    return keras.ops.convert_to_numpy(layer(images))


# convolve2d


def filters(rng, h, w, channels, count):
    return quarters(rng, h, w, channels, count), quarters(rng, count)


@pytest.mark.task("convolve2d", weight=4)
@pytest.mark.parametrize("channels", [1, 3])
def test_equals_the_layer_of_keras(student, rng, channels):
    """Every map is what a Conv2D layer without an activation computes, also for kernels that are not square"""
    images = quarters(rng, 3, 8, 9, channels)
    for h, w in ((3, 3), (2, 4)):
        kernels, bias = filters(rng, h, w, channels, 4)
        expected = of_keras(layers.Conv2D(4, (h, w)), images, kernels, bias)
        assert student.convolve2d(images, kernels, bias) == close(expected, rtol=1e-5, atol=1e-5)


@pytest.mark.task("convolve2d", weight=2)
def test_a_kernel_that_picks_one_pixel(student, rng):
    """A kernel with a single 1 moves the image: kernels are not turned around"""
    images = quarters(rng, 2, 6, 7, 1)
    i, j = (0, 1) if rng.random() < 0.5 else (2, 0)
    kernels = np.zeros((3, 2, 1, 1))
    kernels[i, j] = 1
    assert student.convolve2d(images, kernels, np.zeros(1)) == close(images[:, i : i + 4, j : j + 6])


@pytest.mark.task("convolve2d", weight=2)
def test_channels_are_added_up(student, rng):
    """All channels of a place add to each of its numbers, each with its own weight"""
    images, kernels = quarters(rng, 2, 4, 5, 3), quarters(rng, 1, 1, 3, 2)
    assert student.convolve2d(images, kernels, np.zeros(2)) == close(images @ kernels[0, 0])


@pytest.mark.task("convolve2d", weight=2)
def test_every_filter_has_its_bias(student, rng):
    """The bias of a filter is added once at every place, and negative numbers stay negative"""
    bias = rng.permutation([-3.5, -1.25, 0.75, 2.5])
    result = student.convolve2d(np.zeros((2, 5, 6, 2)), quarters(rng, 2, 2, 2, 4), bias)
    assert result == close(np.broadcast_to(bias, (2, 4, 5, 4)))


@pytest.mark.task("convolve2d")
def test_bytes_are_numbers(student, rng):
    """Images may be bytes and kernels whole numbers, and what is added up may be large or negative"""
    images = random_bytes(rng, 2, 6, 5, 1)
    bias = np.array([5, -5], dtype=np.int8)
    for least, kind in ((-9, np.int8), (0, np.uint8)):
        kernels = rng.integers(least, 10, size=(3, 3, 1, 2)).astype(kind)
        expected = of_keras(layers.Conv2D(2, 3), images, kernels, bias)
        assert student.convolve2d(images, kernels, bias) == close(expected, rtol=1e-5)


@pytest.mark.task("convolve2d", edge=True)
def test_computes_in_float64(student, rng):
    """The numbers are as exact as float64 is, also for lists"""
    images, kernels, bias = rng.normal(size=(1, 7, 6, 2)), rng.normal(size=(4, 3, 2, 1)), rng.normal(size=1)
    expected = correlate(images[0], kernels[..., 0], mode="valid")[np.newaxis] + bias
    result = student.convolve2d(images.tolist(), kernels.tolist(), bias.tolist())
    assert result == close(expected, rtol=1e-9, atol=1e-12)


@pytest.mark.task("convolve2d", edge=True)
def test_a_kernel_as_large_as_the_image(student, rng):
    """Where a kernel fits in one place only, each map is a single number, as of a dense layer"""
    images, (kernels, bias) = quarters(rng, 3, 4, 5, 2), filters(rng, 4, 5, 2, 3)
    expected = images.reshape(3, -1) @ kernels.reshape(-1, 3) + bias
    assert student.convolve2d(images, kernels, bias) == close(expected[:, np.newaxis, np.newaxis])


@pytest.mark.task("convolve2d", edge=True)
@pytest.mark.parametrize(
    ("images", "kernels", "bias"),
    [
        ((5, 5, 1), (2, 2, 1, 2), (2,)),
        ((1, 5, 5, 1), (2, 2, 1), (1,)),
        ((1, 5, 5, 3), (2, 2, 1, 2), (2,)),
        ((1, 5, 5, 1), (2, 2, 3, 2), (2,)),
        ((1, 5, 5, 1), (6, 2, 1, 2), (2,)),
        ((1, 5, 5, 1), (2, 6, 1, 2), (2,)),
        ((1, 5, 5, 1), (2, 2, 1, 2), (1,)),
        ((1, 5, 5, 1), (2, 2, 1, 1), (2,)),
    ],
)
def test_convolution_refuses_what_does_not_fit(student, images, kernels, bias):
    """Missing axes, other channels, kernels larger than the image, too few or too many biases are a ValueError"""
    with pytest.raises(ValueError):
        student.convolve2d(np.ones(images), np.ones(kernels), np.ones(bias))


# max_pool


@pytest.mark.task("max_pool", weight=3)
@pytest.mark.parametrize("size", [2, 3])
def test_equals_the_pooling_of_keras(student, rng, size):
    """Squares lie side by side, what is left over at the border is dropped, as in MaxPooling2D"""
    for height, width in ((6, 12), (3 * size - 1, 2 * size + 1)):
        maps = quarters(rng, 2, height, width, 3)
        assert student.max_pool(maps, size) == close(of_keras(layers.MaxPooling2D(size), maps))


@pytest.mark.task("max_pool", weight=2)
def test_largest_of_negative_numbers(student, rng):
    """Where all numbers are negative, the one nearest to 0 is left"""
    largest = -rng.integers(1, 5, size=(2, 3, 4, 2)).astype(float)
    maps = np.repeat(np.repeat(largest, 2, axis=1), 2, axis=2) - 7
    row, column = rng.integers(0, 2, size=2)
    maps[:, row::2, column::2] = largest
    assert student.max_pool(maps, 2) == close(largest)


@pytest.mark.task("max_pool", edge=True)
def test_smallest_and_largest_squares(student, rng):
    """A square of one pixel changes nothing, one as large as the maps leaves one number; so in lists"""
    maps = quarters(rng, 2, 4, 5, 2)
    assert student.max_pool(maps.tolist(), 1) == close(maps)
    assert student.max_pool(maps.tolist(), 4) == close(maps[:, :, :4].max(axis=(1, 2), keepdims=True))


@pytest.mark.task("max_pool", edge=True)
@pytest.mark.parametrize(
    ("shape", "size"), [((4, 4, 1), 2), ((1, 4, 4, 1, 1), 2), ((1, 4, 4, 1), 0), ((1, 3, 5, 1), 4), ((1, 5, 3, 1), 4)]
)
def test_pooling_refuses_what_does_not_fit(student, shape, size):
    """Other numbers of axes, no square, or one that is larger than the maps are a ValueError"""
    with pytest.raises(ValueError):
        student.max_pool(np.ones(shape), size)
