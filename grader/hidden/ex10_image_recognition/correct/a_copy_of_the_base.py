"""The base is copied, its layers are found by name; results are tuples, 0-d arrays and float32 arrays."""

from collections import namedtuple

import keras
import numpy as np

L = keras.layers
Statistics = namedtuple("Statistics", "mean std")


def need(condition, what):
    if not condition:
        raise ValueError(what)


def channel_statistics(images):
    images = np.asarray(images, dtype="float64")
    need(images.ndim == 4 and images.size, "images")
    mean = np.einsum("nijc->c", images) / images[..., 0].size
    variance = np.einsum("nijc->c", (images - mean) ** 2) / images[..., 0].size
    return Statistics(mean, np.sqrt(variance))


def normalize(images, mean, std):
    images, mean, std = (np.asarray(a, dtype="float32") for a in (images, mean, std))
    need(images.ndim == 4 and images.size, "images")
    need((len(mean), len(std)) == 2 * images.shape[-1:], "channels")
    shifted = images - mean
    return np.divide(shifted, std, out=np.zeros_like(shifted), where=np.broadcast_to(std > 0, shifted.shape))


def random_flip(images, probability, rng):
    images = np.asarray(images)
    need(images.ndim == 4 and images.size, "images")
    need(0 <= probability <= 1, "probability")
    columns = np.arange(images.shape[2])
    pick = [columns[::-1] if rng.choice([True, False], p=[probability, 1 - probability]) else columns for _ in images]
    return np.take_along_axis(images, np.array(pick)[:, None, :, None], axis=2)


def random_crop(images, padding, rng):
    images = np.asarray(images)
    need(images.ndim == 4 and images.size, "images")
    need(padding >= 0, "padding")
    n, h, w, c = images.shape
    larger = np.zeros((n, h + 2 * padding, w + 2 * padding, c), dtype=images.dtype)
    larger[:, padding : padding + h, padding : padding + w] = images
    top, left = rng.integers(2 * padding + 1, size=(2, n, 1))
    return larger[np.arange(n)[:, None, None], (top + np.arange(h))[:, :, None], (left + np.arange(w))[:, None, :]]


def top_k_accuracy(y_true, y_prob, k):
    y_true, y_prob = np.asarray(y_true), np.asarray(y_prob)
    need(len(y_true) == len(y_prob) > 0 and 1 <= k <= len(y_prob[0]), "bad input")
    found = np.argpartition(-y_prob, k - 1, axis=1)[:, :k]
    return np.array([label in row for label, row in zip(y_true, found, strict=True)]).mean(keepdims=True).reshape(())


def recall_per_class(y_true, y_pred, num_classes):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    need(y_true.shape == y_pred.shape and y_true.size, "lengths")
    need({*y_true.tolist(), *y_pred.tolist()} <= set(range(num_classes)), "labels")
    table = np.zeros((num_classes, num_classes))
    np.add.at(table, (y_true, y_pred), 1)
    with np.errstate(invalid="ignore"):
        return tuple(np.nan_to_num(table.diagonal() / table.sum(axis=1)).astype("float32"))


def residual_block(input_shape, filters, stride=1):
    need(filters >= 1 and stride >= 1, "sizes")
    x = keras.Input(input_shape, name="x")
    first = L.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    second = L.Conv2D(filters, 3, padding="same")(first)
    agrees = second.shape == x.shape
    way_past = L.Identity()(x) if agrees else L.Conv2D(filters, stride, strides=stride, padding="same")(x)
    return keras.Model(inputs=x, outputs=L.add([second, way_past]))


def build_cnn(input_shape, num_classes):
    need(num_classes >= 2, "classes")
    inputs = keras.Input(input_shape)
    x = L.BatchNormalization()(inputs)
    for depth in range(4):
        x = L.Conv2D(16 * 2**depth, 3, padding="same", activation="elu", kernel_initializer="he_uniform")(x)
        x = L.BatchNormalization()(x)
        x = L.AveragePooling2D(2, padding="same")(x)
        x = L.Dropout(0.1)(x)
    x = keras.ops.mean(x, axis=(1, 2))
    return keras.Model(inputs, keras.ops.softmax(L.Dense(num_classes)(x)))


def build_transfer_model(base, num_classes):
    need(num_classes >= 2, "classes")
    body = keras.models.clone_model(base)
    body.set_weights(base.get_weights())
    body.trainable = False
    body.name = "body"
    images = keras.Input(base.input_shape[1:])
    features = body(images, training=False)
    pooled = L.Concatenate()([L.GlobalAveragePooling2D()(features), L.GlobalMaxPooling2D()(features)])
    return keras.Model(images, L.Dense(num_classes, activation="softmax", name="head")(L.BatchNormalization()(pooled)))


def unfreeze(model, layers, learning_rate):
    need(layers >= 0, "layers")
    body = model.get_layer("body")
    for _, layer in zip(range(layers), body.layers[::-1], strict=False):
        if not hasattr(layer, "moving_mean"):
            layer.trainable = True
    adam = keras.optimizers.Adam()
    adam.learning_rate = learning_rate
    model.compile(adam, loss="sparse_categorical_crossentropy", metrics=["acc"])
    return model


def nearest_images(features, queries, k):
    known, asked = np.array(features, dtype="float64"), np.array(queries, dtype="float64")
    need(known.ndim == asked.ndim == 2 and known.shape[1] == asked.shape[1], "shapes")
    need(k in range(1, len(known) + 1), "k")
    for rows in (known, asked):
        rows /= np.maximum(np.sqrt(np.einsum("nf,nf->n", rows, rows)), 1e-300)[:, None]
    order = (asked @ known.T).argsort(axis=1)[:, ::-1]
    return order[:, :k].astype("int16")
