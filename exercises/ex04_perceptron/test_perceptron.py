"""Visible tests of ex04: run `pytest exercises/ex04_perceptron` while you work."""

import numpy as np
import pytest

from grader.compare import close, share

# The running example of the handout: the logical AND, and XOR, which no line separates.
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
AND = [-1, -1, -1, 1]
XOR = [-1, 1, 1, -1]


@pytest.mark.task("sgn")
def test_sgn_of_single_numbers(student):
    """A number above 0 gives +1, one below gives -1"""
    assert student.sgn(0.3) == close(1)
    assert student.sgn(-2) == close(-1)


@pytest.mark.task("sgn")
def test_sgn_of_zero(student):
    """0 is not above 0: the slide gives -1"""
    assert student.sgn(0) == close(-1)


@pytest.mark.task("sgn")
def test_sgn_of_an_array(student):
    """Each element by itself, in the shape of the input"""
    assert student.sgn([[-1.5, 0.0], [0.1, 7.0]]) == close([[-1, -1], [1, 1]])


@pytest.mark.task("predict")
def test_predict_of_two_samples(student):
    """2 * 1 - 1 * 3 + 2 = 1 is above the line, 2 * 0 - 1 * 3 + 2 = -1 below"""
    assert student.predict([[1, 3], [0, 3]], [2, -1], 2) == close([1, -1])


@pytest.mark.task("predict")
def test_predict_of_the_logical_and(student):
    """w = (2, 1) and theta = -2 is a perceptron for AND"""
    assert student.predict(X, [2, 1], -2) == close(AND)


@pytest.mark.task("predict", edge=True)
def test_predict_refuses_samples_that_do_not_fit(student):
    """Samples of three values and two weights are a ValueError"""
    with pytest.raises(ValueError):
        student.predict([[1.0, 2.0, 3.0]], [1.0, 2.0], 0.0)


@pytest.mark.task("update")
def test_update_after_a_wrong_answer(student):
    """The sample (2, 3) of class +1 was called -1: w grows by eta * x, theta by eta"""
    w, theta = student.update([1, -1], 0, [2, 3], 1, 0.5)
    assert w == close([2.0, 0.5])
    assert theta == close(0.5)


@pytest.mark.task("update")
def test_update_after_a_right_answer(student):
    """A right answer changes nothing"""
    w, theta = student.update([1, 1], 2, [2, 3], 1, 0.5)
    assert w == close([1, 1])
    assert theta == close(2)


@pytest.mark.task("update")
def test_update_leaves_the_given_weights_alone(student):
    """The new weights are a new array"""
    w = np.array([1.0, -1.0])
    new_w, _ = student.update(w, 0.0, [2.0, 3.0], 1, 0.5)
    assert new_w == close([2.0, 0.5])
    assert w == close([1.0, -1.0])


@pytest.mark.task("update", edge=True)
def test_update_refuses_the_label_0(student):
    """The labels are +1 and -1: 0 is a ValueError"""
    with pytest.raises(ValueError):
        student.update([1.0, 1.0], 0.0, [2.0, 3.0], 0, 0.5)


@pytest.mark.task("train")
def test_train_on_a_single_sample(student):
    """From zeros: one mistake, one update, then an epoch without mistakes"""
    w, theta, mistakes = student.train([[2, 3]], [1], 0.5, 10, np.random.default_rng(0))
    assert mistakes == close([1, 0])
    assert w == close([1.0, 1.5])
    assert theta == close(0.5)


@pytest.mark.task("train")
def test_train_on_the_logical_and(student):
    """AND is learned, and training stops after the first epoch without mistakes"""
    w, theta, mistakes = student.train(X, AND, 1, 100, np.random.default_rng(0))
    assert np.where(np.asarray(X) @ np.asarray(w) + theta > 0, 1, -1) == close(AND)
    assert [n for n, wrong in enumerate(mistakes) if wrong == 0] == [len(mistakes) - 1], (
        "the last epoch, and only the last one, is without mistakes"
    )


@pytest.mark.task("train")
def test_train_on_xor_gives_up(student):
    """No line separates XOR: training ends after max_epochs"""
    _, _, mistakes = student.train(X, XOR, 1, 25, np.random.default_rng(0))
    assert len(mistakes) == 25, "one number of mistakes for each of the 25 epochs"


@pytest.mark.task("train", edge=True)
def test_train_refuses_different_lengths(student):
    """Four samples and three labels are a ValueError"""
    with pytest.raises(ValueError):
        student.train(X, [1, 1, -1], 1, 10, np.random.default_rng(0))


@pytest.mark.task("decision_line")
def test_decision_line_of_single_numbers(student):
    """x1 + 2 x2 - 4 = 0 goes through (0, 2) and (4, 0)"""
    assert student.decision_line([1, 2], -4, 0) == close(2)
    assert student.decision_line([1, 2], -4, 4) == close(0)


@pytest.mark.task("decision_line")
def test_decision_line_of_an_array(student):
    """3 x1 - x2 + 1 = 0 is x2 = 3 x1 + 1"""
    assert student.decision_line([3, -1], 1, [-1, 0, 2]) == close([-2, 1, 7])


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_refuses_a_vertical_line(student):
    """w2 = 0 is a ValueError"""
    with pytest.raises(ValueError):
        student.decision_line([1.0, 0.0], -4.0, [0.0, 1.0])


@pytest.mark.task("error_rate")
def test_error_rate_of_one_mistake(student):
    """The samples score -1, 0, 0 and 1: only (1, 0) is called -1 but labelled +1"""
    assert student.error_rate(X, [-1, -1, 1, 1], [1, 1], -1) == share(0.25)


@pytest.mark.task("error_rate")
def test_error_rate_of_a_perfect_perceptron(student):
    """No mistakes: 0; all labels turned round: 1"""
    assert student.error_rate(X, AND, [2, 1], -2) == share(0.0)
    assert student.error_rate(X, [1, 1, 1, -1], [2, 1], -2) == share(1.0)


@pytest.mark.task("error_rate", edge=True)
def test_error_rate_refuses_no_samples(student):
    """No samples are a ValueError"""
    with pytest.raises(ValueError):
        student.error_rate(np.empty((0, 2)), np.empty(0), [1.0, 1.0], 0.0)
