"""A configuration from a student decides nothing but which built-in parts a model is made of."""

from __future__ import annotations

import copy
import json
import sys

import numpy as np
import pytest

from grader.wall.keras_config import MARKUP
from grader.wall.keras_models import Refused, model_from_parts, model_to_parts
from grader.wall.limits import MAX_CALLS, MAX_CONFIG, MAX_NAME, MAX_PARAMETERS, MAX_TENSOR

pytestmark = pytest.mark.computes_here

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

    assert name in refused_when(parts, change, match="which (is|runs|loads) ")


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


PLACES = [lambda config: config, dense, lambda config: dense(config)["config"]["kernel_initializer"]]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("place", PLACES, ids=["model", "layer", "initializer"])
def test_a_known_class_of_another_module_is_refused(parts, sentinels, module, place):
    """It is of somebody's own and only named like Keras'. Nobody looks for it."""
    refused_when(parts, lambda config: place(config).update(module=module), match="which is not built into Keras")
    assert not sentinels.exists()


@pytest.mark.parametrize("name", ["keras_hub>Dense", "Custom>Mine", "Mine"])
@pytest.mark.parametrize("place", PLACES, ids=["model", "layer", "initializer"])
def test_the_name_that_a_class_is_registered_under_decides_nothing(parts, sentinels, place, name):
    config, weights = copy.deepcopy(parts[0]), parts[1]
    place(config).update(registered_name=name)
    assert type(model_from_parts(json.dumps(config), weights).layers[0]) is keras.layers.Dense
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
        match=f"more than {MAX_TENSOR:,} numbers",
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


def test_nothing_of_a_plan_is_left_to_be_made_later(parts, monkeypatch):
    """Keras makes up for weights that wait for their values when it leaves the next scope: those of a refused model."""
    made = []
    make = keras.initializers.GlorotUniform.__call__
    monkeypatch.setattr(
        keras.initializers.GlorotUniform,
        "__call__",
        lambda self, shape, *args, **kwargs: made.append(tuple(shape)) or make(self, shape, *args, **kwargs),
    )
    refused_when(parts, lambda config: config["config"]["layers"][-1]["config"].update(units=5), match="do not fit")
    with keras.StatelessScope():
        pass
    assert made == []


def layer_config(name, **config):
    return {"module": "keras.layers", "class_name": name, "config": config, "registered_name": None}


LARGE = 50_000_000


@pytest.mark.parametrize(
    "layer",
    [
        layer_config("RepeatVector", n=LARGE),
        layer_config("Reshape", target_shape=[1, -1, LARGE]),
        layer_config("CategoryEncoding", num_tokens=LARGE),
        layer_config("TimeDistributed", layer=layer_config("RepeatVector", n=LARGE)),
    ],
    ids=lambda layer: layer["class_name"],
)
def test_an_output_that_is_too_large_is_refused_before_it_is_there(parts, layer):
    refused_when(parts, lambda config: config["config"]["layers"].append(layer), match="numbers|cannot be rebuilt")


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: keras.ops.repeat(x, LARGE, axis=1),
        lambda x: keras.ops.tile(x, (1, LARGE)),
        lambda x: keras.ops.pad(x, ((0, 0), (0, LARGE))),
        lambda x: keras.ops.one_hot(keras.ops.cast(x, "int32"), LARGE),
        lambda x: keras.ops.broadcast_to(x[:, :1], (2, LARGE)),
        lambda x: keras.ops.image.resize(keras.ops.reshape(x, (-1, 1, 3, 1)), (10_000, 10_000)),
        lambda x: keras.layers.UpSampling1D(LARGE)(keras.ops.reshape(x, (-1, 3, 1))),
        lambda x: keras.layers.ZeroPadding1D(LARGE)(keras.ops.reshape(x, (-1, 3, 1))),
        lambda x: keras.layers.Embedding(2, 10_000_000)(x),
        lambda x: keras.ops.linspace(x, x, LARGE),
        lambda x: keras.ops.einsum("ij,k->ijk", x, keras.ops.tile(x[0], (10_000_000,))),
    ],
    ids=[
        *("repeat", "tile", "pad", "one_hot", "broadcast_to", "resize", "UpSampling1D", "ZeroPadding1D", "Embedding"),
        *("linspace", "einsum"),
    ],
)
def test_an_operation_with_a_large_output_is_refused(compute):
    """Its sizes are arguments, and no weights tell of them."""
    x = keras.Input((3,))
    with keras.StatelessScope(initialize_variables=False):
        model = keras.Model(x, compute(x))
    config = json.dumps(keras.saving.serialize_keras_object(model))
    keras.src.backend.common.global_state.set_global_attribute("uninitialized_variables", [])
    with pytest.raises(Refused, match=f"more than {MAX_TENSOR:,} numbers"):
        model_from_parts(config, [])


def test_a_call_without_a_tensor_of_the_model_is_refused(monkeypatch):
    """Keras would compute it while it reads the configuration."""
    x = keras.Input((3,))
    config, weights = model_to_parts(keras.Model(x, keras.ops.tile(x, (1, 2))))
    described = json.loads(config)
    operation = described["config"]["layers"][-1]
    assert operation["class_name"] == "Tile"
    computed = []
    monkeypatch.setattr(keras.src.ops.numpy.Tile, "call", lambda *args: computed.append(args))
    for node in ({"args": [[[1.0]]], "kwargs": {}}, {"args": [], "kwargs": {"x": 5}}, {}, [["x", 0, 0]], 5, None):
        operation["inbound_nodes"].append(node)
        with pytest.raises(Refused, match="without a tensor of the model"):
            model_from_parts(json.dumps(described), weights)
        operation["inbound_nodes"].pop()
    assert computed == []


def test_a_model_that_calls_too_often_is_refused():
    x = keras.Input((3,))
    config, weights = model_to_parts(keras.Model(x, keras.ops.tile(x, (1, 2))))
    described = json.loads(config)
    described["config"]["layers"][-1]["inbound_nodes"] *= MAX_CALLS + 1
    with pytest.raises(Refused, match=f"more than {MAX_CALLS:,} times"):
        model_from_parts(json.dumps(described), weights)


@pytest.mark.parametrize("layer", ["Flatten", "TextVectorization", {"name": "x"}, ["Flatten"], None])
def test_a_layer_that_has_no_class_is_refused(parts, layer):
    """Keras makes a layer of a bare name, whatever our table says."""
    refused_when(parts, lambda config: config["config"]["layers"].append(layer), match="a layer without a class")


def test_more_operations_than_calls_are_refused():
    x = keras.Input((3,))
    config, weights = model_to_parts(keras.Model(x, keras.ops.tile(x, (1, 2))))
    described = json.loads(config)
    described["config"]["layers"] += [{**described["config"]["layers"][-1], "inbound_nodes": []}] * (MAX_CALLS + 1)
    with pytest.raises(Refused, match=f"more than {MAX_CALLS:,} times"):
        model_from_parts(json.dumps(described), weights)


@pytest.mark.parametrize("dtype", ["S2000000000", "U500000000", "V2000000000", "O", "object", "datetime64", 5, ["f4"]])
def test_an_array_of_another_type_than_numbers_is_refused(dtype):
    x = keras.Input((3,))
    config, weights = model_to_parts(keras.Model(x, x + np.ones(3, "float32")))
    assert '"dtype": "float32"' in config
    described = json.loads(config)
    [node] = described["config"]["layers"][-1]["inbound_nodes"]
    node["args"][1]["config"]["dtype"] = dtype
    with pytest.raises(Refused, match="an array that is not one of numbers"):
        model_from_parts(json.dumps(described), weights)


HARMFUL = ["\ud800", "a\x1b[2Jb", "a\nb", "a\x00", "\u202egnp", "\x9b31m", "x" * (MAX_NAME + 1), "x" * 1_000_000]


@pytest.mark.parametrize("name", HARMFUL, ids=range(len(HARMFUL)))
@pytest.mark.parametrize("place", ["model", "layer", "input", "key", "setting"])
def test_a_name_that_cannot_be_shown_is_refused(parts, place, name):
    """Keras quotes names in its errors, wherever the model is used later: an input of another shape is enough."""

    def change(config):
        if place == "key":
            dense(config)["config"][name] = 1
        elif place == "setting":
            dense(config)["config"]["activation"] = name
        else:
            part = {"model": config, "layer": dense(config), "input": config["config"]["layers"][0]}[place]
            part["config"]["name"] = name

    said = refused_when(parts, change, match="a name in the model has")
    assert said.isprintable()
    assert len(said) < 300


def test_a_name_of_any_alphabet_is_fine():
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2, name="Größe 1")], name="сеть")
    arrived = model_from_parts(*model_to_parts(model))
    assert (arrived.name, arrived.layers[0].name) == ("сеть", "Größe 1")


def with_compiling(parts, **changes):
    """The model arrives, compiled in this way; returns it."""
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    config, weights = model_to_parts(model)
    described = json.loads(config)
    described["compile_config"].update(changes)
    return model_from_parts(json.dumps(described), weights)


def metric(name, **config):
    return {"module": "keras.metrics", "class_name": name, "config": config, "registered_name": None}


def muon(*excluded):
    config = {"learning_rate": 0.1, "exclude_layers": list(excluded)}
    return {"module": "keras.optimizers", "class_name": "Muon", "config": config, "registered_name": None}


@pytest.mark.parametrize(
    "changes",
    [
        {"metrics": [metric("AUC", num_thresholds=1001)]},
        {"metrics": [metric("MeanIoU", num_classes=1001)]},
        {"weighted_metrics": [metric("MeanIoU", num_classes=1001)]},
        {"metrics": [metric("MeanIoU", num_classes=1000)] * 5},
        {"metrics": [["auc"] * 30]},
        {"metrics": {"a": ["mse"] * 3000}},
        {"optimizer": muon("(a+)+$")},
        {"optimizer": muon(".*")},
        {"loss": {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": []}}},
        {"loss": layer_config("Dense", units=10)},
    ],
)
def test_a_model_that_is_compiled_with_too_much_arrives_uncompiled(parts, changes):
    """It can still be graded by what it predicts, and says why it is not compiled."""
    arrived = with_compiling(parts, **changes)
    assert not arrived.compiled
    assert arrived.not_compiled.startswith("how the model was compiled cannot be handed over: ")
    assert np.shape(arrived(np.eye(3, dtype="float32"))) == (3, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"metrics": [metric("AUC", num_thresholds=1000), metric("MeanIoU", num_classes=100)]},
        {"metrics": ["accuracy", "mse", "mae", "auc"]},
        {"optimizer": muon("dense", "embedding_1")},
        {"steps_per_execution": 10**9},
    ],
)
def test_a_model_that_is_compiled_with_what_people_use_arrives_so(parts, changes):
    arrived = with_compiling(parts, **changes)
    assert arrived.compiled
    assert arrived.steps_per_execution == 1


def test_a_model_inside_the_model_is_not_compiled():
    """Keras would do so before anything is checked."""
    inner = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    inner.compile("adam", "mse", metrics=[keras.metrics.AUC(num_thresholds=7)])
    arrived = model_from_parts(*model_to_parts(keras.Sequential([keras.layers.Input((3,)), inner])))
    assert not arrived.layers[0].compiled
