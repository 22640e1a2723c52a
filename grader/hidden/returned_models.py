"""What hidden graders do with any Keras model that a student's function returned."""

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
