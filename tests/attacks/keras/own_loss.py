"""A compiled model whose loss, metric and optimizer are of the student's own making.

Says: .
"""

import keras


def zero(y_true, y_pred):
    return keras.ops.sum(y_pred * 0)


class Adam(keras.optimizers.SGD):
    pass


def compile_classifier(model, learning_rate=1e-3):
    zero.__module__ = "keras.losses"
    zero.__name__ = "sparse_categorical_crossentropy"
    model.compile(optimizer=Adam(0.5), loss=zero, metrics=[zero])
    return model
