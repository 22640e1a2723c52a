"""Image recognition: prepare images, build convolutional networks, and borrow one that has seen a million pictures.

Slides: Image Recognition, Convolutional Neural Network.

Images are `(N, H, W, C)`: a batch of pictures of H rows, W columns and C channels (1 if grey, 3 if in colour).
Arrays are never modified; a model may be, and every function that changes one also returns it. Everything runs
on any backend of Keras 3.

Use built-in layers and operations of Keras: graders rebuild your model from its configuration and do not have
your own classes.
"""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray


def channel_statistics(images: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each channel, over all positions of all images::

        mean[c] = (1 / (N H W)) sum_nij images[n, i, j, c]
        std[c]  = sqrt((1 / (N H W)) sum_nij (images[n, i, j, c] - mean[c])^2)

    Args:
        images: `(N, H, W, C)`, bytes from 0 to 255 or any other numbers.

    Returns:
        mean: `(C,)`, in the units of the images.
        std: `(C,)`, likewise.

    Raises:
        ValueError: the images are not `(N, H, W, C)`, or there are none.
    """
    ### BEGIN SOLUTION
    images = _checked(images).astype(np.float64)
    return images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
    ### END SOLUTION


def normalize(images: ArrayLike, mean: ArrayLike, std: ArrayLike) -> NDArray[np.float64]:
    """The images with each channel shifted and scaled::

        z[n, i, j, c] = (images[n, i, j, c] - mean[c]) / std[c]

    Mean and standard deviation come from the *training* images (slide *Data Splitting*), for the test images, too.
    A constant channel (one where std is 0 and every value is the mean) becomes 0.

    Args:
        images: `(N, H, W, C)`.
        mean: `(C,)`, as from `channel_statistics`.
        std: `(C,)`, likewise.

    Returns:
        Numbers around 0, `(N, H, W, C)`.

    Raises:
        ValueError: the images are not `(N, H, W, C)`, there are none, or mean or std is not `(C,)`.
    """
    ### BEGIN SOLUTION
    images, mean, std = _checked(images), np.asarray(mean, dtype=np.float64), np.asarray(std, dtype=np.float64)
    channels = images.shape[-1:]
    if mean.shape != channels or std.shape != channels:
        raise ValueError(
            f"mean {mean.shape} and std {std.shape} must have one number for each of {channels[0]} channels"
        )
    return (images - mean) / np.where(std == 0, 1, std)
    ### END SOLUTION


def random_flip(images: ArrayLike, probability: float, rng: np.random.Generator) -> NDArray:
    """Mirror each image left to right with the given probability: a cat that looks the other way is a cat.

    Chance decides separately for each image.

    Args:
        images: `(N, H, W, C)`.
        probability: from 0 (no image) to 1 (all of them).
        rng: the source of all chance.

    Returns:
        New images, `(N, H, W, C)`: each as it was, or mirrored.

    Raises:
        ValueError: the images are not `(N, H, W, C)`, there are none, or `probability` is outside [0, 1].
    """
    ### BEGIN SOLUTION
    images = _checked(images)
    if not 0 <= probability <= 1:
        raise ValueError(f"the probability is {probability}: it must be in [0, 1]")
    mirrored = rng.random(len(images)) < probability
    return np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
    ### END SOLUTION


def random_crop(images: ArrayLike, padding: int, rng: np.random.Generator) -> NDArray:
    """Put zeros around each image, and cut a piece of the old size out of the larger one.

    With a border of p zeros on each of the four sides there are (2p + 1)^2 such pieces: the piece begins at one of
    the rows 0 to 2p of the larger image and at one of its columns 0 to 2p. Each is equally likely; chance decides
    separately for each image, and for rows and columns independently. So the picture moves by at most p.

    Args:
        images: `(N, H, W, C)`.
        padding: the width p of the border; with 0 nothing moves.
        rng: the source of all chance.

    Returns:
        New images, `(N, H, W, C)`.

    Raises:
        ValueError: the images are not `(N, H, W, C)`, there are none, or `padding` is negative.
    """
    ### BEGIN SOLUTION
    images = _checked(images)
    if padding < 0:
        raise ValueError(f"padding is {padding}: it cannot be negative")
    count, height, width, _ = images.shape
    larger = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    offsets = rng.integers(0, 2 * padding + 1, size=(count, 2))
    return np.stack([image[i : i + height, j : j + width] for image, (i, j) in zip(larger, offsets, strict=True)])
    ### END SOLUTION


def top_k_accuracy(y_true: ArrayLike, y_prob: ArrayLike, k: int) -> float:
    """The share of images whose class is among the k most probable ones.

    The score of the ImageNet challenge (slide *The first breakthrough*) is this one with k = 5: of a thousand
    classes, several often fit. With k = 1 it is the accuracy.

    Args:
        y_true: labels, `(N,)` integers from 0.
        y_prob: probabilities, `(N, C)`. Where two are equal, either may come first.
        k: from 1 to C.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: y_true and y_prob have different lengths, there are no samples, or k is outside [1, C].
    """
    ### BEGIN SOLUTION
    y_true, y_prob = np.asarray(y_true), np.asarray(y_prob)
    if len(y_true) != len(y_prob):
        raise ValueError(f"{len(y_true)} labels, but {len(y_prob)} rows of probabilities")
    if len(y_true) == 0:
        raise ValueError("there are no samples")
    if not 1 <= k <= y_prob.shape[1]:
        raise ValueError(f"k is {k}: it must be from 1 to the {y_prob.shape[1]} classes")
    best = np.argsort(y_prob, axis=1)[:, -k:]
    return float(np.mean(np.any(best == y_true[:, None], axis=1)))
    ### END SOLUTION


def recall_per_class(y_true: ArrayLike, y_pred: ArrayLike, num_classes: int) -> NDArray[np.float64]:
    """Of the images of each class, the share that was recognised: the recall of ex01, once for each class.

    A single accuracy hides the small classes: where .39 of the pictures are animals, a network that says "animal" to
    everything has .39. Here it has 1 for the animals and 0 for all others::

        recall[c] = number of images with y_true = c and y_pred = c / number of images with y_true = c

    Args:
        y_true: true labels, `(N,)` integers in `0 .. num_classes - 1`.
        y_pred: predicted labels, `(N,)`, likewise.
        num_classes: the number of classes C.

    Returns:
        A number from 0 to 1 for each class, `(C,)`; 0 for a class that has no images.

    Raises:
        ValueError: the lengths differ, there are no images, or a label is outside `0 .. num_classes - 1`.
    """
    ### BEGIN SOLUTION
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if len(y_true) != len(y_pred):
        raise ValueError(f"{len(y_true)} labels, but {len(y_pred)} predictions")
    if len(y_true) == 0:
        raise ValueError("there are no images")
    if min(y_true.min(), y_pred.min()) < 0 or max(y_true.max(), y_pred.max()) >= num_classes:
        raise ValueError(f"labels must be in 0 .. {num_classes - 1}")
    recognised = np.bincount(y_true[y_true == y_pred], minlength=num_classes)
    return recognised / np.maximum(np.bincount(y_true, minlength=num_classes), 1)
    ### END SOLUTION


def residual_block(input_shape: tuple[int, int, int], filters: int, stride: int = 1) -> keras.Model:
    """Two convolutions that learn what to *add* to their input (He et al., 2015, arXiv:1512.03385)::

        y = relu(S(x) + F(x))       F(x) = conv(relu(conv(x)))

    Both convolutions are 3 x 3 with `filters` filters, and zeros are put around their inputs ("same"). F(x) can be
    of either sign: no activation between the second convolution and the sum. The shortcut S(x) is x itself where
    the shapes agree, so that with all convolutions at zero the block hands on any x >= 0 as it is. Where they do
    not agree, that is if `stride` is not 1 or `filters` is not C, the shortcut brings x to the new shape by a
    1 x 1 convolution with that stride.

    Batch normalization may follow (or precede) each convolution of F. The order of He et al., 2016
    (arXiv:1603.05027), normalization and ReLU *before* each convolution and none after the sum, is as good.

    Args:
        input_shape: (H, W, C).
        filters: the number of channels that come out.
        stride: the step of the first convolution; 2 halves height and width (rounded up).

    Returns:
        The model, which maps `(N, H, W, C)` to `(N, H / stride, W / stride, filters)`.

    Raises:
        ValueError: `filters` or `stride` is below 1.
    """
    ### BEGIN SOLUTION
    if filters < 1 or stride < 1:
        raise ValueError(f"{filters} filters with stride {stride}: both must be at least 1")
    inputs = keras.Input(input_shape)
    x = keras.layers.ReLU()(_convolution(inputs, filters, stride))
    x = _convolution(x, filters)
    shortcut = inputs
    if stride != 1 or filters != input_shape[-1]:
        shortcut = keras.layers.Conv2D(filters, 1, strides=stride)(inputs)
    return keras.Model(inputs, keras.layers.ReLU()(keras.layers.Add()([shortcut, x])))
    ### END SOLUTION


def build_cnn(input_shape: tuple[int, int, int], num_classes: int) -> keras.Model:
    """A convolutional network (slide *Convolutional Neural Network*) that names what is on an image.

    The parts are given, their number and sizes are yours:

    - blocks of convolution, *batch normalization* and ReLU, each followed by a pooling (or a stride) that halves
      height and width. Let the number of filters grow from block to block. Three blocks or more;
    - a *global* pooling: one number per filter, wherever on the image it was. So the number of parameters does
      not depend on H and W;
    - *dropout*, then one softmax output per class.

    Batch normalization follows mean and variance of its inputs with a moving average, for use outside training.
    Keras' `momentum` of .99 needs hundreds of steps to catch up; with .9 the network is as good in evaluation as
    in training after a few dozen.

    The grader trains it for 4 epochs on 3,000 images of clothing (as `normalize` makes them), and it has to
    recognise .7 of those that it has not seen. Some 100,000 parameters are plenty.

    Args:
        input_shape: (H, W, C).
        num_classes: the number of classes.

    Returns:
        The model, which maps `(N, H, W, C)` to probabilities `(N, num_classes)`. It need not be compiled.

    Raises:
        ValueError: `num_classes` is below 2.
    """
    ### BEGIN SOLUTION
    _check_classes(num_classes)
    inputs = x = keras.Input(input_shape)
    for filters in (16, 32, 64, 128):
        x = keras.layers.ReLU()(_convolution(x, filters))
        x = keras.layers.MaxPooling2D(padding="same")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.3)(x)
    return keras.Model(inputs, keras.layers.Dense(num_classes, activation="softmax")(x))
    ### END SOLUTION


def build_transfer_model(base: keras.Model, num_classes: int) -> keras.Model:
    """A network for a new task on top of one that was trained for another, with far more images than you have.

    The base, `course_data.squeezenet()` for one, turns an image into a grid of features. It is kept as it is:
    *frozen*, no weight of it changes in training, nor do the statistics of its batch normalization. What is new
    is a head that makes probabilities of the features: a pooling that takes a grid of any size, then one softmax
    output per class (a dropout or a small hidden layer in between is fine). Only the head is trained.

    The model takes what the base takes: the images go into the base without further preparation.

    The grader trains it for 6 epochs on the clip art, with SqueezeNet as the base, and it has to recognise .47
    of the pictures that it has not seen.

    Args:
        base: any functional model without classifier: it maps images to features `(N, h, w, F)`. Height and width
            of its input may be None, which stands for any size.
        num_classes: the number of classes.

    Returns:
        The model, which maps images to probabilities `(N, num_classes)`. The base may be one layer of it (a model
        inside the model), or its layers may be layers of the model. It need not be compiled.

    Raises:
        ValueError: `num_classes` is below 2.
    """
    ### BEGIN SOLUTION
    _check_classes(num_classes)
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    x = base(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.2)(x)
    return keras.Model(inputs, keras.layers.Dense(num_classes, activation="softmax")(x))
    ### END SOLUTION


def unfreeze(model: keras.Model, layers: int, learning_rate: float) -> keras.Model:
    """Wake the last layers of the base, so that they are trained as well, gently: fine-tuning.

    "Last" counts *every* layer of the base, those without weights, too: they are the last of `base.layers`. Their
    batch normalization stays asleep all the same (few new images give poor statistics), and the head stays awake.
    What was awake stays awake.

    Keras learns at `compile` which weights are to be trained, so the model is compiled again: Adam with the given
    learning rate, the cross-entropy for integer labels, and `accuracy`.

    Args:
        model: as your `build_transfer_model` returns it, trained or not. It may have been saved and loaded in the
            meantime: find the base by what the model consists of, since attributes of your own would be lost.
        layers: how many layers of the base to wake; 0 wakes none.
        learning_rate: a small one; large steps would destroy what the base knows.

    Returns:
        The model, compiled; its weights are what they were.

    Raises:
        ValueError: `layers` is negative.
    """
    ### BEGIN SOLUTION
    if layers < 0:
        raise ValueError(f"layers is {layers}: it is a number of layers and cannot be negative")
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    for layer in base.layers[len(base.layers) - layers :]:
        if not isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = True
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
    ### END SOLUTION


def nearest_images(features: ArrayLike, queries: ArrayLike, k: int) -> NDArray[np.int64]:
    """Which of the known images look most alike, to a network? Those whose features point the same way.

    What the base makes of an image, averaged over its grid, is a vector of F features. How alike two vectors a and b
    are is the cosine of the angle between them, whatever their lengths (*cosine similarity*)::

        similarity(a, b) = sum_f a[f] b[f] / (|a| |b|)       |a| = sqrt(sum_f a[f]^2)

    Without any training on the new classes, the nearest images are often of the right one: that is what a head can
    learn so quickly.

    Args:
        features: of the known images, `(N, F)`.
        queries: of the images that are asked about, `(M, F)`.
        k: how many to name, from 1 to N.

    Returns:
        For each query the row numbers of its k most similar images in `features`, the most similar first, `(M, k)`.
        Where two are equally similar, either may come first. A vector of zeros has the similarity 0 to any other.

    Raises:
        ValueError: `features` or `queries` is not `(N, F)` and `(M, F)` with the same F, or k is outside [1, N].
    """
    ### BEGIN SOLUTION
    features, queries = _directions(features), _directions(queries)
    if features.shape[1] != queries.shape[1]:
        raise ValueError(f"{features.shape[1]} features for the known images, but {queries.shape[1]} for the others")
    if not 1 <= k <= len(features):
        raise ValueError(f"k is {k}: it must be from 1 to the {len(features)} known images")
    return np.argsort(-queries @ features.T, axis=1)[:, :k]
    ### END SOLUTION


### BEGIN SOLUTION
def _directions(features: ArrayLike) -> NDArray[np.float64]:
    """Each row divided by its length; a row of zeros stays as it is."""
    features = np.asarray(features, dtype=np.float64)
    if features.ndim != 2:
        raise ValueError(f"features must be (N, F), not {features.shape}")
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(lengths == 0, 1, lengths)


def _checked(images: ArrayLike) -> NDArray:
    """Images as an array `(N, H, W, C)` that is not empty."""
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(f"images must be (N, H, W, C), not {images.shape}")
    if images.size == 0:
        raise ValueError("there are no images")
    return images


def _check_classes(num_classes: int) -> None:
    if num_classes < 2:
        raise ValueError(f"num_classes is {num_classes}: there must be at least 2")


def _convolution(x: keras.KerasTensor, filters: int, stride: int = 1) -> keras.KerasTensor:
    """A 3 x 3 convolution and its normalization, which makes a bias superfluous."""
    x = keras.layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    return keras.layers.BatchNormalization(momentum=0.9)(x)


### END SOLUTION
