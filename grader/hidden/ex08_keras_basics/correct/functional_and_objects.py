"""The functional API, objects instead of strings, a stratified split by scikit-learn, one fit per epoch."""

import keras
import numpy as np
from keras import Input, Model, layers
from sklearn.model_selection import train_test_split


def build_classifier(input_dim, num_classes):
    if not input_dim >= 1:
        raise ValueError("no inputs")
    if not num_classes >= 2:
        raise ValueError("a single class")
    inputs = Input(shape=(input_dim,), name="features")
    hidden = layers.Dense(units=64, kernel_initializer="he_normal", name="hidden")(inputs)
    hidden = layers.Activation("relu")(hidden)
    hidden = layers.Dropout(0.1)(hidden)
    scores = layers.Dense(units=num_classes, name="scores")(hidden)
    return Model(inputs=inputs, outputs=layers.Softmax()(scores))


def compile_classifier(model, learning_rate=0.001):
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=float(learning_rate)),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[
            keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
            "sparse_categorical_crossentropy",
        ],
    )
    return model


def train_classifier(model, x, y, epochs, batch_size, seed):
    if len(x) != len(y):
        raise ValueError("lengths")
    keras.utils.set_random_seed(seed)
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.1, random_state=seed, stratify=y)
    history = {}
    for _ in range(epochs):
        fit = model.fit(x_train, y_train, batch_size=batch_size, epochs=1, validation_data=(x_val, y_val), verbose=0)
        for key, values in fit.history.items():
            history.setdefault(key, []).append(np.float32(values[0]))
    return model, history


def evaluate_classifier(model, x, y):
    if len(x) == 0 or len(x) != len(y):
        raise ValueError("lengths")
    loss, accuracy = model.evaluate(x, y, batch_size=len(x), verbose=0)
    return dict(zip(["accuracy", "loss"], np.array([accuracy, loss]), strict=True))


def predict_classes(model, x):
    if not len(x):
        raise ValueError("empty")
    return keras.ops.convert_to_numpy(keras.ops.argmax(model.predict(x, batch_size=7, verbose=0), axis=-1)).astype(
        "int32"
    )


def build_regressor(input_dim):
    if input_dim <= 0:
        raise ValueError("no inputs")
    inputs = Input((input_dim,))
    hidden = layers.Dense(32, activation="tanh")(inputs)
    hidden = layers.Dense(32, activation="tanh")(hidden)
    model = Model(inputs, layers.Activation("linear")(layers.Dense(1)(hidden)))
    model.compile(
        keras.optimizers.RMSprop(3e-3),
        loss=keras.losses.MeanSquaredError(),
        metrics=[keras.metrics.MeanAbsoluteError()],
    )
    return model


def early_stopping(patience):
    if patience < 0:
        raise ValueError("patience")
    return keras.callbacks.EarlyStopping("val_loss", 0, patience, 1, "min", None, True)


def build_wide_classifier(input_dim, num_classes, dropout=0.0):
    if dropout < 0 or dropout >= 1:
        raise ValueError("a share")
    inputs = Input(shape=(input_dim,))
    hidden = layers.Activation("relu")(layers.Dense(512, kernel_initializer="he_uniform")(inputs))
    if dropout > 0:
        hidden = layers.Dropout(rate=dropout)(hidden)
    return Model(inputs, layers.Dense(num_classes, activation=keras.activations.softmax)(hidden))


def compare_regularization(x, y, x_val, y_val, epochs, patience, seed):
    x, y, x_val, y_val = map(np.array, (x, y, x_val, y_val))
    results = {}
    for name, dropout, stop in (("dropout", 0.8, False), ("plain", 0, False), ("early stopping", 0, True)):
        keras.utils.set_random_seed(seed)
        model = compile_classifier(build_wide_classifier(x.shape[1], int(max(y)) + 1, dropout), 0.003)
        log = keras.callbacks.History()
        model.fit(
            x,
            y,
            batch_size=2 * len(x),
            epochs=epochs,
            shuffle=False,
            validation_data=(x_val, y_val),
            callbacks=[log, early_stopping(patience)] if stop else [log],
            verbose=0,
        )
        results[name] = (model, log.history["val_loss"])
    return results
