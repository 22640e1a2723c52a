"""A model whose loss is its own method, pixels behind a tanh, Gram matrices by `tensordot`, pooled masks.

The content picture is the start, without noise; the rate is constant; the losses are an array.
"""

from itertools import pairwise

import keras
import numpy as np
from keras import ops

MEAN_BGR = (103.939, 116.779, 123.68)


def preprocess(image):
    if np.ndim(image) != 3 or np.shape(image)[2] != 3:
        raise ValueError("not a picture")
    red, green, blue = (np.asarray(image)[:, :, k].astype("float64") for k in range(3))
    channels = [c - m for c, m in zip((blue, green, red), MEAN_BGR, strict=True)]
    return ops.expand_dims(ops.cast(ops.convert_to_tensor(np.stack(channels, axis=-1)), "float32"), 0)


def deprocess(batch):
    pixels = np.array(ops.convert_to_numpy(batch), dtype="float64")
    if pixels.ndim != 4 or len(pixels) != 1 or pixels.shape[3] != 3:
        raise ValueError("not a batch of one picture")
    pixels += np.reshape(MEAN_BGR, (1, 1, 1, 3))
    pixels = np.flip(np.squeeze(pixels, axis=0), axis=2)
    return (np.minimum(np.maximum(pixels, 0), 255) + 0.5).astype(np.uint8)


def _tensor(x, ndim):
    x = ops.cast(ops.convert_to_tensor(x), "float32")
    if ops.ndim(x) != ndim:
        raise ValueError(f"{ndim} axes are needed")
    return x


def gram_matrix(features):
    f = _tensor(features, 3)
    return ops.tensordot(f, f, axes=[[0, 1], [0, 1]]) / np.prod(f.shape)


def content_loss(features, target):
    a, b = _tensor(features, 3), _tensor(target, 3)
    if list(a.shape) != list(b.shape):
        raise ValueError("shapes")
    return ops.sum((a - b) ** 2) / ops.cast(ops.size(a), "float32")


def style_loss(features, style_features):
    if np.shape(features)[-1] != np.shape(style_features)[-1]:
        raise ValueError("channels")
    return ops.var(ops.stack([d := gram_matrix(features) - gram_matrix(style_features), -d]))


def total_variation(image):
    x = _tensor(image, 3)
    if x.shape[2] != 3 or min(x.shape[:2]) < 2:
        raise ValueError("no neighbours")
    return sum(ops.mean(ops.power(ops.diff(x, axis=axis), 2)) for axis in (0, 1))


def build_feature_extractor(base, layer_names):
    outputs = {layer.name: layer.output for layer in base.layers}
    if len(layer_names) == 0 or not set(layer_names) <= set(outputs):
        raise ValueError("no such layers")
    return keras.Model(inputs=base.inputs, outputs=[outputs[name] for name in layer_names], trainable=False)


class Painter(keras.Model):
    def __init__(self, start, unlike):
        super().__init__()
        scaled = np.clip((np.asarray(ops.convert_to_numpy(start)) + MEAN_BGR) / 127.5 - 1, -0.98, 0.98)
        self.w = self.add_weight(shape=scaled.shape, initializer="zeros", trainable=True)
        self.w.assign(np.arctanh(scaled))
        self.unlike = unlike

    def call(self, x):
        return 127.5 * (ops.tanh(self.w) + 1) - ops.convert_to_tensor(np.array(MEAN_BGR, dtype="float32"))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return self.unlike(y_pred)


def _run(start, unlike, iterations):
    if iterations <= 0:
        raise ValueError("iterations")
    painter = Painter(start, unlike)
    painter.compile(optimizer=keras.optimizers.Adam(0.1))
    losses = np.empty(iterations)
    for i in range(iterations):
        painter.reset_metrics()
        losses[i] = painter.train_on_batch(np.zeros((1, 1)), np.zeros((1, 1)), return_dict=True)["loss"]
    return deprocess(painter(np.zeros((1, 1)))), losses


def stylize(content, style, base, style_layers, content_layer, iterations, seed, content_weight=0.02, style_weight=1.0):
    keras.utils.set_random_seed(seed)
    content, style = preprocess(content), preprocess(style)
    net = build_feature_extractor(base, [*style_layers, content_layer])
    goals = ops.stop_gradient(net(content)[-1][0])
    grams = [ops.stop_gradient(gram_matrix(f[0])) for f in net(style)[:-1]]

    def unlike(image):
        *styles, last = net(image)
        total = content_weight * content_loss(last[0], goals)
        for features, gram in zip(styles, grams, strict=True):
            total += style_weight * ops.mean((gram_matrix(features[0]) - gram) ** 2) / len(grams)
        return total

    return _run(content, unlike, iterations)


def masked_gram_matrix(features, mask):
    f, m = _tensor(features, 3), _tensor(mask, 2)
    if tuple(m.shape) != tuple(f.shape)[:2]:
        raise ValueError("mask")
    total = ops.einsum("hw,hwc,hwd->cd", m, f, f)
    area = ops.sum(m)
    return ops.where(area > 0, total / (ops.where(area > 0, area, 1.0) * f.shape[2]), ops.zeros_like(total))


def _pooled(mask, height, width):
    """The share of each cell that is inside."""
    rows, columns = (np.linspace(0, n, k + 1).astype(int) for n, k in zip(mask.shape, (height, width), strict=True))
    cells = [[mask[a:b, c:d].mean() for c, d in pairwise(columns)] for a, b in pairwise(rows)]
    return np.array(cells).astype("float32")


def _answers(net, image):
    answers = net(image)
    return answers if isinstance(answers, list | tuple) else [answers]  # one layer gives no list


def doodle(style, style_map, target_map, base, style_layers, iterations, seed):
    style_map, target_map = np.asarray(style_map), np.asarray(target_map)
    if np.shape(style)[:2] != style_map.shape:
        raise ValueError("style_map")
    for region in set(target_map.flat):
        if region not in style_map:
            raise ValueError(f"no region {region}")
    net = build_feature_extractor(base, style_layers)
    wanted = []
    for features in _answers(net, preprocess(style)):
        f = ops.stop_gradient(features[0])
        wanted.append({r: masked_gram_matrix(f, _pooled(style_map == r, *f.shape[:2])) for r in set(target_map.flat)})

    def unlike(image):
        total = 1e-4 * total_variation(image[0])
        for features, grams in zip(_answers(net, image), wanted, strict=True):
            f = features[0]
            for region, gram in grams.items():
                mask = _pooled(target_map == region, *f.shape[:2])
                total += ops.mean((masked_gram_matrix(f, mask) - gram) ** 2)
        return total

    start = np.random.default_rng(seed).normal(0, 20, (1, *target_map.shape, 3))
    return _run(start, unlike, iterations)
