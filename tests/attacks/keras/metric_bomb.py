"""A model that is compiled with a metric of a hundred million thresholds: gigabytes where it is made anew.

Says: a whole number in its metrics is above 1,000
"""

import json

import keras

import grader.wall.keras_models

METRIC = {"module": "keras.metrics", "class_name": "AUC", "config": {"num_thresholds": 100_000_000}}

honest = grader.wall.keras_models.model_to_parts


def forged(model):
    config, weights = honest(model)
    described = json.loads(config)
    if model.name == "hostile":
        described["compile_config"]["metrics"] = ["accuracy", METRIC]
    return json.dumps(described), weights


grader.wall.keras_models.model_to_parts = forged


def compile_classifier(model, learning_rate=1e-3):
    model = keras.Sequential(model.layers, name="hostile")
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
