"""A layer of an own class, registered under the name of a built-in one.

Says: the model uses Mine
"""

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="keras.layers", name="Dense")
class Mine(layers.Dense):
    def call(self, x):
        return super().call(x) * 0 + 0.5


def build_classifier(input_dim, num_classes):
    return keras.Sequential([layers.Input((input_dim,)), Mine(64), Mine(num_classes)])
