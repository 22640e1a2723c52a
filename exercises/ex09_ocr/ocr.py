"""Reading handwritten digits in three ways: features made by hand, a multi-layer perceptron, a convolutional network.

Slides: Optical Character Recognition, Traditional vs Deep Learning, Feature Hierarchy.

Images are grey, `(N, 28, 28)` bytes from 0 (paper) to 255 (ink), labels are integers `(N,)`. Rows count downwards (y),
columns to the right (x). Arrays are never modified. Everything runs on any backend of Keras 3.

Use built-in layers and operations of Keras: graders rebuild your model from its configuration and do not have your own
classes.
"""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

SIDE = 28  # the height and width of an image of a digit
NUM_CLASSES = 10
MAX_CNN_PARAMETERS = 150_000


def prepare(images: ArrayLike) -> NDArray[np.float32]:
    """Bytes as they are stored -> numbers as a network likes them.

    Every byte is divided by 255, whatever else is in its image, and each pixel gets an axis for its channels: there is
    only one, grey.

    Args:
        images: `(N, 28, 28)` bytes.

    Returns:
        `(N, 28, 28, 1)`, of type float32, from 0 to 1.

    Raises:
        ValueError: `images` has another shape, a single image `(28, 28)` for example.
    """
    raise NotImplementedError("ex09 prepare")


def orientation_histograms(images: ArrayLike, cell: int = 7, bins: int = 9) -> NDArray[np.float64]:
    """Features made by hand: how much edge of which direction there is in each part of an image.

    Slide *Traditional Machine Perception*; the idea is that of the histograms of oriented gradients (Dalal and Triggs,
    2005), made simple:

    1. The gradient of every pixel, by `np.gradient` on the whole image: central differences, one-sided at the border.
       gy is the one along the rows' axis (downwards), gx the one along the columns' axis (to the right).
    2. Its magnitude and its orientation. The orientation is *unsigned*: from dark to bright is the same as from bright
       to dark, so that angles differing by 180 degrees are one::

           m = sqrt(gx^2 + gy^2)        angle = atan2(gy, gx) modulo 180 degrees, in [0, 180)

    3. The angles are cut into `bins` equal bins; bin b goes from b * 180 / bins up to (b + 1) * 180 / bins degrees.
    4. The image is cut into square cells of `cell` x `cell` pixels. For every cell and every bin: the sum of the
       magnitudes of the pixels of this cell whose angle is in this bin. A pixel counts for one bin only.
    5. All sums of an image together are divided by their length, sqrt(sum of squares). What is left does not depend on
       brightness or contrast.

    Args:
        images: `(N, H, W)` numbers, bytes for example; `cell` divides H and W, and both are at least 2.
        cell: the side of a cell in pixels.
        bins: the number of bins.

    Returns:
        `(N, F)` with F = (H / cell) * (W / cell) * bins features, ordered by the row of the cell, then its column, then
        the bin. An image without any edge has only zeros.

    Raises:
        ValueError: `images` is not `(N, H, W)`, `cell` or `bins` is below 1, or `cell` does not divide H and W.
    """
    raise NotImplementedError("ex09 orientation_histograms")


def recognise_traditionally(
    train_images: ArrayLike, train_labels: ArrayLike, test_images: ArrayLike
) -> NDArray[np.int64]:
    """Read digits without a network: `orientation_histograms`, and a classifier of scikit-learn that learns from them.

    Slide *Traditional vs Deep Learning*: what to look at is decided by hand, what to make of it is learned. The
    classifier sees the features and nothing else, so that digits on grey paper are read as well as those on white.

    Which classifier is your choice. With 1,000 digits to learn from, at least .85 of new ones have to be right; some
    classifiers do not get there.

    Args:
        train_images: `(N, 28, 28)` bytes.
        train_labels: `(N,)` integers. Not every digit has to be among them.
        test_images: `(M, 28, 28)` bytes.

    Returns:
        The label of each test image, `(M,)` integers, all of them labels that were there to learn from.

    Raises:
        ValueError: `train_images` and `train_labels` have different lengths, or are empty.
    """
    raise NotImplementedError("ex09 recognise_traditionally")


def build_mlp() -> keras.Model:
    """A multi-layer perceptron that reads digits from their pixels.

    It has at least one hidden layer, with an activation, and no convolution; how many units is your choice. To it an
    image is a list of 784 numbers, and it would learn as well if all images had their pixels shuffled in the same way.

    Returns:
        The model, which maps prepared images `(N, 28, 28, 1)` to probabilities `(N, 10)`: rows that add up to 1, by a
        softmax. It knows the size of its input, so that it has weights before it sees data, and it can be trained with
        the cross-entropy. It need not be compiled.
    """
    raise NotImplementedError("ex09 build_mlp")


def convolve2d(images: ArrayLike, kernels: ArrayLike, bias: ArrayLike) -> NDArray[np.float64]:
    """What a `Conv2D` layer of Keras computes before its activation: each kernel slides over every image.

    Slide *Convolutional Neural Network*. At each place where a kernel lies wholly inside the image, what it covers is
    multiplied by it, number by number, and added up over its rows, its columns and all channels::

        out[n, y, x, f] = bias[f] + sum over i, j, c of kernels[i, j, c, f] * images[n, y + i, x + j, c]

    The kernel moves by one pixel (Keras: `strides=1`) and nothing is added around the image (`padding="valid"`). It is
    not turned by 180 degrees, as it is in the convolution of mathematics: this is a *cross-correlation*, and so is the
    layer. Shapes are those of Keras, and `layer.get_weights()` of a `Conv2D` is its kernels and its bias.

    Args:
        images: `(N, H, W, C)` numbers, bytes for example.
        kernels: `(h, w, C, F)`: F filters, and each has h x w weights for every channel. They need not be square.
        bias: `(F,)`, one number per filter.

    Returns:
        `(N, H - h + 1, W - w + 1, F)`: for every image one map per filter, in float64. Numbers may be negative.

    Raises:
        ValueError: `images` is not `(N, H, W, C)`; `kernels` does not have four axes, is for another number of
            channels, or is larger than the images; `bias` is not one number per filter.
    """
    raise NotImplementedError("ex09 convolve2d")


def max_pool(maps: ArrayLike, size: int) -> NDArray:
    """Make maps smaller: of every square of `size` x `size` pixels the largest number is left.

    The squares lie side by side, and each channel is on its own. Rows and columns that are left over at the lower and
    the right border are dropped. `MaxPooling2D(size)` of Keras does the same.

    Args:
        maps: `(N, H, W, C)`, feature maps for example.
        size: the side of a square in pixels.

    Returns:
        `(N, H // size, W // size, C)`.

    Raises:
        ValueError: `maps` is not `(N, H, W, C)`, or `size` is below 1 or larger than H or W.
    """
    raise NotImplementedError("ex09 max_pool")


def build_cnn() -> keras.Model:
    """A convolutional network that reads digits: it learns its features itself, small ones first, then larger ones.

    Slide *Feature Hierarchy*. Convolutions with activations, something that makes the maps smaller, and dense layers at
    the end; LeNet-5 (LeCun et al., 1998) is the classic one. Which and how many is your choice, within
    `MAX_CNN_PARAMETERS` weights and biases.

    The task *capstone* is graded on this network: the grader trains it on 4,000 digits for 5 epochs (batches of 32,
    Adam whose learning rate falls from 0.003 to 0 along a cosine), and it has to read at least .92 of new digits.

    Returns:
        The model, which maps prepared images `(N, 28, 28, 1)` to probabilities `(N, 10)`, as `build_mlp` does.
    """
    raise NotImplementedError("ex09 build_cnn")


def shift(images: ArrayLike, dx: int, dy: int) -> NDArray:
    """Move all images by whole pixels. What leaves an image is lost, and what comes in is 0 (paper).

    Args:
        images: `(N, H, W)`, or `(N, H, W, 1)` as `prepare` returns them.
        dx: how far to the right; negative is to the left.
        dy: how far down; negative is up. A shift may be larger than the image: then only zeros are left.

    Returns:
        New images of the same shape.

    Raises:
        ValueError: `images` has fewer than three axes.
    """
    raise NotImplementedError("ex09 shift")


def augment(images: ArrayLike, max_shift: int, rng: np.random.Generator) -> NDArray:
    """Move every image by a random shift of its own: a moved digit is still the same digit.

    For each image, dx and dy are drawn independently of each other from -max_shift, ..., max_shift, both ends included
    and all equally likely.

    Args:
        images: `(N, H, W)`, or `(N, H, W, 1)`.
        max_shift: the largest shift in pixels; 0 moves nothing.
        rng: all that is random is drawn from it.

    Returns:
        New images of the same shape, in the same order.

    Raises:
        ValueError: `max_shift` is negative.
    """
    raise NotImplementedError("ex09 augment")


def feature_maps(model: keras.Model, images: ArrayLike, layer_name: str) -> NDArray:
    """What a layer in the middle of a network puts out: what the network sees at this stage.

    Slide *Feature Hierarchy*. For a convolution these are images again, one per filter. The model is used, not trained:
    dropout is off, and no weight changes.

    Args:
        model: a `Sequential` or a functional model with weights; it need not be compiled.
        images: `(N, ...)` as the model takes them, so `(N, 28, 28, 1)` for a reader of digits.
        layer_name: the `name` of one of `model.layers`.

    Returns:
        The output of this layer, after its activation, for every image; for a convolution `(N, H', W', filters)`.

    Raises:
        ValueError: the model has no layer of this name.
    """
    raise NotImplementedError("ex09 feature_maps")


def occlusion_map(model: keras.Model, image: ArrayLike, label: int, size: int) -> NDArray:
    """Where a network looks: cover a part of the image, and see how much less it believes in `label`.

    A square of `size` x `size` pixels is covered with 0 (paper), in all channels, at every place where it lies wholly
    inside the image (Zeiler and Fergus, 2014). The rest of the image stays as it is::

        out[y, x] = p(label, image) - p(label, image whose rows y, ..., y + size - 1
                                                  and columns x, ..., x + size - 1 are covered)

    Positive numbers are where the network finds what speaks for the label, negative ones where it finds what speaks
    against it. Hand over many covered images at once: one call of `predict` for each of them takes long.

    Args:
        model: maps images `(N, H, W, C)` to probabilities `(N, classes)`; it need not be compiled. It is used, not
            trained.
        image: a single image as the model takes them, `(H, W, C)`.
        label: the class that is asked for, a column of the probabilities.
        size: the side of the square in pixels.

    Returns:
        `(H - size + 1, W - size + 1)` differences of probabilities.

    Raises:
        ValueError: `image` is not `(H, W, C)`, or `size` is below 1 or larger than H or W.
    """
    raise NotImplementedError("ex09 occlusion_map")
