"""Code that once passed every visible test of its task, although it breaks the docstring: a visible test says so now.

Whoever learns must be able to find a mistake before handing in. Each row is the solution with one small change; the
visible tests of the row's task must fail it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache

import pytest

from grader.kit.exercise import Exercise, find_exercise
from grader.misconceptions.visible_tests import TriedFile, VisibleRun, run_visible_tests


@dataclass(frozen=True)
class Row:
    """A mistake: in `function` of the solution (that of the task, unless told otherwise) `old` becomes `new`."""

    exercise: str
    task: str
    mistake: str
    old: str
    new: str
    function: str = ""

    @property
    def key(self) -> str:
        return f"{self.exercise}-{self.task}-{self.mistake}"


ANY_LENGTHS = "np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)"

NUMPY = [
    Row("ex01", "f1_score", "ignores_positive",
        "precision(y_true, y_pred, positive), recall(y_true, y_pred, positive)",
        "precision(y_true, y_pred), recall(y_true, y_pred)"),
    Row("ex01", "accuracy", "checks_no_lengths", "_paired(y_true, y_pred)", ANY_LENGTHS),
    Row("ex01", "precision", "checks_no_lengths", "_paired(y_true, y_pred)", ANY_LENGTHS),
    Row("ex01", "recall", "checks_no_lengths", "_paired(y_true, y_pred)", ANY_LENGTHS),
    Row("ex01", "mean_absolute_error", "checks_no_lengths", "_paired(y_true, y_pred, dtype=float)", ANY_LENGTHS),
    Row("ex01", "r2_score", "checks_no_lengths", "_paired(y_true, y_pred, dtype=float)", ANY_LENGTHS),
    Row("ex01", "cross_entropy", "clips_to_1_minus_eps",
        "np.clip(y_prob, eps, 1.0)", "np.clip(y_prob, eps, 1.0 - eps)"),
    Row("ex01", "mean_squared_error", "squares_bytes",
        "_paired(y_true, y_pred, dtype=float)", "_paired(y_true, y_pred)"),
    Row("ex02", "stratified_split_indices", "is_a_plain_shuffle",
        "for label in np.unique(y):\n        members = rng.permutation(np.flatnonzero(y == label))",
        "for members in [rng.permutation(len(y))]:"),
    Row("ex02", "split_indices", "throws_the_fraction_away",
        "max(round(n * test_fraction), 1)", "max(int(n * test_fraction), 1)"),
    Row("ex02", "train_validation_test_split", "throws_the_fractions_away",
        "round(len(x) * test_fraction), round(len(x) * validation_fraction)",
        "int(len(x) * test_fraction), int(len(x) * validation_fraction)"),
    Row("ex02", "stratified_split_indices", "throws_the_fraction_away",
        "round(len(members) * test_fraction)", "int(len(members) * test_fraction)"),
    Row("ex03", "assign_clusters", "measures_along_the_axes",
        "np.sum((x[:, np.newaxis] - centroids) ** 2, axis=2)", "np.sum(abs(x[:, np.newaxis] - centroids), axis=2)"),
    Row("ex04", "train", "never_shuffles", "rng.permutation(len(x))", "range(len(x))"),
    Row("ex05", "softmax", "loses_the_axis_of_the_sums",
        "return powers / powers.sum(axis=axis, keepdims=True)",
        "powers = np.exp(s - s.max())\n    return powers / powers.sum(axis=axis)"),
    Row("ex06", "minibatches", "shuffles_in_place",
        "batch = order[start : start + batch_size]\n        yield x[batch], y[batch]",
        "if start == 0:\n            x[:], y[:] = x[order], y[order]\n"
        "        yield x[start : start + batch_size], y[start : start + batch_size]"),
    Row("ex06", "momentum_step", "keeps_the_rate_out_of_the_velocity",
        "velocity = momentum * velocity - learning_rate * grad\n    return theta + velocity, velocity",
        "velocity = momentum * velocity - grad\n    return theta + learning_rate * velocity, velocity"),
    Row("ex07", "dense_forward", "stretches_the_biases", "(h.shape[1], *b.shape) != W.shape", "h.shape[1] != len(W)"),
    Row("ex07", "dense_backward", "checks_no_inputs", " or h.shape != (len(h), len(W))", ""),
    Row("ex07", "relu_backward", "stretches_the_sums", "dh.shape != s.shape", "dh.shape[-1] != s.shape[-1]"),
    Row("ex07", "softmax_cross_entropy", "subtracts_the_largest_of_the_batch",
        "logits.max(axis=1, keepdims=True)", "logits.max()", "_log_softmax"),
    Row("ex07", "softmax_cross_entropy", "loses_the_axis_of_the_sums",
        "np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum(axis=1)", "_log_softmax"),
    Row("ex07", "softmax_cross_entropy", "takes_the_logarithm_of_0",
        "-np.mean(log_p[", "-np.mean(np.log(np.exp(log_p))["),
    Row("ex07", "forward", "has_relu_on_the_output", "return s, cache", "return h, cache"),
    Row("ex07", "backward", "changes_the_cache",
        "dh, dW, db = dense_backward(ds, h, W)", "dh, dW, db = dense_backward(ds, h, W)\n        h *= 2"),
    Row("ex07", "check_gradient", "has_no_smallest_size", "np.maximum(size, 1e-4)", "np.maximum(size, 1e-12)"),
    Row("ex07", "train", "never_shuffles", "rng.permutation(len(x))", "np.arange(len(x))"),
]  # fmt: skip

ROWS = [*NUMPY]


def changed(exercise: Exercise, row: Row) -> str:
    """Return the solution with the change of `row`, which must be in its function exactly once."""
    source = exercise.solution.read_text(encoding="utf-8")
    name = row.function or row.task
    [whole] = [node for node in ast.parse(source).body if getattr(node, "name", "") == name]
    function = ast.get_source_segment(source, whole)
    assert function is not None
    assert function.count(row.old) == 1, f"{row.key}: {name} has not this text: {row.old}"
    assert source.count(function) == 1
    return source.replace(function, function.replace(row.old, row.new))


@cache
def runs_of(number: str) -> dict[str, VisibleRun]:
    """Run the visible tests of each row's task, in one process for all rows of an exercise."""
    exercise = find_exercise(number)
    files = [
        TriedFile(row.key, changed(exercise, row), lambda test, trains, task=row.task: test.task == task)
        for row in ROWS
        if row.exercise == number
    ]
    return {file.key: run for file, run in run_visible_tests(exercise, files)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_visible_test_sees_what_was_accepted_although_it_is_wrong(row: Row):
    run = runs_of(row.exercise)[row.key]
    failed = {test.task for test in run.plan if test.id in run.attempts and not run.attempts[test.id].passed}
    assert failed == {row.task}
