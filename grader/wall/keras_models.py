"""Keras models and callbacks by value: a configuration of built-in parts, and arrays. Nothing is ever loaded or run.

Before Keras sees a configuration from a student, every class name in it is looked up in a closed list, and the module
that it names is replaced by ours: no name from the student decides what is imported.
"""

import json
import sys
from typing import Any

import numpy as np

from grader.wall.codec import Encoder
from grader.wall.limits import MAX_CONFIG, MAX_LAYERS, MAX_PARAMETERS

MODELS = ("Sequential", "Functional", "Model")

# Layers that compute on arrays and nothing else: no file, no other framework's code, no Lambda.
LAYERS = """
    Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D
    AveragePooling2D AveragePooling3D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D
    Conv1DTranspose Conv2D Conv2DTranspose Conv3D Cropping1D Cropping2D Dense DepthwiseConv1D DepthwiseConv2D Dot
    Dropout ELU Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D GroupNormalization GroupQueryAttention Identity
    InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum
    Minimum MultiHeadAttention Multiply Normalization PReLU Permute RMSNormalization RNN RandomBrightness RandomContrast
    RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing
    SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D
    SpectralNormalization StackedRNNCells Subtract TimeDistributed UnitNormalization UpSampling1D UpSampling2D
    ZeroPadding1D ZeroPadding2D
""".split()  # noqa: SIM905
# Operations that functional models carry: masks, and what `x + y` or `keras.ops.relu(x)` leave behind.
OPERATIONS = {
    "keras.src.ops.numpy": """
        Add All Any Clip Concatenate Divide Equal Exp ExpandDims Flip GetItem Greater GreaterEqual Less LessEqual Log
        LogicalAnd LogicalNot LogicalOr Matmul Max Maximum Mean Min Minimum Multiply Negative NotEqual Power Reshape
        Sqrt Square Squeeze Subtract Sum Tanh Transpose TrueDivide Where
    """.split(),  # noqa: SIM905
    "keras.src.ops.nn": "Elu Gelu LeakyRelu LogSoftmax OneHot Relu Sigmoid Silu Softmax Softplus".split(),  # noqa: SIM905
    "keras.src.ops.core": ["Cast"],
}
MARKUP = ("__keras_tensor__", "__ellipsis__", "__slice__", "__numpy__", "__tensor__")
CALLBACKS = ("EarlyStopping", "History", "ReduceLROnPlateau", "TerminateOnNaN")


class Refused(Exception):
    """A model that cannot cross; the message says why."""


def is_model(value: Any) -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(value, keras.Model)


def is_callback(value: Any) -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(value, keras.callbacks.Callback) and type(value).__name__ in CALLBACKS


def model_to_parts(model: Any) -> tuple[str, list[np.ndarray]]:
    """Return the configuration of `model` as JSON, and its weights."""
    import keras

    try:
        config = json.dumps(keras.saving.serialize_keras_object(model))
    except Exception as error:
        raise Refused(f"the model cannot be described by its configuration: {error}") from None
    weights = [np.asarray(weight) for weight in model.get_weights()]
    return config, weights


def encode_model(model: Any, encoder: Encoder) -> dict[str, Any]:
    """Return the tree of a model by value, or of the reason why it cannot be handed over."""
    try:
        config, weights = model_to_parts(model)
    except Refused as error:
        return {"refused": str(error)}
    return {"model": [config, [encoder.array(weight) for weight in weights]]}


def model_from_parts(config: str, weights: list[np.ndarray], trusted: bool = False) -> Any:
    """Return a model made of built-in parts only. What comes from a grader is `trusted` not to be a bomb.

    Raises:
        Refused: a part is not on the list, or the weights do not fit.
    """
    import keras

    if len(config) > MAX_CONFIG:
        raise Refused("the model's configuration is too large")
    if sum(weight.size for weight in weights) > MAX_PARAMETERS:
        raise Refused(f"the model has more than {MAX_PARAMETERS:,} parameters")
    try:
        described = json.loads(config)
    except (ValueError, RecursionError):
        raise Refused("the model's configuration is not JSON") from None
    if not isinstance(described, dict) or described.get("class_name") not in MODELS:
        raise Refused("only Sequential and functional models can be graded, not subclasses of Model")
    compile_config = described.pop("compile_config", None)
    checked = _checked(described)
    if not trusted:
        if _count_layers(checked) > MAX_LAYERS:
            raise Refused(f"the model has more than {MAX_LAYERS} layers")
        _check_shapes(_checked(described), weights)  # a copy: Keras uses a configuration up
    try:
        model = keras.saving.deserialize_keras_object(checked, custom_objects={}, safe_mode=True)
    except MemoryError:
        raise Refused("the model needs too much memory") from None
    except Exception as error:
        raise Refused(f"the model cannot be rebuilt: {_first_line(error)}") from None
    if not isinstance(model, keras.Model):
        raise Refused("the configuration is not that of a model")
    try:
        model.set_weights(weights)
    except Exception:
        raise Refused("the weights do not fit the model") from None
    _compile(model, compile_config)
    return model


def callback_to_parts(callback: Any) -> tuple[str, dict[str, Any]]:
    plain = (bool, int, float, str, list, dict, type(None))
    attributes = {
        key: value for key, value in vars(callback).items() if isinstance(value, plain) and not key.startswith("_")
    }
    return type(callback).__name__, attributes


def callback_from_parts(name: str, attributes: dict[str, Any]) -> Any:
    import keras

    if name not in CALLBACKS or type(attributes) is not dict:
        raise Refused(f"the callback {str(name)[:60]} cannot be handed over")
    callback = getattr(keras.callbacks, name)()
    if name == "History":
        callback.epoch = []  # Keras makes it when training starts
    for key, value in attributes.items():
        # Only attributes that such a callback has, none of its methods.
        if key in vars(callback):
            setattr(callback, key, value)
    return callback


def _count_layers(tree: Any) -> int:
    if isinstance(tree, list):
        return sum(map(_count_layers, tree))
    if isinstance(tree, dict):
        return (tree.get("class_name") in LAYERS) + sum(map(_count_layers, tree.values()))
    return 0


def _check_shapes(config: dict[str, Any], weights: list[np.ndarray]) -> None:
    """Refuse a configuration that is larger than its weights, before its own weights take memory and time."""
    import keras

    try:
        with keras.StatelessScope(initialize_variables=False):
            plan = keras.saving.deserialize_keras_object(config, custom_objects={}, safe_mode=True)
            shapes = [tuple(variable.shape) for variable in plan.weights]
    except Exception as error:
        raise Refused(f"the model cannot be rebuilt: {_first_line(error)}") from None
    if shapes != [weight.shape for weight in weights]:
        raise Refused("the weights do not fit the model")


def _compile(model: Any, config: Any) -> None:
    """Compile as the student did, where that used built-in parts only; else leave the model uncompiled."""
    if not isinstance(config, dict) or not config:  # Keras writes {} for "not compiled", and would read it as rmsprop
        return
    try:
        model.compile_from_config(_checked(config))
    except Exception:
        model.compiled = False


def _checked(tree: Any, depth: int = 0) -> Any:
    """Return a copy of a configuration in which every class is on the list and comes from where we say."""
    if depth > 60:
        raise Refused("the model's configuration is nested too deeply")
    if isinstance(tree, list):
        return [_checked(item, depth + 1) for item in tree]
    if not isinstance(tree, dict):
        return tree
    if "class_name" not in tree:
        return {key: _checked(value, depth + 1) for key, value in tree.items()}
    name, module = tree["class_name"], tree.get("module")
    if name == "function":
        return _checked_function(tree)
    checked = {key: _checked(value, depth + 1) for key, value in tree.items()}
    if name in MARKUP:
        return checked
    checked["module"], checked["registered_name"] = _home(name, module), None
    return checked


def _checked_function(tree: dict[str, Any]) -> str:
    """Return a built-in loss, metric or activation that was given as a function: its name says the same."""
    import keras

    name = tree.get("config")
    if isinstance(name, str) and any(
        callable(getattr(room, name, None)) for room in (keras.losses, keras.metrics, keras.activations)
    ):
        return name
    raise Refused(f"the model uses a function that is not built into Keras: {str(name)[:60]}")


def _home(name: Any, module: Any) -> str:
    """Return the module of the class called `name`; `module` only decides between an operation and a layer."""
    import keras

    if not isinstance(name, str):
        raise Refused("the model's configuration names no class")
    if isinstance(module, str) and module.startswith("keras.src.ops"):
        for home, names in OPERATIONS.items():
            if name in names:
                return home
    if name in LAYERS and hasattr(keras.layers, name):
        return "keras.layers"
    if name == "Sequential":
        return "keras"
    if name in ("Functional", "Model"):
        return "keras.src.models.functional" if name == "Functional" else "keras"
    if name == "DTypePolicy":
        return "keras"
    rooms = {
        "keras.initializers": keras.initializers,
        "keras.regularizers": keras.regularizers,
        "keras.constraints": keras.constraints,
        "keras.optimizers.schedules": keras.optimizers.schedules,
        "keras.optimizers": keras.optimizers,
        "keras.losses": keras.losses,
        "keras.metrics": keras.metrics,
    }
    for home, room in rooms.items():
        if name[:1].isupper() and isinstance(getattr(room, name, None), type):
            return home
    raise Refused(f"the model uses {name[:60]}, which is not a built-in part that can be graded")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
