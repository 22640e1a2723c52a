"""A model without any weights whose output is gigantic: its size is an argument of an operation.

Says: more than 16,777,216 numbers for one sample
"""

import keras
from keras import layers


def build_classifier(input_dim, num_classes):
    if input_dim < 1 or num_classes < 2:
        raise ValueError
    inputs = layers.Input((input_dim,))
    return keras.Model(inputs, keras.ops.tile(inputs, (1, 50_000_000)))
