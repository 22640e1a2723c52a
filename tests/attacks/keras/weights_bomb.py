"""A description of a layer with four hundred million weights, and none of them: to build it takes gigabytes.

Says: more than 16,777,216 numbers for one sample
"""

import keras
from keras import layers

import grader.wall.keras_models

honest = grader.wall.keras_models.model_to_parts


def forged(model):
    config, weights = honest(model)
    return config.replace('"units": 77', '"units": 40000000'), weights


grader.wall.keras_models.model_to_parts = forged


def build_classifier(input_dim, num_classes):
    return keras.Sequential([layers.Input((10,)), layers.Dense(77)])
