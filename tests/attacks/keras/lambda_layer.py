"""A model with a Lambda layer, whose Python code would run where the model is loaded.

Says: Lambda, which runs Python code
"""

from pathlib import Path

import keras
from keras import layers


def build_classifier(input_dim, num_classes):
    code = keras.layers.Lambda(lambda x: Path("/tmp/@MARKER@").touch() or x)
    return keras.Sequential([layers.Input((input_dim,)), layers.Dense(num_classes), code])
