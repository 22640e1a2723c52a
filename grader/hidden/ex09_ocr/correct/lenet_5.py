"""LeNet-5 as built today, functional models, histograms by `np.histogram` in float32, padding instead of slices."""

import keras
import numpy as np
from keras import Input, Model, layers
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def prepare(images):
    images = np.array(images, dtype="float32")
    n, height, width = images.shape
    if (height, width) != (28, 28):
        raise ValueError("size")
    return keras.ops.reshape(images * np.float32(1 / 255), (n, 28, 28, 1))


def orientation_histograms(images, cell=7, bins=9):
    images = np.asarray(images, dtype=np.float32)
    if images.ndim != 3 or min(cell, bins) < 1 or images.shape[1] % cell + images.shape[2] % cell:
        raise ValueError("cells")
    features = []
    for image in images:
        down, right = np.gradient(image)
        degrees = np.rad2deg(np.arctan2(down, right))
        degrees = np.where(degrees < 0, degrees + 180, degrees)
        degrees = np.where(degrees >= 180, degrees - 180, degrees)
        strength = np.linalg.norm([right, down], axis=0)
        votes = [
            np.histogram(
                degrees[top : top + cell, left : left + cell],
                bins=bins,
                range=(0, 180),
                weights=strength[top : top + cell, left : left + cell],
            )[0]
            for top in range(0, len(image), cell)
            for left in range(0, image.shape[1], cell)
        ]
        features.append(np.ravel(votes))
    return np.array(features) / np.maximum(np.linalg.norm(features, axis=1), 1e-9)[:, None]


def recognise_traditionally(train_images, train_labels, test_images):
    if not 0 < len(train_labels) == len(train_images):
        raise ValueError("training")
    reader = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    reader.fit(orientation_histograms(train_images), train_labels)
    return list(reader.predict(orientation_histograms(test_images)))


def build_mlp():
    image = Input((28, 28, 1), name="image")
    hidden = layers.Flatten()(image)
    for units in (300, 100):
        hidden = layers.Dense(units, activation="sigmoid")(hidden)
    model = Model(image, layers.Dense(10, activation="softmax")(hidden), name="mlp")
    model.compile("sgd", "mse")
    return model


def convolve2d(images, kernels, bias):
    images, kernels, bias = np.asarray(images, float), np.asarray(kernels, float), np.asarray(bias, float)
    h, w, channels, filters = kernels.shape
    if images.shape[3:] != (channels,) or bias.shape != (filters,):
        raise ValueError("channels or filters")
    windows = sliding_window_view(images, (h, w), axis=(1, 2))  # a ValueError if they are larger than the images
    return np.tensordot(windows, kernels, axes=[(4, 5, 3), (0, 1, 2)]) + bias


def max_pool(maps, size):
    maps = np.asarray(maps)
    if maps.ndim != 4 or size < 1:
        raise ValueError("axes or size")
    return sliding_window_view(maps, (size, size), axis=(1, 2))[:, ::size, ::size].max(axis=(-2, -1))


def build_cnn():
    image = Input((28, 28, 1))
    c1 = layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1")(image)
    s2 = layers.AveragePooling2D(2, name="s2")(c1)
    c3 = layers.Conv2D(16, 5, activation="tanh", name="c3")(s2)
    s4 = layers.AveragePooling2D(2, name="s4")(c3)
    c5 = layers.Conv2D(120, 5, activation="tanh", name="c5")(s4)
    f6 = layers.Dense(84, activation="tanh", name="f6")(layers.Flatten()(c5))
    return Model(image, layers.Dense(10, activation="softmax")(f6), name="lenet_5")


def shift(images, dx, dy):
    images = np.asarray(images)
    height, width, *channels = images.shape[1:]
    padded = np.pad(images, [(0, 0), (abs(dy),) * 2, (abs(dx),) * 2] + [(0, 0)] * len(channels))
    top, left = abs(dy) - dy, abs(dx) - dx
    return padded[:, top : top + height, left : left + width]


def augment(images, max_shift, rng):
    steps = np.arange(-max_shift, max_shift + 1)
    if not steps.size:
        raise ValueError("max_shift")
    dx, dy = rng.choice(steps, size=len(images)), rng.choice(steps, size=len(images))
    result = np.array(images)
    for pair in {*zip(dx.tolist(), dy.tolist(), strict=True)}:
        chosen = (dx == pair[0]) & (dy == pair[1])
        result[chosen] = shift(result[chosen], *pair)
    return result


def feature_maps(model, images, layer_name):
    names = [layer.name for layer in model.layers]
    layer = model.layers[names.index(layer_name)]  # a ValueError if it is not there
    return Model(inputs=model.inputs, outputs=[layer.output, *model.outputs])(np.asarray(images), training=False)[0]


def occlusion_map(model, image, label, size):
    image = np.asarray(image, dtype="float32")
    height, width, _ = image.shape
    if size < 1 or size > height or size > width:
        raise ValueError("size")
    y, x = np.arange(height)[:, None], np.arange(width)
    places = [(top, left) for top in range(height - size + 1) for left in range(width - size + 1)]
    outside = [(y < top) | (y >= top + size) | (x < left) | (x >= left + size) for top, left in places]
    images = np.concatenate([image[None], image * np.array(outside)[..., None]])
    p = np.asarray(keras.ops.convert_to_numpy(model(images, training=False)))[:, label]
    return (p[0] - p[1:]).reshape(height - size + 1, -1)
