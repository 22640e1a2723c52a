"""A model whose name cannot be written anywhere, and which does not take the inputs: Keras' error quotes the name.

Says: a name in the model has characters that cannot be shown
"""

import json

import keras
from keras import layers

import grader.wall.keras_models

honest = grader.wall.keras_models.model_to_parts


def forged(model):
    config, weights = honest(model)
    return config.replace('"hostile"', json.dumps("\ud800\x1b[2J")), weights


grader.wall.keras_models.model_to_parts = forged


def build_classifier(input_dim, num_classes):
    if input_dim < 1 or num_classes < 2:
        raise ValueError
    return keras.Sequential([layers.Input((input_dim + 1,)), layers.Dense(num_classes)], name="hostile")
