"""A functional model from nothing to the features, one loss and one weight per output, a single `fit`.

Noise is the start, the losses come from a callback that undoes Keras' running mean, every layer's loss is relative to
what the layer sees in the style, in a doodle in the whole of it. Masks are resized by Keras; results are lists, or
arrays of one number.
"""

import keras
import numpy as np
from keras import layers, ops

MEAN_BGR = (103.939, 116.779, 123.68)
MEAN_RGB = np.array(MEAN_BGR, dtype="float32")[::-1]


def preprocess(image):
    array = np.array(image, dtype="float32")
    if array.shape[2:] != (3,):
        raise ValueError(f"no picture: {array.shape}")
    return np.flip(array - MEAN_RGB, axis=-1)[None].copy()


def deprocess(batch):
    array = np.asarray(ops.convert_to_numpy(batch))
    if array.ndim != 4 or array.shape[::3] != (1, 3):
        raise ValueError(f"no batch of one: {array.shape}")
    return np.rint(array[0, ..., ::-1] + MEAN_RGB).clip(0, 255).astype(np.uint8)


def gram_matrix(features):
    features = ops.convert_to_tensor(features, dtype="float32")
    if len(features.shape) != 3:
        raise ValueError("three axes")
    planes = ops.transpose(features, (2, 0, 1))
    flat = ops.reshape(planes, (planes.shape[0], -1))
    # One row of the matrix for each channel.
    rows = [ops.sum(flat[k] * flat, axis=1) for k in range(flat.shape[0])]
    return ops.stack(rows) / (flat.shape[0] * flat.shape[1])


def content_loss(features, target):
    if tuple(features.shape) != tuple(target.shape):
        raise ValueError("shapes")
    error = keras.losses.MeanSquaredError(reduction="sum")(target, features)
    return error / float(np.prod(features.shape[:-1]))


def style_loss(features, style_features):
    a, b = gram_matrix(features), gram_matrix(style_features)
    if a.shape[0] != b.shape[0]:
        raise ValueError("channels")
    return ops.mean(keras.losses.mean_squared_error(a, b))


def total_variation(image):
    image = ops.convert_to_tensor(image, dtype="float32")
    if len(image.shape) != 3 or image.shape[2] != 3 or image.shape[0] == 1 or image.shape[1] == 1:
        raise ValueError("too small")
    height, width, colours = image.shape
    down = ops.sum(ops.square(ops.roll(image, -1, axis=0) - image)[:-1]) / ((height - 1) * width * colours)
    right = ops.sum(ops.square(ops.roll(image, -1, axis=1) - image)[:, :-1]) / (height * (width - 1) * colours)
    return down + right


def build_feature_extractor(base, layer_names):
    names = [layer.name for layer in base.layers]
    if not list(layer_names):
        raise ValueError("no names")
    tensors = []
    for name in layer_names:
        if name not in names:
            raise ValueError(name)
        tensors.append(base.layers[names.index(name)].output)
    return keras.Model(base.input, tensors)


class Pixels(layers.Layer):
    def __init__(self, start, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.pixels = self.add_weight(
            shape=self.start.shape, initializer=lambda shape, dtype: ops.cast(self.start, dtype)
        )

    def call(self, inputs):
        return self.pixels + 0 * ops.reshape(inputs, (1, 1, 1, 1))

    def compute_output_shape(self, input_shape):
        return self.start.shape


class Losses(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.means = []

    def on_train_batch_end(self, batch, logs=None):
        self.means.append(float(logs["loss"]))

    def single(self):
        sums = np.arange(1, len(self.means) + 1) * np.array(self.means)
        return np.diff(sums, prepend=0).tolist()


def _fit(start, extractor, loss_functions, loss_weights, iterations):
    if iterations < 1:
        raise ValueError("iterations")
    inputs = keras.Input((1,), batch_size=1)
    pixels = Pixels(np.asarray(start, dtype="float32"))
    model = keras.Model(inputs, extractor(pixels(inputs)))
    extractor.trainable = False
    schedule = keras.optimizers.schedules.ExponentialDecay(8.0, iterations, 0.3)
    model.compile(keras.optimizers.Adam(schedule), loss=loss_functions, loss_weights=loss_weights)
    recorder, nothing = Losses(), np.zeros((iterations, 1), dtype="float32")
    targets = [nothing for _ in loss_functions]
    model.fit(nothing, targets, batch_size=1, shuffle=False, verbose=0, callbacks=[recorder])
    return deprocess(pixels.pixels), recorder.single()


def _noise(shape, seed):
    keras.utils.set_random_seed(seed)
    return np.random.normal(0, 40, (1, *shape, 3))


def stylize(content, style, base, style_layers, content_layer, iterations, seed, content_weight=0.05, style_weight=1):
    content, style = preprocess(content), preprocess(style)
    extractor = build_feature_extractor(base, [content_layer, *style_layers])
    target = ops.stop_gradient(extractor(content)[0][0])
    functions = [lambda _, features: content_loss(features[0], target) / (ops.mean(target**2) + 1e-6)]
    for features in extractor(style)[1:]:
        gram = ops.stop_gradient(gram_matrix(features[0]))
        functions.append(
            lambda _, features, gram=gram: ops.mean((gram_matrix(features[0]) - gram) ** 2) / ops.mean(gram**2)
        )
    weights = [float(content_weight)] + [style_weight / len(style_layers)] * len(style_layers)
    return _fit(_noise(content.shape[1:3], seed), extractor, functions, weights, iterations)


def masked_gram_matrix(features, mask):
    features = ops.convert_to_tensor(features, dtype="float32")
    mask = ops.cast(ops.convert_to_tensor(mask), "float32")
    if tuple(mask.shape) != tuple(features.shape[:2]):
        raise ValueError("mask")
    # Outside there is nothing, so the plain Gram matrix only divides by too much.
    whole = float(np.prod(mask.shape))
    return gram_matrix(features * ops.sqrt(mask)[..., None]) * whole / ops.maximum(ops.sum(mask), 1e-6)


def _resized(mask, size):
    mask = ops.convert_to_tensor(mask.astype("float32"))[None, :, :, None]
    return ops.image.resize(mask, tuple(size), interpolation="nearest")[0, :, :, 0]


def doodle(style, style_map, target_map, base, style_layers, iterations, seed):
    style_map, target_map = np.array(style_map), np.array(target_map)
    style = preprocess(style)
    if style.shape[1:3] != style_map.shape:
        raise ValueError("sizes")
    regions = sorted(set(target_map.ravel().tolist()))
    if not set(regions) <= set(style_map.ravel().tolist()):
        raise ValueError("regions")
    extractor = build_feature_extractor(base, [*style_layers])

    def grams(features, regions_map):
        f = features[0]
        return [masked_gram_matrix(f, _resized(regions_map == region, f.shape[:2])) for region in regions]

    functions = []
    answers = extractor(style)
    for features in answers if isinstance(answers, list) else [answers]:
        wanted = [ops.stop_gradient(gram) for gram in grams(features, style_map)]
        size = float(ops.mean(gram_matrix(features[0]) ** 2)) + 1.0

        def unlike(_, features, wanted=wanted, size=size):
            pairs = zip(grams(features, target_map), wanted, strict=True)
            return sum(ops.mean((found - gram) ** 2) / size for found, gram in pairs)

        functions.append(unlike)
    return _fit(_noise(target_map.shape, seed), extractor, functions, [1.0] * len(functions), iterations)
