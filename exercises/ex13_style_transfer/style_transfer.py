"""Neural style transfer and neural doodle: a picture is trained, the network stays as it is.

Slide: Neural Doodle/Neural Style Transfer. Paper: Gatys, Ecker and Bethge, Image Style Transfer Using
Convolutional Neural Networks, 2016.

Pictures are `(H, W, 3)` in RGB, each value from 0 to 255; H and W may differ, and so may the sizes of two
pictures. Features are what a layer of a network answers to *one* picture, `(H, W, C)`: without the batch axis.

The losses take NumPy arrays and tensors, and return tensors, so that they can be looked at one by one and be used
in training. Everything is computed in float32 with `keras.ops`, and runs on any backend of Keras 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike, NDArray

# The mean colour of ImageNet, in the order of the networks that were trained with it: blue, green, red.
MEAN_BGR = (103.939, 116.779, 123.68)
Tensor = Any  # of TensorFlow, JAX or PyTorch


def preprocess(image: ArrayLike) -> NDArray[np.float32]:
    """Turn a picture into what the network was trained with: a batch of one, blue first, without the mean colour.

    Args:
        image: `(H, W, 3)`, RGB from 0 to 255, integers or not.

    Returns:
        `(1, H, W, 3)`, float32: BGR minus `MEAN_BGR`.

    Raises:
        ValueError: the picture is not `(H, W, 3)`.
    """
    raise NotImplementedError("ex13 preprocess")


def deprocess(batch: ArrayLike | Tensor) -> NDArray[np.uint8]:
    """The way back: a picture that can be shown.

    What has been trained is not a picture yet: its values are not whole, and some have left the range. They are
    rounded (to the nearest integer) and clipped to 0..255.

    Args:
        batch: `(1, H, W, 3)`, BGR minus `MEAN_BGR`; an array or a tensor.

    Returns:
        `(H, W, 3)`, RGB, uint8.

    Raises:
        ValueError: the batch is not `(1, H, W, 3)`.
    """
    raise NotImplementedError("ex13 deprocess")


def gram_matrix(features: ArrayLike | Tensor) -> Tensor:
    """Which features occur together, wherever that is in the picture: the style.

    With F_c(p) for channel c at position p::

        G[c, d] = (1 / (H W C)) sum_p F_c(p) F_d(p)

    Args:
        features: `(H, W, C)`.

    Returns:
        `(C, C)`: symmetric; shuffling the positions changes nothing.

    Raises:
        ValueError: the features are not `(H, W, C)`.

    Paper: Gatys et al., equation 3 (which divides in the loss instead).
    """
    raise NotImplementedError("ex13 gram_matrix")


def content_loss(features: ArrayLike | Tensor, target: ArrayLike | Tensor) -> Tensor:
    """How far the features are from those of the content picture: the mean squared difference.

    Args:
        features: `(H, W, C)`.
        target: those of the content picture, of the same shape.

    Returns:
        A single number, as a tensor.

    Raises:
        ValueError: the shapes differ.
    """
    raise NotImplementedError("ex13 content_loss")


def style_loss(features: ArrayLike | Tensor, style_features: ArrayLike | Tensor) -> Tensor:
    """How far two styles are apart in one layer: the mean squared difference of the Gram matrices.

    Over the C x C entries. The two pictures may have different sizes: a Gram matrix has none.

    Args:
        features: `(H, W, C)`.
        style_features: `(H', W', C)`.

    Returns:
        A single number, as a tensor.

    Raises:
        ValueError: the numbers of channels differ.
    """
    raise NotImplementedError("ex13 style_loss")


def total_variation(image: ArrayLike | Tensor) -> Tensor:
    """How rough a picture is: the mean squared difference of vertical neighbours plus that of horizontal ones.

    ::

        mean[(I[r + 1, c] - I[r, c])^2]  +  mean[(I[r, c + 1] - I[r, c])^2]

    each mean over all such pairs and the colours. A little of it in the loss keeps single pixels from standing out.

    Args:
        image: `(H, W, 3)`, in any units.

    Returns:
        A single number, as a tensor.

    Raises:
        ValueError: the picture is not `(H, W, 3)` with at least 2 rows and 2 columns.
    """
    raise NotImplementedError("ex13 total_variation")


def build_feature_extractor(base: keras.Model, layer_names: Sequence[str]) -> keras.Model:
    """A model that answers with what several layers of `base` see.

    It shares the layers and weights of `base`, which is not changed.

    Args:
        base: a network with one input, such as `course_data.squeezenet()`.
        layer_names: names of layers of `base`, at least one, in any order.

    Returns:
        A model from the input of `base` to a list of outputs: one per name, in the order of the names.

    Raises:
        ValueError: there is no name, or `base` has no layer of that name.
    """
    raise NotImplementedError("ex13 build_feature_extractor")


def stylize(
    content: ArrayLike,
    style: ArrayLike,
    base: keras.Model,
    style_layers: Sequence[str],
    content_layer: str,
    iterations: int,
    seed: int,
    content_weight: float = 0.02,
    style_weight: float = 1.0,
) -> tuple[NDArray[np.uint8], list[float]]:
    """Paint the content in the style: gradient descent on the pixels of a picture.

    Each iteration is one step of Adam, with a learning rate of some grey levels (4 to 10), that lowers::

        content_weight * content_loss(in content_layer)  +  style_weight * sum of style_loss(in style_layers)

    Factors of your own for the terms, and a very little total variation, are yours to choose. So is the picture
    to start from: the content, noise, or a mixture.

    Nothing but the pixels is trained. In Keras this needs no gradient by hand: pixels can be the weights of a
    layer, and a loss that is given to `compile` can be any function of what the model puts out. `train_on_batch`
    makes one step; a `fit` for every step begins a new training each time, which costs more than a small picture's
    step does.

    Args:
        content: the picture to paint, `(H, W, 3)`.
        style: the picture that shows how, `(H', W', 3)`.
        base: a network, which stays as it is; it takes pictures of any size as `preprocess` gives them.
        style_layers: the layers whose Gram matrices are compared.
        content_layer: the layer whose features are compared.
        iterations: the number of steps, at least 1.
        seed: all that is random follows from it; the same seed gives the same picture.
        content_weight: at 0 the loss does not ask for the content.
        style_weight: at 0 the loss does not ask for the style.

    Returns:
        image: the painted picture, `(H, W, 3)`, uint8.
        losses: one number for each iteration: the loss of the picture in that iteration.

    Raises:
        ValueError: a picture is not `(H, W, 3)`, a layer does not exist, or `iterations` is below 1.
    """
    raise NotImplementedError("ex13 stylize")


def masked_gram_matrix(features: ArrayLike | Tensor, mask: ArrayLike | Tensor) -> Tensor:
    """The style of one region: the Gram matrix of the positions inside a mask.

    ::

        G[c, d] = (1 / (area C)) sum_p mask(p) F_c(p) F_d(p),    area = sum_p mask(p)

    With a mask of ones it is `gram_matrix`. An empty mask gives zeros, since a small region can vanish in a
    layer that sees the picture at a lower resolution.

    Args:
        features: `(H, W, C)`.
        mask: `(H, W)`, 1 inside the region and 0 outside.

    Returns:
        `(C, C)`.

    Raises:
        ValueError: the mask does not fit the features.
    """
    raise NotImplementedError("ex13 masked_gram_matrix")


def doodle(
    style: ArrayLike,
    style_map: ArrayLike,
    target_map: ArrayLike,
    base: keras.Model,
    style_layers: Sequence[str],
    iterations: int,
    seed: int,
) -> tuple[NDArray[np.uint8], list[float]]:
    """Turn a map of coloured regions into a painting: each region takes the style of the same region in `style`.

    As `stylize`, but there is no content picture, and the style is compared region by region::

        sum over layers and regions of  mean (masked Gram matrix - that of the style)^2

    Factors of your own and a very little total variation are yours to choose here, too. For a layer that sees the
    picture at a lower resolution, a map is shrunk to the height and width of the features.

    Args:
        style: a painting, `(H, W, 3)`.
        style_map: the number of the region of every pixel of it, `(H, W)` integers, any numbers.
        target_map: the regions of the picture to be painted, `(H', W')` integers; not all regions of the style
            need to occur.
        base: a network, which stays as it is; it takes pictures of any size as `preprocess` gives them.
        style_layers: the layers whose masked Gram matrices are compared.
        iterations: the number of steps, at least 1.
        seed: all that is random follows from it; the same seed gives the same picture.

    Returns:
        image: the painted picture, `(H', W', 3)`, uint8.
        losses: a list with the loss of each iteration.

    Raises:
        ValueError: `style` and `style_map` have different sizes, or `target_map` has a region that the style
            lacks.

    Papers: Champandard, Semantic Style Transfer and Turning Two-Bit Doodles into Fine Artworks, 2016, for the idea;
    Gatys et al., Controlling Perceptual Factors in Neural Style Transfer, 2017, for Gram matrices behind masks.
    """
    raise NotImplementedError("ex13 doodle")
