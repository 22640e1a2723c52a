"""A layer that adds the losses itself, one `fit` of one epoch per step, pixels as a flat vector.

Pictures are lists of lists at the door; half content and half noise is the start; single numbers come back as tensors
of any shape that has one number, losses as a tuple.
"""

import keras
import numpy as np
from keras import ops

MEAN_BGR = (103.939, 116.779, 123.68)


def _check(condition, problem):
    if not condition:
        raise ValueError(problem)


def preprocess(image):
    image = np.asarray(image)
    _check(image.ndim == 3 and image.shape[-1] == 3, "not (H, W, 3)")
    batch = np.zeros((1, *image.shape), dtype=np.float32)
    for to, (back, mean) in enumerate(zip((2, 1, 0), MEAN_BGR, strict=True)):
        batch[0, :, :, to] = image[:, :, back] - mean
    return batch


def deprocess(batch):
    batch = ops.convert_to_numpy(batch)
    _check(batch.ndim == 4 and batch.shape[0] == 1 and batch.shape[3] == 3, "not (1, H, W, 3)")
    image = np.empty(batch.shape[1:], dtype=np.uint8)
    for k, mean in enumerate(MEAN_BGR):
        image[:, :, 2 - k] = np.around(np.clip(batch[0, :, :, k] + mean, 0.0, 255.0))
    return image


def gram_matrix(features):
    _check(len(features.shape) == 3, "not (H, W, C)")
    return masked_gram_matrix(features, np.ones(tuple(features.shape)[:2], dtype="float32"))


def content_loss(features, target):
    _check(tuple(features.shape) == tuple(target.shape), "not the same shape")
    return ops.mean(ops.mean(ops.square(ops.subtract(features, target)), axis=(0, 1)))


def style_loss(features, style_features):
    _check(features.shape[-1] == style_features.shape[-1], "not the same channels")
    return ops.norm(gram_matrix(features) - gram_matrix(style_features)) ** 2 / features.shape[-1] ** 2


def total_variation(image):
    _check(len(image.shape) == 3 and image.shape[2] == 3 and min(image.shape) > 1, "no neighbours")
    image = ops.convert_to_tensor(image, "float32")
    rows, columns = (ops.take(image, np.arange(image.shape[axis]), axis=axis) for axis in (0, 1))
    below = ops.square(ops.subtract(rows[:-1], rows[1:]))
    beside = ops.square(ops.subtract(columns[:, :-1], columns[:, 1:]))
    return ops.mean(ops.reshape(below, (-1,))) + ops.mean(ops.reshape(beside, (-1,)))


def build_feature_extractor(base, layer_names):
    _check(len(layer_names) > 0, "no names")
    found = [[layer for layer in base.layers if layer.name == name] for name in layer_names]
    _check(all(found), "a layer is missing")
    return keras.models.Model(base.inputs, [layer.output for [layer] in found])


class Painting(keras.layers.Layer):
    def __init__(self, start, judge):
        super().__init__()
        self.size = start.shape
        self.vector = self.add_weight(shape=(start.size,), initializer="zeros")
        self.vector.assign(start.reshape(-1) / 100)
        self.judge = judge

    def picture(self):
        return ops.reshape(self.vector * 100, self.size)

    def call(self, inputs):
        self.add_loss(self.judge(self.picture()))
        return inputs


def _steps(start, judge, iterations):
    _check(iterations >= 1, "no iterations")
    painting = Painting(np.asarray(start, dtype="float32"), judge)
    model = keras.Sequential([keras.Input((1,)), painting])
    model.compile(keras.optimizers.Adam(0.06))
    losses = ()
    for _ in range(iterations):
        history = model.fit(np.zeros((1, 1)), epochs=1, verbose=0).history
        losses += (history["loss"][0],)
    return deprocess(painting.picture()), losses


def stylize(content, style, base, style_layers, content_layer, iterations, seed, content_weight=0.01, style_weight=1.0):
    rng = np.random.default_rng(seed)
    content, style = preprocess(content), preprocess(style)
    look = build_feature_extractor(base, (*style_layers, content_layer))
    style_answers = [ops.stop_gradient(answer) for answer in look(style)]
    content_answer = ops.stop_gradient(look(content)[-1])

    def judge(picture):
        answers = look(picture)
        total = content_weight * content_loss(answers[-1][0], content_answer[0])
        for answer, goal in zip(answers[:-1], style_answers, strict=False):
            total = total + style_weight * style_loss(answer[0], goal[0])
        return total + 0.001 * total_variation(picture[0])

    return _steps(content / 2 + rng.uniform(-40, 40, size=content.shape), judge, iterations)


def masked_gram_matrix(features, mask):
    _check(tuple(mask.shape) == tuple(features.shape)[:2], "the mask does not fit")
    channels = features.shape[-1]
    inside = ops.cast(ops.expand_dims(ops.convert_to_tensor(mask), -1), "float32")
    area = ops.sum(inside)
    flat = ops.reshape(ops.multiply(inside, features), (-1, channels))
    return ops.einsum("pc,pd->cd", flat, flat) / (ops.where(area == 0, 1.0, area) * channels)


def _mask(regions_map, region, size):
    steps = [max(1, round(pixels / n)) for pixels, n in zip(regions_map.shape, size, strict=True)]
    small = (regions_map == region)[:: steps[0], :: steps[1]][: size[0], : size[1]]
    return np.pad(small, [(0, n - have) for n, have in zip(size, small.shape, strict=True)]).astype("float32")


def doodle(style, style_map, target_map, base, style_layers, iterations, seed):
    style_map, target_map = np.asarray(style_map), np.asarray(target_map)
    _check(style_map.shape == np.shape(style)[:2], "the map does not fit the style")
    regions = np.unique(target_map)
    _check(np.isin(regions, style_map).all(), "the style lacks a region")
    look = build_feature_extractor(base, style_layers)

    def grams(picture, regions_map):
        answers = look(picture)
        answers = answers if isinstance(answers, list | tuple) else [answers]
        return {
            (layer, int(region)): masked_gram_matrix(answer[0], _mask(regions_map, region, answer.shape[1:3]))
            for layer, answer in enumerate(answers)
            for region in regions
        }

    goals = {key: ops.stop_gradient(gram) for key, gram in grams(preprocess(style), style_map).items()}

    def judge(picture):
        found = grams(picture, target_map)
        return sum(ops.mean(ops.square(found[key] - goals[key])) for key in goals)

    return _steps(np.random.default_rng(seed).uniform(-60, 60, size=(1, *target_map.shape, 3)), judge, iterations)
