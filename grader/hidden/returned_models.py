"""What hidden graders do with any Keras model that a student's function returned."""

import time

import keras


def model_of(result):
    assert isinstance(result, keras.Model), "no Keras model was returned"
    return result


def loss_for_labels(model, probabilities, y):
    """The loss that `model` was compiled with, of these probabilities for integer labels."""
    tensors = (keras.ops.convert_to_tensor(array) for array in (y, probabilities.astype("float32")))
    try:
        return float(keras.ops.convert_to_numpy(model.compute_loss(None, *tensors)))
    except Exception as error:
        problem = "the loss does not take integer labels"
        if (model.get_compile_config() or {}).get("loss_weights") is not None:
            problem = "the third argument of compile is not the metrics, but weights of the loss"
        raise AssertionError(f"{problem} ({type(error).__name__})") from None


class CpuBudget(keras.callbacks.Callback):
    """Ends a training that takes too many CPU seconds; the model is judged as it is then."""

    def __init__(self, seconds):
        super().__init__()
        self.end = time.process_time() + seconds

    def on_train_batch_end(self, batch, logs=None):
        if time.process_time() > self.end:
            self.model.stop_training = True
