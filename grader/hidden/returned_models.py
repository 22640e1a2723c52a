"""What hidden graders do with any Keras model that a student's function returned."""

import time

import keras


def model_of(result):
    assert isinstance(result, keras.Model), "no Keras model was returned"
    return result


class CpuBudget(keras.callbacks.Callback):
    """Ends a training that takes too many CPU seconds; the model is judged as it is then."""

    def __init__(self, seconds):
        super().__init__()
        self.end = time.process_time() + seconds

    def on_train_batch_end(self, batch, logs=None):
        if time.process_time() > self.end:
            self.model.stop_training = True
