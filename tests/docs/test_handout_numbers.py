"""The numbers in handouts and hints are those that one computes."""

from __future__ import annotations

import re

import course_data
import numpy as np
import pytest
from scipy.optimize import nnls

from grader.kit.exercise import KIT, SOLUTIONS, Exercise, find_exercise
from grader.learning.demo_picture import load_demo
from grader.testing.student import Student

pytestmark = pytest.mark.computes_here


def words_of(number: str) -> str:
    """A handout without its line breaks."""
    return " ".join(find_exercise(number).handout.read_text("utf-8").split())


def student_of(exercise: Exercise) -> Student:
    return Student(SOLUTIONS / exercise.name / exercise.filename)


def margin(signed: np.ndarray) -> float:
    """The best smallest product of the rows with a vector of length 1, by the method of Lawson and Hanson (1974)."""
    a, b = np.vstack([signed.T, np.ones(len(signed))]), np.append(np.zeros(signed.shape[1]), 1.0)
    normal = signed.T @ nnls(a, b)[0]
    return float((signed @ normal).min() / np.linalg.norm(normal))


@pytest.mark.parametrize(("centred", "r", "g"), [(False, "7.76", "0.0547"), (True, "1.86", "0.121")])
def test_novikoffs_bound_on_the_irises(centred: bool, r: str, g: str):
    exercise, handout = find_exercise("ex04"), words_of("ex04")
    x, d = load_demo(exercise).iris_sepals()
    x = x - x.mean(axis=0) if centred else x
    inputs = np.column_stack([x, np.ones(len(x))])
    longest, gap = np.linalg.norm(inputs, axis=1).max(), margin(d[:, None] * inputs)
    bound = (longest / gap) ** 2
    _, _, mistakes = student_of(exercise).train(x, d, 1.0, 2000, np.random.default_rng(0))  # as the demo does
    assert sum(mistakes) <= bound
    assert (f"{longest:.2f}", f"{gap:.3g}") == (r, g)
    assert f"$R = {r}$ and $g = {g}$" in handout
    if centred:
        assert f"it is {bound:.0f}" in handout
        assert f"{len(mistakes)} instead of 196, with {sum(mistakes)} updates instead of 630" in handout
    else:
        assert f"{bound:,.0f} updates. The demo needs {sum(mistakes)}, in {len(mistakes)} epochs" in handout


def test_the_margin_of_two_samples_by_hand():
    """(3, 4) and (5, 0): the nearest point of the line between them is (4, 2), and its length the margin"""
    assert margin(np.array([[3.0, 4.0], [5.0, 0.0]])) == pytest.approx(np.sqrt(20))


def test_parameters_of_lenet_5_today_and_in_1998():
    keras = pytest.importorskip("keras")
    layers = keras.layers
    today = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(120, 5, activation="tanh"),
            layers.Flatten(),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    handout = words_of("ex09")
    assert f"with {today.count_params():,} parameters" in handout

    # Table I of the paper: of 16 filters 6 see three maps, 9 see four and one sees all six. A pooling has a factor and
    # a bias for each map; the output layer is fixed.
    filters = sum(count * (25 * maps + 1) for count, maps in ((6, 3), (9, 4), (1, 6)))
    of_1998 = 6 * (25 + 1) + 2 * 6 + filters + 2 * 16 + 120 * (16 * 25 + 1) + 84 * (120 + 1)
    assert f"The one of 1998 had {of_1998:,}" in handout


def test_the_slides_code_does_in_keras_3_what_the_handout_says():
    keras = pytest.importorskip("keras")
    handout = find_exercise("ex08").handout.read_text("utf-8")
    [code] = re.findall(r"```python\n(model = Sequential.*?)```", handout, re.S)
    create, use = code.split("model.fit")
    rng = np.random.default_rng(0)
    data = {"x_train": rng.normal(size=(64, 100)), "y_train": rng.integers(0, 10, 64)}
    data |= {"x_test": rng.normal(size=(20, 100)), "y_test": rng.integers(0, 10, 20)}
    names = data | {"Sequential": keras.Sequential, "Dense": keras.layers.Dense}
    with pytest.warns(UserWarning, match="input_dim"):
        exec(create, names)
    with pytest.raises(ValueError, match=r"compile\(\)"):
        exec(f"model.fit{use}", names)
    names["model"].compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    exec(f"model.fit{use}", names)
    assert names["classes"].shape == (20, 10)
    assert not hasattr(names["model"], "predict_classes")
    loss, accuracy = names["metrics"]
    assert 0 <= accuracy <= 1
    assert loss == pytest.approx(names["model"].evaluate(data["x_test"], data["y_test"], batch_size=5)[0], rel=1e-5)


def test_crops_of_clip_art_have_no_black_bars():
    pytest.importorskip("keras")
    exercise = find_exercise("ex10")
    images = course_data.load("clip_art").x_train[:20]
    changed = load_demo(exercise).changed_on_white(student_of(exercise), images)
    moved = changed != images
    assert moved.any(axis=(1, 2, 3)).all(), "each of them is moved"
    corners = changed[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == 255).mean() > 0.95, "paper, but where a drawing reaches the corner"


def test_numpy_draws_from_float32_but_not_from_its_copy_in_float64():
    probabilities = np.array([0.3, 0.3, 0.4], dtype=np.float32)
    assert np.random.default_rng(0).choice(3, p=probabilities) in (0, 1, 2)
    with pytest.raises(ValueError, match="do not sum to 1"):
        np.random.default_rng(0).choice(3, p=probabilities.astype(np.float64))
    hints = (find_exercise("ex12").folder / "hints.toml").read_text("utf-8")
    assert f"{probabilities.astype(np.float64).sum():.8f}" in hints
    exact, forgiving = (f"{np.sqrt(np.finfo(kind).eps):.1e}".replace("e-0", "e-") for kind in (np.float64, np.float32))
    assert f"of float64 it allows {exact}, of float32 it allows {forgiving}" in words_of("ex12")


def test_principal_components_of_the_handout_and_of_scikit_learn():
    from sklearn.decomposition import PCA

    x = np.random.default_rng(0).normal(size=(20, 3))
    theirs, (_, components, ratio) = PCA().fit(x), student_of(find_exercise("ex03")).pca(x, 3)
    variances = ((x - x.mean(axis=0)) @ np.asarray(components).T).var(axis=0)
    np.testing.assert_allclose(theirs.explained_variance_, variances * 20 / 19)
    np.testing.assert_allclose(theirs.explained_variance_ratio_, ratio)


def test_the_baseline_of_clip_art_is_the_same_in_both_documents():
    [handout] = re.findall(r"logistic regression on every second pixel \| \| (\.\d+) \|", words_of("ex10"))
    card = (KIT / "datasets" / "README.md").read_text("utf-8")
    assert f"always *animals* .391; logistic regression on every second pixel {handout} |" in card


def test_where_two_walks_end_and_what_is_left_on_a_ground_that_is_steep_at_first():
    student, handout = student_of(find_exercise("ex06")), words_of("ex06")
    ends = [student.gradient_descent(lambda x: 4 * x**3 - 4 * x + 0.5, start, 0.05, 200)[-1] for start in (0.1, 0.15)]
    assert f"From 0.1 the walk ends at {ends[0]:.3f}, the lowest point" in handout
    assert f"a small step to the right, at {ends[1]:.3f}, which is a whole unit higher" in handout
    low, high = (x**4 - 2 * x**2 + x / 2 for x in ends)
    assert high - low == pytest.approx(1, abs=0.01)
    for name, rate in (("Adagrad", 5), ("RMSprop", 0.1), ("Adam", 0.3)):
        path = student.optimize(getattr(student, f"{name.lower()}_step"), lambda theta: theta**3, 10.0, rate, 1000)
        assert f"| {name}, rate {rate} | {path[30]:.2f} | {path[1000]:.3f} |" in handout


def test_with_weights_of_zero_only_the_last_biases_learn():
    student = student_of(find_exercise("ex07"))
    params = [(0 * W, b) for W, b in student.init_params([3, 5, 5, 4], np.random.default_rng(0))]
    logits, cache = student.forward(params, np.random.default_rng(1).normal(size=(6, 3)))
    _, dlogits = student.softmax_cross_entropy(logits, [0, 1, 1, 1, 2, 3])
    (*others, (dW, db)) = student.backward(params, cache, dlogits)
    assert not any(gradient.any() for layer in others for gradient in layer)
    assert not dW.any()
    np.testing.assert_allclose(db, 1 / 4 - np.array([1, 3, 1, 1]) / 6)
