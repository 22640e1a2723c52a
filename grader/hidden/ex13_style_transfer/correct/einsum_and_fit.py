"""Sums of products by einsum, the loss added inside a layer, one `fit` with a callback; pictures as nested lists."""

import keras
import numpy as np
from keras import ops

BGR = np.array([103.939, 116.779, 123.68])


class Refusal(ValueError):
    pass


def demand(condition, what):
    if not condition:
        raise Refusal(what)


def preprocess(image):
    image = np.array(image, dtype="float64")
    demand(image.ndim == 3 and image.shape[2] == 3, "no picture")
    red, green, blue = np.moveaxis(image, -1, 0)
    return np.stack([blue, green, red], axis=-1)[None] - BGR


def deprocess(batch):
    batch = np.asarray(ops.convert_to_numpy(batch), dtype="float64")
    demand(batch.ndim == 4 and len(batch) == 1 and batch.shape[3] == 3, "no batch of one picture")
    blue, green, red = np.moveaxis(batch[0] + BGR, -1, 0)
    return np.uint8(np.floor(np.clip(np.stack([red, green, blue], axis=-1), 0, 255) + 0.5))


def tensor(x, axes=3):
    x = ops.cast(ops.convert_to_tensor(x), "float32")
    demand(len(x.shape) == axes, "a wrong number of axes")
    return x


def gram_matrix(features):
    features = tensor(features)
    return ops.einsum("hwc,hwd->cd", features, features) / float(np.prod(features.shape))


def content_loss(features, target):
    features, target = tensor(features), tensor(target)
    demand(tuple(features.shape) == tuple(target.shape), "shapes")
    return keras.losses.MeanSquaredError()(ops.reshape(target, (1, -1)), ops.reshape(features, (1, -1)))


def style_loss(features, style_features):
    here, there = gram_matrix(features), gram_matrix(style_features)
    demand(here.shape[0] == there.shape[0], "channels")
    return ops.sum((here - there) ** 2) / here.shape[0] ** 2


def total_variation(image):
    image = tensor(image)
    demand(image.shape[0] > 1 and image.shape[1] > 1 and image.shape[2] == 3, "no neighbours")
    down = ops.reshape(ops.diff(image, axis=0), (-1,))
    right = ops.reshape(ops.diff(image, axis=1), (-1,))
    return ops.mean(down**2) + ops.mean(right**2)


def build_feature_extractor(base, layer_names):
    demand(len(layer_names) > 0, "no names")
    known = {layer.name: layer for layer in base.layers}
    demand(set(layer_names) <= set(known), "an unknown layer")
    return keras.Model(inputs=base.inputs, outputs=[known[name].output for name in layer_names])


class Painter(keras.layers.Layer):
    """Holds the pixels in 0..1 as its weight and adds the loss of what it is."""

    def __init__(self, start, loss):
        super().__init__()
        self.start, self.loss = start, loss

    def build(self, _):
        self.pixels = self.add_weight(shape=self.start.shape, initializer="zeros", trainable=True)
        self.pixels.assign(self.start / 255)

    def call(self, inputs):
        self.add_loss(self.loss(255 * ops.convert_to_tensor(self.pixels)))
        return inputs


def paint(start, loss, iterations, seed):
    demand(iterations >= 1, "iterations")
    keras.utils.set_random_seed(seed)
    painter = Painter(np.asarray(start, dtype="float32"), loss)
    model = keras.Sequential([keras.Input((1,)), painter])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=3 / 255))
    losses = []
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: losses.append(logs["loss"]))
    model.fit(np.ones((1, 1)), epochs=iterations, verbose=0, callbacks=[watch])
    return deprocess(255 * ops.convert_to_numpy(painter.pixels)), losses


def answers(eyes, batch):
    """What each layer sees; for a single layer Keras gives no list."""
    seen = eyes(ops.convert_to_tensor(batch, "float32"))
    return [tensor(f[0]) for f in (seen if isinstance(seen, list | tuple) else [seen])]


def stylize(content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0):
    content, style = preprocess(content), preprocess(style)
    eyes = build_feature_extractor(base, [*list(style_layers), content_layer])
    see = lambda batch: answers(eyes, batch)  # noqa: E731
    wanted = ops.stop_gradient(see(content)[-1])
    styles = [ops.stop_gradient(s) for s in see(style)[:-1]]

    def loss(batch):
        *now, what = see(batch)
        total = content_weight * 0.01 * content_loss(what, wanted)
        for n, s in zip(now, styles, strict=True):
            total = total + style_weight * 1e-3 * style_loss(n, s)
        return total

    mixture = content + np.random.default_rng(seed).normal(0, 10, size=content.shape)
    return paint(mixture, loss, iterations, seed)


def masked_gram_matrix(features, mask):
    features, mask = tensor(features), tensor(mask, 2)
    demand(tuple(mask.shape) == tuple(features.shape)[:2], "the mask does not fit")
    sums = ops.einsum("hw,hwc,hwd->cd", mask, features, features)
    area = ops.sum(mask)
    return ops.where(area > 0, sums / (ops.where(area > 0, area, 1.0) * features.shape[-1]), 0.0 * sums)


def doodle(style, style_map, target_map, base, style_layers, iterations, seed):
    style_map, target_map = np.asarray(style_map), np.asarray(target_map)
    batch = preprocess(style)
    demand(batch.shape[1:3] == style_map.shape, "sizes")
    demand(np.isin(target_map, style_map).all(), "a region that the style lacks")
    eyes = build_feature_extractor(base, style_layers)
    see = lambda batch: answers(eyes, batch)  # noqa: E731

    def soft_mask(regions, region, features):
        """The share of each feature's patch that is of the region."""
        mask = (regions == region).astype("float32")[..., None]
        return ops.image.resize(mask, tuple(features.shape)[:2], interpolation="bilinear", antialias=True)[..., 0]

    wanted = {
        (i, r): ops.stop_gradient(masked_gram_matrix(f, soft_mask(style_map, r, f)))
        for i, f in enumerate(see(batch))
        for r in set(target_map.ravel().tolist())
    }

    def loss(batch):
        now = see(batch)
        return sum(
            ops.mean((masked_gram_matrix(now[i], soft_mask(target_map, r, now[i])) - gram) ** 2)
            for (i, r), gram in wanted.items()
        )

    # Every region starts as the mean colour that it has in the style.
    start = np.zeros((1, *target_map.shape, 3))
    for region in np.unique(target_map):
        start[0][target_map == region] = batch[0][style_map == region].mean(axis=0)
    start += np.random.default_rng(seed).normal(0, 5, size=start.shape)
    return paint(start, loss, iterations, seed)
