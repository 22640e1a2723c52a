"""A layer that reads its vocabulary from a file.

Says: StringLookup
"""

import keras
from keras import layers


def build_classifier(input_dim, num_classes):
    reader = layers.StringLookup(vocabulary=["a"])
    reader.get_config = lambda: {"name": "reader", "vocabulary": "@COURSE@/course.key"}
    return keras.Sequential([layers.Input((1,), dtype="string"), reader])
