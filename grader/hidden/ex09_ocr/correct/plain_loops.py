"""Nearly everything in loops over plain Python numbers; a network of strides, batch normalization and dropout."""

import math

import keras
import numpy as np
from keras import layers
from sklearn.neighbors import KNeighborsClassifier


def prepare(images):
    images = np.asarray(images).tolist()
    for image in images:
        if not isinstance(image, list) or len(image) != 28 or any(not isinstance(row, list) for row in image):
            raise ValueError("not an image")
        if any(len(row) != 28 for row in image):
            raise ValueError("not 28 columns")
    return np.array([[[[pixel / 255] for pixel in row] for row in image] for image in images], dtype=np.float32)


def _slope(values, i):
    if i == 0:
        return values[1] - values[0]
    if i == len(values) - 1:
        return values[i] - values[i - 1]
    return (values[i + 1] - values[i - 1]) / 2


def _histogram(image, cell, bins):
    height, width = len(image), len(image[0])
    if height % cell or width % cell:
        raise ValueError("cell")
    columns = list(zip(*image, strict=True))
    across = width // cell
    sums = [0.0] * (height // cell * across * bins)
    for y, row in enumerate(image):
        for x in range(width):
            gx, gy = _slope(row, x), _slope(columns[x], y)
            if gx == gy == 0:
                continue
            if gy < 0 or (gy == 0 and gx < 0):
                gx, gy = -gx, -gy
            b = int(math.degrees(math.atan2(gy, gx)) // (180 / bins))
            sums[(y // cell * across + x // cell) * bins + b] += math.hypot(gx, gy)
    length = math.sqrt(sum(s * s for s in sums))
    return [s / length for s in sums] if length else sums


def orientation_histograms(images, cell=7, bins=9):
    if cell < 1 or bins < 1:
        raise ValueError("cell or bins")
    if np.ndim(images) != 3:
        raise ValueError("images")
    return [_histogram(image, cell, bins) for image in np.asarray(images).tolist()]


def recognise_traditionally(train_images, train_labels, test_images):
    if len(train_images) != len(train_labels):
        raise ValueError("lengths")
    if not len(train_images):
        raise ValueError("empty")
    neighbours = KNeighborsClassifier(n_neighbors=3, weights="distance")
    neighbours.fit(orientation_histograms(train_images), [str(label) for label in train_labels])
    return tuple(int(name) for name in neighbours.predict(orientation_histograms(test_images)))


def build_mlp():
    model = keras.Sequential(name="reader")
    model.add(layers.Reshape((784,), input_shape=(28, 28, 1)))
    model.add(layers.BatchNormalization())
    model.add(layers.Dense(64))
    model.add(layers.LeakyReLU(0.2))
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(10))
    model.add(layers.Softmax())
    return model


def convolve2d(images, kernels, bias):
    images, kernels, bias = (np.asarray(a, dtype=np.float64).tolist() for a in (images, kernels, bias))
    if np.ndim(images) != 4 or np.ndim(kernels) != 4:
        raise ValueError("axes")
    h, w, filters = len(kernels), len(kernels[0]), len(kernels[0][0][0])
    if len(images[0]) < h or len(images[0][0]) < w or len(bias) != filters:
        raise ValueError("sizes")
    return [
        [
            [_answers(image, kernels, bias, y, x) for x in range(len(image[0]) - w + 1)]
            for y in range(len(image) - h + 1)
        ]
        for image in images
    ]


def _answers(image, kernels, bias, y, x):
    """What all filters say at one place."""
    sums = list(bias)
    for i, row in enumerate(kernels):
        for j, weights in enumerate(row):
            for pixel, to_filters in zip(image[y + i][x + j], weights, strict=True):
                for f, weight in enumerate(to_filters):
                    sums[f] += weight * pixel
    return sums


def max_pool(maps, size):
    n, height, width, channels = np.shape(maps)
    if size < 1 or height < size or width < size:
        raise ValueError("size")
    result = np.empty((n, height // size, width // size, channels))
    for i, y, x, c in np.ndindex(result.shape):
        square = [maps[i][y * size + k][x * size + m][c] for k in range(size) for m in range(size)]
        result[i, y, x, c] = max(square)
    return result


def build_cnn():
    model = keras.Sequential(name="reader")
    model.add(layers.Input(shape=(28, 28, 1)))
    model.add(layers.Conv2D(24, 5, strides=2, use_bias=False))
    model.add(layers.BatchNormalization(momentum=0.9))
    model.add(layers.ELU())
    model.add(keras.Sequential([layers.SeparableConv2D(48, 3, strides=2), layers.ReLU()], name="separable"))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(10, activation=keras.activations.softmax))
    return model


def shift(images, dx, dy):
    if np.ndim(images) < 3:
        raise ValueError("images")
    images = np.asarray(images).tolist()
    return [_moved(image, dx, dy) for image in images]


def _moved(image, dx, dy):
    height, width = len(image), len(image[0])
    paper = [0] * len(image[0][0]) if isinstance(image[0][0], list) else 0
    return [
        [image[y - dy][x - dx] if 0 <= y - dy < height and 0 <= x - dx < width else paper for x in range(width)]
        for y in range(height)
    ]


def augment(images, max_shift, rng):
    if max_shift < 0:
        raise ValueError("max_shift")
    result = []
    for image in np.asarray(images).tolist():
        dx = math.floor(rng.random() * (2 * max_shift + 1)) - max_shift
        dy = math.floor(rng.random() * (2 * max_shift + 1)) - max_shift
        result.append(_moved(image, dx, dy))
    return result


def feature_maps(model, images, layer_name):
    layer = model.get_layer(name=layer_name)
    part = keras.models.Model(inputs=model.inputs, outputs=layer.output)
    return [part.predict_on_batch(np.asarray(image)[None])[0] for image in images]


def occlusion_map(model, image, label, size):
    if np.ndim(image) != 3:
        raise ValueError("axes")
    rows, columns = len(image) - size + 1, len(image[0]) - size + 1
    if size < 1 or rows < 1 or columns < 1:
        raise ValueError("size")
    whole = model.predict_on_batch(np.array([image]))[0][label]
    result = []
    for y in range(rows):
        copies = []
        for x in range(columns):
            copy = np.array(image)
            copy[y : y + size, x : x + size, :] = 0
            copies.append(copy)
        result.append([float(whole - p[label]) for p in model.predict_on_batch(np.array(copies))])
    return result
