"""A configuration from a student decides nothing but which built-in parts a model is made of."""

from __future__ import annotations

import copy
import json
import sys

import numpy as np
import pytest

from grader.wall.keras_models import MARKUP, MAX_CONFIG, MAX_PARAMETERS, Refused, model_from_parts, model_to_parts

keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def parts():
    """What crosses for a small network: its configuration, to be tampered with, and its weights."""
    layers = [keras.layers.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(2)]
    config, weights = model_to_parts(keras.Sequential(layers))
    return json.loads(config), weights


def dense(config) -> dict:
    """The configuration of the first Dense layer."""
    return next(layer for layer in config["config"]["layers"] if layer["class_name"] == "Dense")


def refused_when(parts, change, match=None):
    """The configuration of `parts` is refused after `change`; it is accepted without."""
    config, weights = copy.deepcopy(parts[0]), parts[1]
    change(config)
    assert config != parts[0]
    with pytest.raises(Refused, match=match) as refusal:
        model_from_parts(json.dumps(config), weights)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("name", ["dense", "Densee", "Layer", "Model.fit", "os", "", None, 5, ["Dense"], {"a": 1}])
def test_a_class_that_does_not_exist_is_refused(parts, name):
    refused_when(parts, lambda config: dense(config).update(class_name=name))


@pytest.mark.parametrize(
    "name", ["__lambda__", "__typespec__", "__bytes__", "Lambda", "TorchModuleWrapper", "TFSMLayer"]
)
@pytest.mark.parametrize("place", ["layer", "activation", "initializer", "input"])
def test_what_keras_could_load_code_or_files_with_is_refused(parts, name, place):
    part = {"class_name": name, "config": {"value": "x"}, "module": "builtins", "registered_name": None}

    def change(config):
        if place == "layer":
            dense(config).update(part)
        elif place == "input":
            config["config"]["layers"][0]["config"]["batch_shape"] = part
        else:
            key = {"activation": "activation", "initializer": "kernel_initializer"}[place]
            dense(config)["config"][key] = part

    assert name in refused_when(parts, change, match="not a built-in part")


@pytest.mark.parametrize("name", ["own_loss", "eval", "__import__", "system", "os.system", "", "_x", 5, None, ["relu"]])
@pytest.mark.parametrize("module", ["builtins", "os", "keras.activations"])
def test_a_function_that_is_not_built_into_keras_is_refused(parts, name, module):
    function = {"class_name": "function", "config": name, "module": module, "registered_name": name}
    refused_when(parts, lambda c: dense(c)["config"].update(activation=function), match="a function that is not built")


@pytest.fixture
def sentinels(tmp_path, monkeypatch):
    """Modules that leave a mark when they are imported, some with names that Keras would trust."""
    marks = tmp_path / "imported"
    for name in ("sentinel_of_the_kit", "keras_hub", "keras_cv", "keras_nlp"):
        (tmp_path / f"{name}.py").write_text(
            f"open({str(marks)!r}, 'a').write(__name__ + ' ')\n"
            "class Dense:\n"
            "    @classmethod\n"
            "    def from_config(cls, config): return cls()\n"
        )
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    yield marks
    for name in ("sentinel_of_the_kit", "keras_hub", "keras_cv", "keras_nlp"):
        sys.modules.pop(name, None)


MODULES = [
    "os",
    "subprocess",
    "builtins",
    "sentinel_of_the_kit",
    "keras_hub",
    "keras_cv.x",
    "keras.src.saving",
    "",
    7,
]


@pytest.mark.parametrize("module", MODULES)
def test_the_module_that_a_configuration_names_decides_nothing(parts, sentinels, module):
    """A known class is ours, whatever module it claims to come from."""
    config, weights = copy.deepcopy(parts[0]), parts[1]
    for part in (config, dense(config), dense(config)["config"]["kernel_initializer"]):
        part.update(module=module, registered_name=f"{module}>{part['class_name']}")
    arrived = model_from_parts(json.dumps(config), weights)
    assert type(arrived.layers[0]) is keras.layers.Dense
    assert not sentinels.exists()


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("Popen", {"args": ["true"]}),
        ("Thing", {}),
        ("function", "system"),
        ("__typespec__", []),
        *((name, {}) for name in dict.fromkeys((*MARKUP, "__tuple__"))),
    ],
)
def test_an_unknown_class_imports_nothing(parts, sentinels, module, name, inner):
    part = {"class_name": name, "config": inner, "module": module, "registered_name": name, "spec_name": name}

    def change(config):
        dense(config)["config"].update(activation=part, kernel_constraint=part)

    before = set(sys.modules)
    refused_when(parts, change)
    assert not sentinels.exists()
    assert {name for name in set(sys.modules) - before if "keras" in name or "sentinel" in name} == set()


def test_the_sentinels_would_leave_a_mark(sentinels):
    __import__("keras_hub")
    assert sentinels.read_text() == "keras_hub "


def test_a_configuration_of_how_to_compile_imports_nothing(parts, sentinels):
    config, weights = copy.deepcopy(parts[0]), parts[1]
    for name in ("Adam", "Popen", "__tuple__"):
        part = {"class_name": name, "config": {}, "module": "keras_hub", "registered_name": name}
        config["compile_config"] = {"optimizer": part, "loss": "mse", "metrics": [part]}
        model_from_parts(json.dumps(config), weights)
    assert not sentinels.exists()


@pytest.mark.parametrize("compile_config", [5, "adam", [], {"optimizer": 7}, {"loss": "no_such_loss"}, {"a": {}}])
def test_a_model_that_cannot_be_compiled_is_still_a_model(parts, compile_config):
    config, weights = copy.deepcopy(parts[0]), parts[1]
    config["compile_config"] = compile_config
    model = model_from_parts(json.dumps(config), weights)
    assert np.shape(model(np.eye(3, dtype="float32"))) == (3, 2)


@pytest.mark.parametrize(
    "text", ["", "not JSON", "{", "[" * 100_000, "null", "[]", "5", '"Sequential"', "{}", "1" * 9000]
)
def test_what_is_no_configuration_is_refused(text):
    with pytest.raises(Refused):
        model_from_parts(text, [])


def test_a_configuration_that_is_too_large_is_refused(parts):
    with pytest.raises(Refused, match="too large"):
        model_from_parts(json.dumps(parts[0]) + " " * MAX_CONFIG, parts[1])


@pytest.mark.parametrize("wrap", [lambda inside: [inside], lambda inside: {"a": inside}])
def test_a_configuration_that_is_nested_deeply_is_refused(parts, wrap):
    tree = 1
    for _ in range(300):
        tree = wrap(tree)
    refused_when(parts, lambda config: dense(config)["config"].update(name=tree), match="nested too deeply")


@pytest.mark.parametrize(
    "change",
    [
        lambda config: config.pop("config"),
        lambda config: config.update(config=None),
        lambda config: config.update(config=[1]),
        lambda config: config["config"].update(layers=None),
        lambda config: config["config"].update(layers=[{}]),
        lambda config: dense(config).pop("config"),
        lambda config: dense(config)["config"].update(units=-1),
        lambda config: dense(config)["config"].update(units="many"),
        lambda config: dense(config)["config"].update(no_such_setting=1),
        lambda config: config.update(class_name="Functional"),
        lambda config: config.update(class_name="Dense"),
    ],
)
def test_a_configuration_that_is_incomplete_or_wrong_is_refused(parts, change):
    refused_when(parts, change)


def test_a_model_with_too_many_parameters_is_refused(parts):
    huge = np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), (MAX_PARAMETERS + 1,), (0,))
    with pytest.raises(Refused, match="more than 20,000,000 parameters"):
        model_from_parts(json.dumps(parts[0]), [huge])


@pytest.mark.parametrize("units", [10**9, 10**12])
def test_weights_that_a_configuration_asks_for_are_not_made_before_they_are_counted(parts, units):
    """Who tries to make terabytes of them runs out of memory instead of seeing that they do not fit."""
    refused_when(
        parts,
        lambda config: config["config"]["layers"][-1]["config"].update(units=units),
        match="the weights do not fit the model|more than 20,000,000 parameters",
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda weights: weights[:-1],
        lambda weights: [*weights, np.zeros(2)],
        lambda weights: [weight.T for weight in weights],
        lambda weights: weights[::-1],
        lambda weights: [],
        lambda weights: [np.array("text"), *weights[1:]],
    ],
    ids=["one missing", "one more", "transposed", "reversed", "none", "text"],
)
def test_weights_that_do_not_fit_are_refused(parts, spoil):
    with pytest.raises(Refused, match="the weights do not fit the model"):
        model_from_parts(json.dumps(parts[0]), spoil(parts[1]))
