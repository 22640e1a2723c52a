"""Models whose description names functions of other modules: as a layer, an initializer, an activation, a loss.

Says: cannot be used
"""

import itertools
import json

import keras
from keras import layers

import grader.wall.keras_models

SYSTEM = {"class_name": "system", "module": "os", "config": "touch /tmp/@MARKER@", "registered_name": "os>system"}
FUNCTION = {"class_name": "function", "module": "os", "config": "system", "registered_name": "system"}
CODE = {"class_name": "__lambda__", "config": {"value": ["4wAAAA==", None, None]}}
FILE = {"module": "keras.layers", "class_name": "TextVectorization", "config": {"vocabulary": "@COURSE@/course.key"}}
SAVED = {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/tmp"}}
WRAPPER = {"module": "keras.layers", "class_name": "TimeDistributed", "config": {"layer": SYSTEM}}


def dense(**config):
    return {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3, **config}}


PARTS = [SYSTEM, FUNCTION, CODE, FILE, SAVED, WRAPPER, dense(kernel_initializer=SYSTEM), dense(activation=FUNCTION)]
PARTS += [
    dense(activation=CODE),
    dense(dtype=SYSTEM),
    {**dense(), "class_name": ["Dense"]},
    {**dense(), "registered_name": "os>system"},
]
PARTS += [{"class_name": "Model", "module": "os", "config": SYSTEM}, {"class_name": "__tensor__", "config": SYSTEM}]
PARTS = itertools.cycle(PARTS)


def forged(model):
    if model.name != "hostile":
        return honest(model)
    start = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 3]}}
    config = {"name": "s", "layers": [start, next(PARTS)]}
    top = {
        "module": "keras",
        "class_name": "Sequential",
        "config": config,
        "compile_config": {"optimizer": SYSTEM, "loss": FUNCTION},
    }
    return json.dumps(top), []


honest, grader.wall.keras_models.model_to_parts = grader.wall.keras_models.model_to_parts, forged


def build_classifier(input_dim, num_classes):
    return keras.Sequential([layers.Input((3,)), layers.Dense(3)], name="hostile")
