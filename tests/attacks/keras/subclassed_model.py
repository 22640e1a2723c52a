"""A model of an own class.

Says: a class of your own
"""

import keras
from keras import layers


class Network(keras.Model):
    def __init__(self, num_classes):
        super().__init__()
        self.layer = layers.Dense(num_classes)

    def call(self, x):
        return self.layer(x)


def build_classifier(input_dim, num_classes):
    model = Network(num_classes)
    model.build((None, input_dim))
    return model
