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
    ### BEGIN SOLUTION
    image = np.asarray(image, dtype="float32")
    if image.ndim != 3 or image.shape[-1] != 3:
        raise ValueError(f"a picture is (H, W, 3), not {image.shape}")
    return image[np.newaxis, :, :, ::-1] - np.float32(MEAN_BGR)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    batch = ops.convert_to_numpy(batch)
    if batch.ndim != 4 or batch.shape[0] != 1 or batch.shape[-1] != 3:
        raise ValueError(f"a batch of one picture is (1, H, W, 3), not {batch.shape}")
    image = (batch[0] + np.float32(MEAN_BGR))[:, :, ::-1]
    return np.clip(np.round(image), 0, 255).astype("uint8")
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    features = _features(features)
    height, width, channels = features.shape
    positions = ops.reshape(features, (height * width, channels))
    return ops.matmul(ops.transpose(positions), positions) / (height * width * channels)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    features, target = _features(features), _features(target)
    if tuple(features.shape) != tuple(target.shape):
        raise ValueError(f"features {tuple(features.shape)}, but a target {tuple(target.shape)}")
    return ops.mean(ops.square(features - target))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    gram, target = gram_matrix(features), gram_matrix(style_features)
    if tuple(gram.shape) != tuple(target.shape):
        raise ValueError(f"{gram.shape[0]} channels, but {target.shape[0]} in the style")
    return ops.mean(ops.square(gram - target))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    image = _features(image)
    height, width, colours = image.shape
    if height < 2 or width < 2 or colours != 3:
        raise ValueError(f"a picture with neighbours is at least (2, 2, 3), not {tuple(image.shape)}")
    vertical = image[1:, :, :] - image[:-1, :, :]
    horizontal = image[:, 1:, :] - image[:, :-1, :]
    return ops.mean(ops.square(vertical)) + ops.mean(ops.square(horizontal))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    if not layer_names:
        raise ValueError("there are no layer names")
    return keras.Model(base.input, [base.get_layer(name).output for name in layer_names])
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    content, style = preprocess(content), preprocess(style)
    extractor = build_feature_extractor(base, [content_layer, *style_layers])
    content_target, *_ = map(ops.stop_gradient, _look(extractor, content))
    _, *style_targets = map(ops.stop_gradient, _look(extractor, style))

    def loss(picture: Tensor) -> Tensor:
        content_features, *style_features = _look(extractor, picture)
        unlike_content = content_loss(content_features, content_target)
        unlike_style = sum(map(style_loss, style_features, style_targets))
        return content_weight * unlike_content + style_weight * unlike_style + _roughness(picture)

    return _paint(content + _noise(content.shape, seed), loss, iterations)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    features, mask = _features(features), ops.convert_to_tensor(mask, "float32")
    if tuple(mask.shape) != tuple(features.shape[:2]):
        raise ValueError(f"a mask {tuple(mask.shape)} for features {tuple(features.shape)}")
    height, width, channels = features.shape
    positions = ops.reshape(features, (height * width, channels))
    inside = ops.reshape(mask, (height * width, 1))
    area = ops.maximum(ops.sum(inside), 1.0)  # without a position inside the sums are 0, too
    return ops.matmul(ops.transpose(inside * positions), positions) / (area * channels)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    style, style_map, target_map = preprocess(style), np.asarray(style_map), np.asarray(target_map)
    if style_map.shape != style.shape[1:3]:
        raise ValueError(f"a map {style_map.shape} for a style {style.shape[1:3]}")
    regions = np.unique(target_map)
    if lacking := set(regions.tolist()) - set(style_map.ravel().tolist()):
        raise ValueError(f"the style has no region {sorted(lacking)}")
    extractor = build_feature_extractor(base, style_layers)

    def styles(picture: ArrayLike | Tensor, regions_map: NDArray) -> list[Tensor]:
        return [
            masked_gram_matrix(features, mask)
            for features in _look(extractor, picture)
            for mask in _masks(regions_map, regions, features.shape[:2])
        ]

    targets = [ops.stop_gradient(target) for target in styles(style, style_map)]

    def loss(picture: Tensor) -> Tensor:
        pairs = zip(styles(picture, target_map), targets, strict=True)
        return sum(ops.mean(ops.square(gram - target)) for gram, target in pairs) + _roughness(picture)

    start = _noise((1, *target_map.shape, 3), seed)
    for region in regions:
        start[0, target_map == region] += style[0, style_map == region].mean(axis=0)
    return _paint(start, loss, iterations)
    ### END SOLUTION


### BEGIN SOLUTION
LEARNING_RATE = 10.0  # grey levels in the first step
NOISE = 30.0  # its standard deviation, in grey levels
SMOOTHNESS = 0.03


class _Canvas(keras.layers.Layer):
    """A layer that puts out a picture, whatever it is given: the pixels are its weights."""

    def __init__(self, picture: NDArray) -> None:
        super().__init__()
        darkest = -np.float32(MEAN_BGR)
        self.picture = self.add_weight(
            shape=picture.shape, constraint=lambda pixels: ops.clip(pixels, darkest, darkest + 255)
        )
        self.picture.assign(picture)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.convert_to_tensor(self.picture)


def _paint(
    picture: NDArray, loss: Callable[[Tensor], Tensor], iterations: int
) -> tuple[NDArray[np.uint8], list[float]]:
    """The picture `(1, H, W, 3)` after some steps down its loss, and the loss in each."""
    if iterations < 1:
        raise ValueError(f"there must be at least 1 iteration, not {iterations}")
    canvas = _Canvas(picture)
    model = keras.Sequential([keras.Input((1,)), canvas])
    falling = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, iterations, alpha=0.1)
    model.compile(keras.optimizers.Adam(falling), loss=lambda _, painted: loss(painted))
    nothing = np.zeros((1, 1))
    losses = []
    for _ in range(iterations):
        model.reset_metrics()  # or what comes back is the mean of all losses so far
        losses.append(float(model.train_on_batch(nothing, nothing)))
    return deprocess(canvas.picture), losses


def _look(extractor: keras.Model, picture: ArrayLike | Tensor) -> list[Tensor]:
    """The features `(H, W, C)` of every layer for one picture `(1, H, W, 3)`."""
    outputs = extractor(picture)
    # Keras takes a list of one output out of its list.
    return [features[0] for features in (outputs if isinstance(outputs, list | tuple) else [outputs])]


def _masks(regions_map: NDArray, regions: NDArray, size: Sequence[int]) -> list[NDArray]:
    """For every region its mask at the height and width of some features: the map's pixel nearest to each position."""
    rows, columns = ((np.arange(n) + 0.5) * pixels / n for n, pixels in zip(size, regions_map.shape, strict=True))
    small = regions_map[np.ix_(rows.astype(int), columns.astype(int))]
    return [small == region for region in regions]


def _roughness(picture: Tensor) -> Tensor:
    return SMOOTHNESS * total_variation(picture[0])


def _noise(shape: tuple[int, ...], seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, NOISE, size=shape).astype("float32")


def _features(features: ArrayLike | Tensor) -> Tensor:
    features = ops.convert_to_tensor(features, "float32")
    if len(features.shape) != 3:
        raise ValueError(f"(H, W, C) is expected, not {tuple(features.shape)}")
    return features


### END SOLUTION
