"""Loops over images, lists as results, pre-activation, strides, Keras' own momentum, the base's layers in the model."""

import keras
import numpy as np
from keras import layers as kl


def _batch(images):
    if np.ndim(images) != 4 or len(images) < 1:
        raise ValueError("no batch of images")
    return np.array(images)


def channel_statistics(images):
    by_channel = np.moveaxis(_batch(images), -1, 0).astype("float64")
    mean = [sum(map(float, np.ravel(channel))) / channel.size for channel in by_channel]
    spread = [
        (sum((float(v) - m) ** 2 for v in np.ravel(channel)) / channel.size) ** 0.5
        for m, channel in zip(mean, by_channel, strict=True)
    ]
    return mean, spread


def normalize(images, mean, std):
    images = _batch(images).astype("float32")
    if not len(mean) == len(std) == images.shape[3]:
        raise ValueError("channels")
    for c, (m, s) in enumerate(zip(mean, std, strict=True)):
        images[..., c] -= m
        images[..., c] /= s if s > 0 else 1
    return images


def random_flip(images, probability, rng):
    if probability < 0 or probability > 1:
        raise ValueError(probability)
    result = []
    for image in _batch(images):
        result.append(np.fliplr(image) if rng.uniform() < probability else image)
    return result


def random_crop(images, padding, rng):
    images = _batch(images)
    if padding < 0:
        raise ValueError("negative")
    result = np.zeros_like(images)
    _, height, width, _ = images.shape
    for old, new in zip(images, result, strict=True):
        down, right = rng.integers(-padding, padding, size=2, endpoint=True)
        for i in range(height):
            for j in range(width):
                if 0 <= i - down < height and 0 <= j - right < width:
                    new[i, j] = old[i - down, j - right]
    return result


def top_k_accuracy(y_true, y_prob, k):
    if not len(y_true) or len(y_true) != len(y_prob) or k < 1 or k > len(y_prob[0]):
        raise ValueError("bad input")
    hits = 0
    for label, row in zip(y_true, y_prob, strict=True):
        larger = sum(p > row[label] for p in row)
        hits += larger < k
    return np.float32(hits / len(y_true))


def recall_per_class(y_true, y_pred, num_classes):
    if len(y_true) != len(y_pred) or not len(y_true):
        raise ValueError("bad input")
    found, there = [0] * num_classes, [0] * num_classes
    for truth, guess in zip(y_true, y_pred, strict=True):
        if not 0 <= truth < num_classes or not 0 <= guess < num_classes:
            raise ValueError("no class")
        there[truth] += 1
        found[truth] += truth == guess
    return [float(f) / t if t else 0 for f, t in zip(found, there, strict=True)]


def residual_block(input_shape, filters, stride=1):
    if min(filters, stride) < 1:
        raise ValueError("sizes")
    x = keras.Input(tuple(input_shape))
    f = kl.Activation("relu")(kl.BatchNormalization()(x))
    f = kl.Conv2D(filters, (3, 3), (stride, stride), "same")(f)
    f = kl.Activation("relu")(kl.BatchNormalization()(f))
    f = kl.Conv2D(filters, (3, 3), padding="same")(f)
    if tuple(f.shape) == tuple(x.shape):
        return keras.Model(x, x + f)
    return keras.Model(x, f + kl.Conv2D(filters, 1, padding="same", strides=stride, use_bias=False)(x))


def build_cnn(input_shape, num_classes):
    if num_classes <= 1:
        raise ValueError("classes")
    model = keras.models.Sequential()
    model.add(keras.Input(input_shape))
    for filters in (24, 48, 96):
        model.add(kl.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
        model.add(kl.BatchNormalization())
    model.add(kl.SpatialDropout2D(0.2))
    model.add(kl.GlobalMaxPooling2D())
    model.add(kl.Dense(num_classes))
    model.add(kl.Softmax())
    return model


def build_transfer_model(base, num_classes):
    if num_classes <= 1:
        raise ValueError("classes")
    for layer in base.layers:
        layer.trainable = False
    pooled = kl.GlobalMaxPooling2D()(base.output)
    return keras.Model(base.inputs, kl.Dense(num_classes, "softmax")(pooled))


def unfreeze(model, layers, learning_rate):
    if layers < 0:
        raise ValueError("negative")
    asleep = [layer for layer in model.layers if not layer.trainable]
    for layer in list(reversed(asleep))[:layers]:
        layer.trainable = "normalization" not in layer.name
    rate = keras.optimizers.schedules.ExponentialDecay(learning_rate, 1000, 1.0)
    model.compile(keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model


def nearest_images(features, queries, k):
    if np.ndim(features) != 2 or np.ndim(queries) != 2 or len(features[0]) != len(queries[0]):
        raise ValueError("bad input")
    if not 0 < k <= len(features):
        raise ValueError("bad k")

    def cosine(a, b):
        lengths = sum(v * v for v in a) ** 0.5 * sum(v * v for v in b) ** 0.5
        return sum(v * w for v, w in zip(a, b, strict=True)) / lengths if lengths else 0.0

    rows = range(len(features))
    return [sorted(rows, key=lambda row, query=query: -cosine(features[row], query))[:k] for query in queries]
