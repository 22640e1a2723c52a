"""A Keras model crosses the wall by value: what is built in arrives as it was, and nothing else is looked up or run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from grader.wall.keras_models import (
    Refused,
    callback_from_parts,
    callback_to_parts,
    is_callback,
    is_model,
    model_from_parts,
    model_to_parts,
)

pytestmark = pytest.mark.computes_here

keras = pytest.importorskip("keras")
layers = keras.layers


def handed_over(model):
    """`model` on the other side: only text and arrays pass."""
    config, weights = model_to_parts(model)
    assert type(config) is str
    assert all(type(weight) is np.ndarray for weight in weights)
    return model_from_parts(config, [weight.copy() for weight in weights])


def outputs(model, inputs):
    return keras.ops.convert_to_numpy(model(inputs, training=False))


def assert_same(model, arrived, inputs):
    assert len(arrived.get_weights()) == len(model.get_weights())
    for before, after in zip(model.get_weights(), arrived.get_weights(), strict=True):
        np.testing.assert_array_equal(after, before)
    before, after = (outputs(m, inputs) for m in (model, arrived))
    np.testing.assert_allclose(after, before, rtol=1e-5)
    assert np.ptp(before) > 0


@pytest.fixture(scope="module")
def classifier():
    """A small network with batch normalization, not compiled, whose weights are not the initial ones."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            layers.Input((3,)),
            layers.Dense(4, activation="relu", kernel_regularizer=keras.regularizers.L2(0.1)),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(2, activation=keras.activations.softmax),
        ],
        name="classifier",
    )
    rng = np.random.default_rng(1)
    model.set_weights([weight + rng.uniform(0.1, 0.5, weight.shape) for weight in model.get_weights()])
    return model


def test_a_sequential_model_arrives_as_it_was(classifier):
    arrived = handed_over(classifier)
    assert_same(classifier, arrived, np.eye(3, dtype="float32"))
    assert arrived.name == "classifier"
    assert [type(layer).__name__ for layer in arrived.layers] == [
        "Dense",
        "BatchNormalization",
        "Dropout",
        "Dense",
    ]
    assert float(arrived.layers[0].kernel_regularizer.l2) == pytest.approx(0.1)
    assert arrived.layers[0].activation is keras.activations.relu


def test_a_model_that_is_not_compiled_arrives_uncompiled(classifier):
    """A student who forgot to compile must not find that the way to the grader has done it."""
    assert not classifier.compiled
    assert not handed_over(classifier).compiled


def test_a_functional_model_with_a_mask_and_operations_arrives_as_it_was():
    words = keras.Input((4,), dtype="int32")
    embedded = layers.Embedding(10, 3, mask_zero=True)(words)
    states = layers.LSTM(3, return_sequences=True)(embedded)
    mixed = keras.ops.relu(states + layers.Dense(3)(embedded)) * 2.0
    model = keras.Model(words, layers.Dense(1)(layers.GlobalAveragePooling1D()(mixed)))
    sentences = np.array([[1, 2, 3, 0], [4, 0, 0, 0], [5, 6, 7, 8]])
    assert_same(model, handed_over(model), sentences)


def test_nested_models_with_two_inputs_arrive_as_they_were(classifier):
    a, b = keras.Input((3,)), keras.Input((3,))
    head = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    joined = layers.Concatenate()([classifier(a), classifier(b)])
    model = keras.Model([a, b], head(joined))
    inputs = [np.eye(3, dtype="float32"), np.ones((3, 3), dtype="float32")]
    arrived = handed_over(model)
    assert_same(model, arrived, inputs)
    assert sum(isinstance(layer, keras.Sequential) for layer in arrived.layers) == 2


def test_a_model_that_was_trained_goes_on_where_it_was(classifier):
    model = handed_over(classifier)
    model.compile("sgd", "sparse_categorical_crossentropy")
    inputs, labels = np.eye(3, dtype="float32"), np.array([0, 1, 1])
    model.fit(inputs, labels, epochs=1, verbose=0)
    arrived = handed_over(model)
    assert_same(model, arrived, inputs)
    assert arrived.evaluate(inputs, labels, verbose=0) == pytest.approx(model.evaluate(inputs, labels, verbose=0))


@pytest.mark.parametrize(
    ("loss", "metric"),
    [
        ("sparse_categorical_crossentropy", "accuracy"),
        (
            keras.losses.SparseCategoricalCrossentropy(),
            keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
        ),
        (keras.losses.sparse_categorical_crossentropy, keras.metrics.sparse_categorical_accuracy),
    ],
    ids=["names", "objects", "functions"],
)
def test_a_compiled_model_keeps_its_loss_and_metrics(classifier, loss, metric):
    model = handed_over(classifier)
    model.compile(optimizer=keras.optimizers.Adam(0.025), loss=loss, metrics=[metric])
    arrived = handed_over(model)
    assert arrived.compiled
    assert isinstance(arrived.optimizer, keras.optimizers.Adam)  # with PyTorch, Keras' own kind of it
    assert float(arrived.optimizer.learning_rate) == pytest.approx(0.025)
    inputs, labels = np.eye(3, dtype="float32"), np.array([0, 1, 1])
    before = model.evaluate(inputs, labels, verbose=0, return_dict=True)
    assert len(before) == 2
    assert arrived.evaluate(inputs, labels, verbose=0, return_dict=True) == pytest.approx(before)


@pytest.mark.parametrize("name", ["Adam", "SGD", "RMSprop", "Adadelta"])
def test_an_optimizer_that_pytorch_has_of_its_own_kind_arrives(classifier, name):
    """With PyTorch as its backend, Keras writes another module for the same public class."""
    model = handed_over(classifier)
    model.compile(getattr(keras.optimizers, name)(0.025), "sparse_categorical_crossentropy")
    config, weights = model_to_parts(model)
    there = f"keras.src.backend.torch.optimizers.torch_{name.lower()}"
    written = json.loads(config)
    optimizer = written["compile_config"]["optimizer"]
    optimizer["module"] = there
    arrived = model_from_parts(json.dumps(written), weights)
    assert isinstance(arrived.optimizer, getattr(keras.optimizers, name))
    optimizer["module"] = there + ".other"
    assert not model_from_parts(json.dumps(written), weights).compiled


def test_a_learning_rate_schedule_arrives(classifier):
    model = handed_over(classifier)
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, decay_steps=10, decay_rate=0.8)
    model.compile(keras.optimizers.SGD(schedule, momentum=0.9), "mse")
    optimizer = handed_over(model).optimizer.get_config()
    assert optimizer["momentum"] == 0.9
    assert optimizer["learning_rate"]["class_name"] == "ExponentialDecay"
    assert optimizer["learning_rate"]["config"]["decay_rate"] == 0.8


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_a_model_with_a_loss_of_the_students_own_arrives_uncompiled(classifier):
    """The model can still be graded by what it predicts."""
    model = handed_over(classifier)
    for loss in (lambda y, p: keras.ops.mean(y - p), own_loss):
        model.compile("sgd", loss)
        arrived = handed_over(model)
        assert not arrived.compiled
        assert loss.__name__ in arrived.not_compiled
        assert_same(model, arrived, np.eye(3, dtype="float32"))


def own_loss(y, p):
    return keras.ops.mean(y - p)


def test_a_loss_of_the_students_own_is_not_taken_for_the_one_of_the_same_name(classifier):
    def mean_squared_error(y, p):
        return keras.ops.mean(y - p)

    model = handed_over(classifier)
    model.compile("sgd", mean_squared_error)
    arrived = handed_over(model)
    assert not arrived.compiled
    assert "mean_squared_error" in arrived.not_compiled


def test_an_optimizer_of_the_students_own_is_not_taken_for_the_one_of_the_same_name(classifier):
    class Adam(keras.optimizers.SGD):
        pass

    model = handed_over(classifier)
    model.compile(Adam(), "mse")
    arrived = handed_over(model)
    assert not arrived.compiled
    assert "Adam, which is not built into Keras" in arrived.not_compiled


class OwnModel(keras.Model):
    def call(self, inputs):
        return inputs


class OwnLayer(layers.Layer):
    def call(self, inputs):
        return inputs


class Dense(layers.Dense):
    """Named like Keras' own."""


def softmax(x):
    """Named like Keras' own."""
    return x


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (OwnModel, "the model is of OwnModel, a class of your own"),
        (lambda: keras.Sequential([OwnLayer()]), "OwnLayer, which is not built into Keras: graders rebuild your model"),
        (lambda: keras.Sequential([Dense(2)]), "Dense, which is not built into Keras"),
        (lambda: keras.Sequential([layers.Lambda(lambda x: x)]), "Lambda, which runs Python code"),
        (lambda: keras.Sequential([layers.TextVectorization(max_tokens=9)]), "TextVectorization"),
        (lambda: keras.Sequential([layers.StringLookup(vocabulary=["a"])]), "StringLookup"),
        (lambda: keras.Sequential([layers.Dense(2, activation=own_activation)]), "own_activation"),
        (lambda: keras.Sequential([layers.Dense(2, activation=softmax)]), "the function softmax, which is not built"),
        (lambda: keras.Sequential([layers.LSTM(2, recurrent_activation=lambda x: x)]), "the function <lambda>"),
    ],
    ids=[
        *("subclass", "own layer", "own Dense", "Lambda", "TextVectorization", "StringLookup", "own activation"),
        *("own softmax", "lambda"),
    ],
)
def test_what_is_not_built_in_is_refused_by_name(make, message):
    with pytest.raises(Refused, match=message):
        handed_over(make())


def own_activation(x):
    return x


@pytest.mark.parametrize(
    ("package", "place", "name"),
    [
        *(
            ("tensorflow", place, name)
            for place in ("nn", "")
            for name in ("softmax", "relu", "sigmoid", "tanh", "elu")
        ),
        *(("tensorflow", "nn", name) for name in ("relu6", "selu", "softplus", "silu", "gelu", "leaky_relu")),
        *(("torch", "nn.functional", name) for name in ("relu", "relu6", "selu", "silu", "gelu", "softplus")),
        *(("jax", "nn", name) for name in ("relu", "softmax", "tanh", "silu", "elu")),
        *(("keras", "ops", name) for name in ("relu", "softmax", "leaky_relu", "log_sigmoid", "hard_sigmoid", "celu")),
    ],
)
def test_a_function_that_computes_the_same_arrives_as_keras_own(package, place, name):
    """`activation=tf.nn.softmax` is what tutorials write."""
    function = pytest.importorskip(package)
    for step in (*place.split("."), name):
        function = getattr(function, step, None) if step else function
    if function is None or (package not in ("keras", keras.config.backend())):
        pytest.skip("not there")
    keras.utils.set_random_seed(1)
    model = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation=function)])
    inputs = 3 * np.eye(3, dtype="float32") - 1
    before = outputs(model, inputs)
    arrived = handed_over(model)
    assert arrived.layers[0].activation is getattr(keras.activations, name)
    np.testing.assert_allclose(outputs(arrived, inputs), before, rtol=1e-5, atol=1e-6)


def test_a_function_that_computes_something_else_under_the_same_name_is_refused():
    tf = pytest.importorskip("tensorflow")
    with pytest.raises(Refused, match="crelu"):
        handed_over(keras.Sequential([layers.Dense(2, activation=tf.nn.crelu)]))
    with pytest.raises(Refused, match="gelu"):  # approximate here, exact in keras.activations
        handed_over(keras.Sequential([layers.Dense(2, activation=keras.ops.gelu)]))


def test_models_and_callbacks_are_told_from_other_things(classifier):
    assert is_model(classifier)
    assert not is_model(classifier.layers[0])
    assert not is_model([classifier])
    assert is_callback(keras.callbacks.EarlyStopping())
    assert not is_callback(keras.callbacks.CSVLogger("log.csv"))
    assert not is_callback(keras.callbacks.LambdaCallback())
    assert not is_callback(type("EarlyStopping", (keras.callbacks.Callback,), {})())
    assert not is_callback(type("EarlyStopping", (keras.callbacks.EarlyStopping,), {})())
    assert not is_callback(classifier)


def test_early_stopping_arrives_as_it_was():
    callback = keras.callbacks.EarlyStopping(
        monitor="val_accuracy",
        patience=7,
        min_delta=0.01,
        mode="max",
        baseline=0.5,
        restore_best_weights=True,
    )
    callback.wait, callback.stopped_epoch, callback.best = 2, 9, 0.75
    name, attributes = callback_to_parts(callback)
    arrived = callback_from_parts(name, attributes)
    assert type(arrived) is keras.callbacks.EarlyStopping
    for key, value in {
        "monitor": "val_accuracy",
        "patience": 7,
        "min_delta": 0.01,
        "mode": "max",
        "baseline": 0.5,
        "restore_best_weights": True,
        "wait": 2,
        "stopped_epoch": 9,
        "best": 0.75,
    }.items():
        assert getattr(arrived, key) == value


def test_a_history_arrives_with_its_numbers():
    history = keras.callbacks.History()
    history.on_train_begin()
    history.set_model(keras.Sequential())
    history.on_epoch_end(0, {"loss": 2.5})
    history.on_epoch_end(1, {"loss": 1.5})
    arrived = callback_from_parts(*callback_to_parts(history))
    assert arrived.history == {"loss": [2.5, 1.5]}
    assert arrived.epoch == [0, 1]


@pytest.mark.parametrize(
    "name", ["CSVLogger", "ModelCheckpoint", "LambdaCallback", "Callback", "os", "", None, ["History"]]
)
def test_a_callback_that_is_not_on_the_list_is_refused(name):
    with pytest.raises(Refused, match="cannot be handed over"):
        callback_from_parts(name, {})


def test_a_callback_takes_no_attribute_that_it_does_not_have():
    arrived = callback_from_parts("EarlyStopping", {"patience": 3, "on_epoch_end": "mine", "secret": 1})
    assert arrived.patience == 3
    assert callable(arrived.on_epoch_end)
    assert not hasattr(arrived, "secret")


@pytest.mark.parametrize(
    "attributes",
    [
        {"patience": object()},
        {"patience": [print]},
        {"monitor": "\ud800"},
        {"monitor": "val_loss\x1b[31m"},
        {"best_weights": {"a\n": 1}},
        {5: {1, 2}},
    ],
)
def test_a_callback_with_an_attribute_that_is_not_plain_is_refused(attributes):
    with pytest.raises(Refused, match="cannot be handed over"):
        callback_from_parts("EarlyStopping", attributes)


def test_the_model_of_a_callback_is_nothing_that_comes_with_it():
    assert callback_from_parts("EarlyStopping", {"_model": "mine"})._model is None
