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
    raise NotImplementedError("ex10 channel_statistics")


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
    raise NotImplementedError("ex10 normalize")


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
    raise NotImplementedError("ex10 random_flip")


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
    raise NotImplementedError("ex10 random_crop")


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
    raise NotImplementedError("ex10 top_k_accuracy")


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
    raise NotImplementedError("ex10 recall_per_class")


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
    raise NotImplementedError("ex10 residual_block")


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
    raise NotImplementedError("ex10 build_cnn")


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
    raise NotImplementedError("ex10 build_transfer_model")


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
    raise NotImplementedError("ex10 unfreeze")


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
    raise NotImplementedError("ex10 nearest_images")
