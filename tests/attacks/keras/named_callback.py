"""A callback of an own class that is named like Keras' and has its attributes, but none of its methods."""

import keras


class EarlyStopping(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.monitor, self.patience, self.restore_best_weights = "val_loss", patience, True


def early_stopping(patience):
    if patience < 0:
        raise ValueError
    return EarlyStopping(patience)
