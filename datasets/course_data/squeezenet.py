"""SqueezeNet 1.1 (Iandola et al., 2016, arXiv:1602.07360), trained on ImageNet: a small network that has seen a lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_data.shipped import read_arrays

if TYPE_CHECKING:
    import keras

# The filters of each fire module: those that squeeze, and those of either half that expands.
_FIRE = {2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128), 6: (48, 192), 7: (48, 192), 8: (64, 256), 9: (64, 256)}
_POOLED = ("conv1", "fire3", "fire5")


def squeezenet(input_shape: tuple[int | None, int | None, int] = (None, None, 3)) -> keras.Model:
    """Return the convolutional part, without the classifier: 722,496 trained parameters, frozen.

    It takes batches of images `(N, H, W, 3)` of any size from about 32 x 32, with the colours in the order blue,
    green, red, each from 0 to 255 minus its mean in ImageNet: 103.939, 116.779, 123.68. The result is
    `(N, about H/16, about W/16, 512)`. Outputs worth looking at are those of the layers `conv1` and `fire2` to `fire9`.

    Raises:
        DamagedFileError: the file of weights is missing or damaged.
    """
    import keras
    from keras import layers

    inputs = keras.Input(input_shape)
    x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu", name="conv1")(inputs)
    x = layers.MaxPooling2D(3, strides=2, name="conv1_pool")(x)
    for number, (squeezed, expanded) in _FIRE.items():
        name = f"fire{number}"
        x = layers.Conv2D(squeezed, 1, activation="relu", name=f"{name}_squeeze1x1")(x)
        halves = [
            layers.Conv2D(expanded, size, padding="same", activation="relu", name=f"{name}_expand{size}x{size}")(x)
            for size in (1, 3)
        ]
        x = layers.Concatenate(name=name)(halves)
        if name in _POOLED:
            x = layers.MaxPooling2D(3, strides=2, name=f"{name}_pool")(x)
    model = keras.Model(inputs, x, name="squeezenet")
    weights = read_arrays("squeezenet.npz")
    for layer in model.layers:
        if layer.weights:
            key = layer.name.replace("_", "/")
            layer.set_weights([weights[f"{key}/kernel"], weights[f"{key}/bias"]])
    model.trainable = False
    return model
