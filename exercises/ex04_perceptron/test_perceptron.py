"""Visible tests of ex04: run `pytest exercises/ex04_perceptron` while you work."""

import numpy as np
import pytest

from grader.compare import close, share

# The running example of the handout: the logical AND, and XOR, which no line separates.
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
AND = [-1, -1, -1, 1]
XOR = [-1, 1, 1, -1]

# One and the same sample in both classes: a mistake in every epoch, one or two of them, as the order wills.
TWICE, BOTH = [[3.0], [3.0]], [1, -1]

SEEDS = range(5)


def rng(seed=0):
    return np.random.default_rng(seed)


def refuses_what_does_not_fit(function):
    """Lengths that differ, of which NumPy would stretch one label; no samples; other labels than +1 and -1."""
    for x, d in ((X, [1, 1, -1]), (X, [1]), (X[:1], AND), (np.empty((0, 2)), []), (X, [0, 0, 0, 1]), (X, [1, 2, 1, 2])):
        with pytest.raises(ValueError):
            function(x, np.array(d, dtype=int))


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


@pytest.mark.task("predict", weight=2)
def test_predict_of_two_samples(student):
    """2 * 1 - 1 * 3 + 3 = 2 is above the line, 2 * 0 - 1 * 5 + 3 = -2 below"""
    assert student.predict([[1, 3], [0, 5]], [2, -1], 3) == close([1, -1])


@pytest.mark.task("predict", weight=2)
def test_predict_of_three_values(student):
    """A sample may have any number of values: 1 - 2 + 5 - 3 = 1 with the third one, -4 without"""
    assert student.predict([[1, 1, 1], [1, 1, 0]], [1, -2, 5], -3) == close([1, -1])


@pytest.mark.task("predict")
def test_predict_of_the_logical_and(student):
    """w = (2, 1) and theta = -2 is a perceptron for AND; (1, 0) lies exactly on its line, which is the side of -1"""
    assert student.predict(X, [2, 1], -2) == close(AND)


@pytest.mark.task("predict", edge=True)
def test_predict_refuses_samples_that_do_not_fit(student):
    """Samples of three values, or of one, and two weights are a ValueError"""
    for x in ([[1.0, 2.0, 3.0]], [[1.0], [2.0]]):
        with pytest.raises(ValueError):
            student.predict(x, [1.0, 2.0], 0.0)


@pytest.mark.task("update", weight=2)
def test_update_after_a_missed_positive(student):
    """The sample (2, 3) of class +1 was called -1: w grows by eta * x, theta by eta"""
    w, theta = student.update([1, -1], 0, [2, 3], 1, 0.5)
    assert w == close([2.0, 0.5])
    assert theta == close(0.5)


@pytest.mark.task("update", weight=3)
def test_update_after_a_missed_negative(student):
    """The sample (2, 3) of class -1 was called +1: w shrinks by eta * x, theta by eta"""
    w, theta = student.update([1, 1], 2, [2, 3], -1, 0.5)
    assert w == close([0.0, -0.5])
    assert theta == close(1.5)


@pytest.mark.task("update")
def test_update_after_a_right_answer(student):
    """A right answer changes nothing, in either class"""
    for x_n, d_n in (([2, 3], 1), ([-2, -3], -1)):
        w, theta = student.update([1, 1], 2, x_n, d_n, 0.5)
        assert w == close([1, 1])
        assert theta == close(2)


@pytest.mark.task("update")
def test_update_on_the_line(student):
    """From zeros every score is 0, which is the answer -1: wrong for class +1, right for class -1"""
    w, theta = student.update([0, 0], 0, [2, 3], 1, 1)
    assert w == close([2, 3])
    assert theta == close(1)
    w, theta = student.update([0, 0], 0, [2, 3], -1, 1)
    assert w == close([0, 0])
    assert theta == close(0)


@pytest.mark.task("update", weight=3)
def test_update_judges_with_the_bias(student):
    """2 + 3 - 6 is below 0, although 2 + 3 is not: wrong for class +1, right for class -1"""
    w, theta = student.update([1, 1], -6, [2, 3], 1, 0.5)
    assert w == close([2.0, 2.5])
    assert theta == close(-5.5)
    w, theta = student.update([1, 1], -6, [2, 3], -1, 0.5)
    assert w == close([1, 1])
    assert theta == close(-6)


@pytest.mark.task("update")
def test_update_of_an_array(student):
    """The weights may come as an array of floats"""
    w, _ = student.update(np.array([1.0, -1.0]), 0.0, [2.0, 3.0], 1, 0.5)
    assert w == close([2.0, 0.5])


@pytest.mark.task("update", edge=True)
def test_update_refuses_the_label_0(student):
    """The labels are +1 and -1: 0 is a ValueError, and so is 2"""
    for d_n in (0, 2):
        with pytest.raises(ValueError):
            student.update([1.0, 1.0], 0.0, [2.0, 3.0], d_n, 0.5)


@pytest.mark.task("update", edge=True)
def test_update_refuses_a_sample_that_does_not_fit(student):
    """A sample of three values, or of one, and two weights are a ValueError"""
    for x_n in ([2.0, 3.0, 4.0], [2.0]):
        with pytest.raises(ValueError):
            student.update([1.0, 1.0], 0.0, x_n, 1, 0.5)


@pytest.mark.task("train", weight=2)
def test_train_on_a_single_sample(student):
    """From zeros: one mistake, one update, then an epoch without mistakes; a sample of class -1 is none at all"""
    w, theta, mistakes = student.train([[2, 3]], [1], 0.5, 10, rng())
    assert mistakes == close([1, 0])
    assert w == close([1.0, 1.5])
    assert theta == close(0.5)
    w, theta, mistakes = student.train([[2, 3]], [-1], 0.5, 10, rng())
    assert mistakes == close([0])
    assert w == close([0, 0])
    assert theta == close(0)


@pytest.mark.task("train", weight=2)
def test_train_on_two_equal_samples(student):
    """The second one already meets the weights that the first one has moved: one mistake, not two"""
    w, theta, mistakes = student.train([[2, 3], [2, 3]], [1, 1], 1, 10, rng())
    assert mistakes == close([1, 0])
    assert w == close([2, 3])
    assert theta == close(1)


@pytest.mark.task("train", weight=2)
def test_train_on_the_logical_and(student):
    """AND is learned in whatever order, and training stops after the first epoch without mistakes"""
    for seed in SEEDS:
        w, theta, mistakes = student.train(X, AND, 1, 100, rng(seed))
        assert np.where(np.asarray(X) @ np.asarray(w) + theta > 0, 1, -1) == close(AND)
        assert [n for n, wrong in enumerate(mistakes) if wrong == 0] == [len(mistakes) - 1], (
            "training does not end with the first epoch that makes no mistake"
        )


@pytest.mark.task("train", weight=2)
def test_train_on_xor_gives_up(student):
    """No line separates XOR: training ends after max_epochs, with one to four mistakes in each"""
    _, _, mistakes = student.train(X, XOR, 1, 25, rng())
    assert len(mistakes) == 25, f"there are {len(mistakes)} numbers of mistakes for 25 epochs"
    assert all(1 <= wrong <= 4 for wrong in mistakes), "four samples make one to four mistakes in an epoch"


@pytest.mark.task("train", weight=2)
def test_train_visits_every_sample_in_every_epoch(student):
    """The same sample in both classes: each epoch makes one or two mistakes, if it visits both"""
    _, _, mistakes = student.train(TWICE, BOTH, 1, 50, rng())
    assert len(mistakes) == 50, (
        f"training has ended after {len(mistakes)} of 50 epochs, though one of the two is always wrong"
    )
    assert set(map(int, mistakes)) <= {1, 2}, "each epoch makes one or two mistakes here"


@pytest.mark.task("train")
def test_train_draws_a_new_order_for_each_epoch(student):
    """In a fixed order every epoch after the first makes as many mistakes here; one or two, if it is drawn again"""
    _, _, mistakes = student.train(TWICE, BOTH, 1, 50, rng())
    assert len(set(map(int, mistakes[1:]))) == 2, "all epochs make as many mistakes: is the order drawn again for each?"


@pytest.mark.task("train")
def test_train_draws_the_order_from_rng(student):
    """The same generator gives the same mistakes, another one others"""
    first, again, other = (list(map(int, student.train(TWICE, BOTH, 1, 50, rng(seed))[2])) for seed in (1, 1, 2))
    assert first == again, "two generators with the same seed gave two trainings"
    assert first != other, "two generators with different seeds gave the same training"


@pytest.mark.task("train", edge=True, weight=2)
def test_train_refuses_what_does_not_fit(student):
    """Different lengths, no samples, and labels that are not +1 and -1 are a ValueError"""
    refuses_what_does_not_fit(lambda x, d: student.train(x, d, 1, 10, rng()))


@pytest.mark.task("decision_line", weight=2)
def test_decision_line_of_single_numbers(student):
    """x1 + 2 x2 - 5 = 0 goes through (0, 2.5) and (5, 0)"""
    assert student.decision_line([1, 2], -5, 0) == close(2.5)
    assert student.decision_line([1, 2], -5, 5) == close(0)


@pytest.mark.task("decision_line", weight=2)
def test_decision_line_of_an_array(student):
    """3 x1 - 2 x2 + 1 = 0 is x2 = 1.5 x1 + 0.5"""
    assert student.decision_line([3, -2], 1, [-1, 0, 2]) == close([-1, 0.5, 3.5])


@pytest.mark.task("decision_line")
def test_decision_line_of_a_horizontal_line(student):
    """w1 = 0: 2 x2 - 3 = 0 whatever x1 is, in the shape of x1"""
    assert student.decision_line([0, 2], -3, [[-1, 0], [4, 9]]) == close([[1.5, 1.5], [1.5, 1.5]])


@pytest.mark.task("decision_line", edge=True, weight=2)
def test_decision_line_refuses_a_vertical_line(student):
    """w2 = 0 is a ValueError, also for a single number, also when w1 is 0"""
    for w, x1 in (([1.0, 0.0], [0.0, 1.0]), ([1.0, 0.0], 2.0), ([0.0, 0.0], [0.0, 1.0])):
        with pytest.raises(ValueError):
            student.decision_line(w, -4.0, x1)


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_refuses_three_weights(student):
    """A perceptron of three inputs has a plane, one of a single input a point: ValueError"""
    for w in ([1.0, 2.0, 3.0], [1.0]):
        with pytest.raises(ValueError):
            student.decision_line(w, 1.0, [0.0, 1.0])


@pytest.mark.task("error_rate")
def test_error_rate_of_one_mistake(student):
    """The samples score -1, 0, 0 and 1: only (1, 0) is called -1 but labelled +1"""
    assert student.error_rate(X, [-1, -1, 1, 1], [1, 1], -1) == share(0.25)


@pytest.mark.task("error_rate", weight=2)
def test_error_rate_of_both_kinds_of_mistakes(student):
    """(0, 0) and (0, 1) are called -1 but labelled +1, (1, 1) the other way round: three of four"""
    assert student.error_rate(X, [1, 1, -1, -1], [1, 1], -1) == share(0.75)


@pytest.mark.task("error_rate")
def test_error_rate_of_a_perfect_perceptron(student):
    """No mistakes: 0; all labels turned round: 1"""
    assert student.error_rate(X, AND, [2, 1], -2) == share(0.0)
    assert student.error_rate(X, [1, 1, 1, -1], [2, 1], -2) == share(1.0)


@pytest.mark.task("error_rate", edge=True)
def test_error_rate_refuses_what_does_not_fit(student):
    """Different lengths, no samples, and labels that are not +1 and -1 are a ValueError"""
    refuses_what_does_not_fit(lambda x, d: student.error_rate(x, d, [1.0, 1.0], 0.0))
