"""A callback of an own class with the name of a built-in one; its attributes are lies, its methods harmful."""

import keras


class EarlyStopping(keras.callbacks.EarlyStopping):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = True


def early_stopping(patience):
    callback = EarlyStopping(monitor="loss", patience=0)
    callback.on_train_end = callback.set_model = "nothing"
    callback.__dict__["__class__"] = callback.__dict__["__reduce__"] = "nothing"
    return callback
