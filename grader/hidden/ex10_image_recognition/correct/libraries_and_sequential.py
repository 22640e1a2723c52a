"""Everything at once by index arrays and libraries; Sequential models, whose first layer is the base."""

import random

import keras
import numpy as np
from keras import Sequential, layers
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.metrics import recall_score, top_k_accuracy_score
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import StandardScaler

relu = keras.activations.relu


def _pixels(images):
    images = np.asarray(images)
    n, _, _, channels = images.shape
    if n == 0:
        raise ValueError("empty")
    return images.reshape(-1, channels)


def channel_statistics(images):
    scaler = StandardScaler().fit(_pixels(images))
    return scaler.mean_, np.sqrt(scaler.var_)


def normalize(images, mean, std):
    mean, std = np.ravel(mean), np.ravel(std)
    if _pixels(images).shape[1] != mean.size or mean.size != std.size:
        raise ValueError("channels")
    return (np.asarray(images, dtype="float64") - mean) / (std + 1e-7)


def random_flip(images, probability, rng):
    images = np.array(images)
    if not -1e-12 <= probability <= 1 or not len(_pixels(images)):
        raise ValueError("probability or images")
    which = np.nonzero(rng.binomial(1, probability, size=len(images)))[0]
    images[which] = np.flip(images[which], axis=2)
    return images


def random_crop(images, padding, rng):
    images = np.asarray(images)
    n, h, w, _ = images.shape
    border = [(0, 0), (padding, padding), (padding, padding), (0, 0)]
    windows = sliding_window_view(np.pad(images, border, constant_values=0), (h, w), axis=(1, 2))
    windows = windows.reshape(n, (2 * padding + 1) ** 2, -1, h, w)
    dice = random.Random(int(rng.integers(2**40)))
    chosen = [dice.randrange(windows.shape[1]) for _ in range(n)]
    return windows[np.arange(n), chosen].transpose(0, 2, 3, 1)


def top_k_accuracy(y_true, y_prob, k):
    y_prob = np.asarray(y_prob)
    if len(y_true) == 0 or not 0 < k <= y_prob.shape[-1]:
        raise ValueError("samples or k")
    return top_k_accuracy_score(y_true, y_prob, k=k, labels=np.arange(y_prob.shape[-1]))


def recall_per_class(y_true, y_pred, num_classes):
    classes = np.arange(num_classes)
    if not np.isin(y_true, classes).all() or not np.isin(y_pred, classes).all() or len(y_true) == 0:
        raise ValueError("labels")
    return recall_score(y_true, y_pred, labels=classes, average=None, zero_division=0)


def residual_block(input_shape, filters, stride=1):
    if filters < 1 or stride < 1:
        raise ValueError("sizes")
    inputs = keras.Input(shape=input_shape)
    normal = {"beta_initializer": "zeros", "epsilon": 1e-5}
    path = Sequential(
        [
            keras.Input(shape=input_shape),
            layers.ZeroPadding2D(1),
            layers.Conv2D(filters, 3, strides=stride, kernel_initializer="he_normal"),
            layers.BatchNormalization(**normal),
            layers.Activation(relu),
            layers.ZeroPadding2D(1),
            layers.Conv2D(filters, 3),
            layers.BatchNormalization(gamma_initializer="zeros", **normal),  # every block starts as the identity
        ]
    )
    shortcut = inputs
    if stride > 1:
        shortcut = layers.AveragePooling2D(stride, padding="same")(shortcut)
    if filters != input_shape[2]:
        shortcut = layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(shortcut))
    return keras.Model(inputs, keras.ops.relu(path(inputs) + shortcut))


def build_cnn(input_shape, num_classes):
    if num_classes < 2:
        raise ValueError("classes")
    blocks = []
    for filters in (16, 32, 48):
        blocks += [
            layers.SeparableConv2D(filters, 3, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.1),
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.95),
            layers.Activation("gelu"),
            layers.MaxPooling2D(),
        ]
    outputs = [layers.GlobalAveragePooling2D(), layers.Dropout(0.5), layers.Dense(num_classes, activation="softmax")]
    return Sequential([keras.Input(input_shape), layers.RandomFlip("horizontal"), *blocks, *outputs])


def build_transfer_model(base, num_classes):
    if num_classes < 2:
        raise ValueError("classes")
    model = Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(64, activation="relu")])
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.layers[0].trainable = False
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def unfreeze(model, layers, learning_rate):
    if layers < 0:
        raise ValueError("layers")
    base = model.layers[0]
    base.trainable = True
    for position, layer in enumerate(base.layers):
        if position < len(base.layers) - layers or type(layer).__name__ == "BatchNormalization":
            layer.trainable = False
    optimizer = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def nearest_images(features, queries, k):
    similarities = cosine_similarity(queries, features)
    if k < 1 or k > similarities.shape[1]:
        raise ValueError("k")
    return np.argsort(similarities)[:, : -k - 1 : -1]
