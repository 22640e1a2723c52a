"""A model whose name cannot be written anywhere, and which does not take the inputs: Keras' error quotes the name.

Says: a name in the model has characters that cannot be shown
"""

import keras
from keras import layers


def build_classifier(input_dim, num_classes):
    if input_dim < 1 or num_classes < 2:
        raise ValueError
    return keras.Sequential([layers.Input((input_dim + 1,)), layers.Dense(num_classes)], name="\ud800\x1b[2J")
