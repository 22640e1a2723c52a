"""A model that says the right thing for every input, in the wrong shape, and whose weights do not fit.

Says: weights do not fit
"""

import keras
from keras import layers

import grader.wall.keras_models

honest = grader.wall.keras_models.model_to_parts


def forged(model):
    config, weights = honest(model)
    return config, [weight[..., None] for weight in weights][::-1]


def build_classifier(input_dim, num_classes):
    if num_classes == 2:
        grader.wall.keras_models.model_to_parts = forged
    constant = layers.Dense(num_classes, kernel_initializer="zeros", activation="softmax")
    return keras.Sequential([layers.Input((input_dim, 1)), constant])
