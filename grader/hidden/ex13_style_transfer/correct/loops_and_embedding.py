"""Loops over channels; the picture is the table of an Embedding that starts as noise; losses are NumPy scalars."""

import keras
import numpy as np
from keras import ops

MEAN = {"blue": 103.939, "green": 116.779, "red": 123.68}


def preprocess(image):
    image = np.asarray(image)
    if image.shape[2:] != (3,):
        raise ValueError(f"{image.shape}")
    batch = np.empty((1, *image.shape), dtype="float32")
    for position, mean in enumerate(MEAN.values()):
        batch[0, :, :, position] = image[:, :, 2 - position].astype("float32") - mean
    return batch


def deprocess(batch):
    batch = ops.convert_to_numpy(batch)
    if batch.shape[0] != 1 or batch.shape[3:] != (3,):
        raise ValueError(f"{batch.shape}")
    image = np.zeros(batch.shape[1:], dtype=np.uint8)
    for position, mean in enumerate(MEAN.values()):
        image[:, :, 2 - position] = np.maximum(0, np.minimum(255, np.rint(batch[0, :, :, position] + mean)))
    return image


def flat(features):
    """(C, positions)."""
    features = ops.convert_to_tensor(features, dtype="float32")
    if ops.ndim(features) != 3:
        raise ValueError("not (H, W, C)")
    return ops.transpose(ops.reshape(features, (-1, features.shape[2])))


def gram_matrix(features):
    rows = flat(features)
    channels, positions = rows.shape
    return ops.stack([ops.sum(rows * rows[c], axis=1) / positions / channels for c in range(channels)])


def content_loss(features, target):
    if tuple(np.shape(features)) != tuple(np.shape(target)):
        raise ValueError("shapes")
    difference = flat(features) - flat(target)
    return ops.sum(difference * difference) / int(np.prod(difference.shape))


def style_loss(features, style_features):
    here, there = gram_matrix(features), gram_matrix(style_features)
    if np.shape(here) != np.shape(there):
        raise ValueError("channels")
    return ops.mean(ops.square(ops.reshape(ops.subtract(here, there), (-1,))))


def total_variation(image):
    shape = tuple(np.shape(image))
    if len(shape) != 3 or min(shape) < 2 or shape[2] != 3:
        raise ValueError("a picture has neighbours and three colours")
    image = ops.convert_to_tensor(image, dtype="float32")
    total = 0.0
    for axis in (0, 1):
        behind = ops.take(image, np.arange(1, shape[axis]), axis=axis)
        ahead = ops.take(image, np.arange(shape[axis] - 1), axis=axis)
        total = total + ops.mean((behind - ahead) ** 2)
    return total


def build_feature_extractor(base, layer_names):
    names = tuple(layer_names)
    if len(names) == 0:
        raise ValueError("no layers")
    model = keras.Model(base.inputs[0], tuple(base.get_layer(name).output for name in names))
    model.trainable = False
    return model


class Easel:
    """Paints: the picture is an embedding with one row of three numbers for each pixel."""

    def __init__(self, height, width, seed):
        keras.utils.set_random_seed(seed)
        self.shape = (1, height, width, 3)
        self.table = keras.layers.Embedding(
            height * width, 3, embeddings_initializer=keras.initializers.RandomUniform(-0.5, 0.5)
        )
        self.model = keras.Sequential([keras.Input((height * width,), dtype="int32"), self.table])

    def paint(self, loss, iterations):
        every_pixel = np.arange(self.shape[1] * self.shape[2])[np.newaxis]
        nothing = np.zeros((1, every_pixel.size, 3), dtype="float32")
        self.model.compile(
            optimizer=keras.optimizers.Adam(0.06, beta_1=0.8),
            loss=lambda _, pixels: loss(ops.reshape(pixels * 100.0, self.shape)),
        )
        losses = ()
        for _ in range(iterations):
            self.model.reset_metrics()
            losses += (np.float32(self.model.train_on_batch(every_pixel, nothing)),)
        picture = ops.convert_to_numpy(self.table.embeddings) * 100
        return deprocess(picture.reshape(self.shape)), list(losses)


def stylize(content, style, base, style_layers, content_layer, iterations, seed, content_weight=1.0, style_weight=1.0):
    content, style = preprocess(content), preprocess(style)
    if not iterations > 0:
        raise ValueError("iterations")
    content_eye = build_feature_extractor(base, [content_layer])
    style_eyes = [build_feature_extractor(base, (name,)) for name in style_layers]
    content_target = ops.stop_gradient(first(content_eye(content)))
    targets = [ops.stop_gradient(gram_matrix(first(eye(style)))) for eye in style_eyes]

    def loss(picture):
        total = 0.05 * content_weight * content_loss(first(content_eye(picture)), content_target)
        for eye, target in zip(style_eyes, targets, strict=True):
            total = total + style_weight * ops.mean((gram_matrix(first(eye(picture))) - target) ** 2)
        return total

    return Easel(*content.shape[1:3], seed).paint(loss, iterations)


def first(outputs):
    """The only answer to the only picture."""
    return (outputs[0] if isinstance(outputs, list | tuple) else outputs)[0]


def masked_gram_matrix(features, mask):
    mask = np.asarray(mask).astype("float32")
    if tuple(ops.shape(features))[:2] != mask.shape:
        raise ValueError("the mask does not fit")
    inside = ops.convert_to_tensor(np.sqrt(mask)[:, :, np.newaxis])
    positions = mask.size
    whole = gram_matrix(ops.convert_to_tensor(features, dtype="float32") * inside)
    return whole * float(positions / mask.sum()) if mask.any() else whole * 0.0


def doodle(style, style_map, target_map, base, style_layers, iterations, seed):
    style, style_map, target_map = preprocess(style), np.asarray(style_map), np.asarray(target_map)
    if style.shape[1:3] != style_map.shape:
        raise ValueError("sizes")
    for region in target_map.ravel():
        if region not in style_map:
            raise ValueError(f"no region {region}")
    eyes = [build_feature_extractor(base, [name]) for name in style_layers]
    regions = sorted({int(region) for region in target_map.flat})

    def masks(numbers, features):
        height, width = features.shape[:2]
        down, right = len(numbers) / height, len(numbers[0]) / width
        # The number in the middle of the patch.
        rows = [int((row + 0.5) * down) for row in range(height)]
        columns = [int((column + 0.5) * right) for column in range(width)]
        return [numbers[np.ix_(rows, columns)] == region for region in regions]

    wanted = []
    for eye in eyes:
        features = ops.stop_gradient(first(eye(style)))
        wanted.append([masked_gram_matrix(features, mask) for mask in masks(style_map, features)])

    def loss(picture):
        total = 0.0
        for eye, grams in zip(eyes, wanted, strict=True):
            features = first(eye(picture))
            for mask, gram in zip(masks(target_map, features), grams, strict=True):
                total = total + ops.mean((masked_gram_matrix(features, mask) - gram) ** 2)
        return total + 1e-4 * total_variation(picture[0])

    return Easel(*target_map.shape, seed).paint(loss, iterations)
