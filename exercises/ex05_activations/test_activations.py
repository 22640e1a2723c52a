"""Visible tests of ex05: run `pytest exercises/ex05_activations` while you work."""

import warnings

import numpy as np
import pytest

from grader.compare import close, share

LN2, LN3 = np.log(2), np.log(3)
BYTES = np.array([0, 1], dtype=np.uint8)  # as pixels are stored; 0 - 1 is 255 in them


@pytest.mark.task("step", weight=2)
def test_step_on_both_sides(student):
    """1 for positive numbers, else 0, in the shape of the input"""
    assert student.step([-3.0, -0.1, 0.1, 3.0]) == close([0, 0, 1, 1])
    assert student.step([[-3, 1], [2, -1], [5, 0]]) == close([[0, 1], [1, 0], [1, 0]])


@pytest.mark.task("step")
def test_step_of_zero(student):
    """Zero is not positive: 0; a single number gives a single number"""
    assert student.step(0.0) == close(0)


@pytest.mark.task("sigmoid", weight=2)
def test_sigmoid_by_hand(student):
    """ln 3 is a probability of 3/4, -ln 3 one of 1/4, ln 1.5 one of 3/5, -ln 1.5 one of 2/5, and 0 is undecided"""
    s = [LN3, np.log(1.5), 0.0, -np.log(1.5), -LN3]
    assert student.sigmoid(s) == share([3 / 4, 3 / 5, 1 / 2, 2 / 5, 1 / 4])


@pytest.mark.task("sigmoid")
def test_sigmoid_of_any_shape(student):
    """A matrix stays a matrix, a number stays a number"""
    assert student.sigmoid([[LN3], [0.0]]) == share([[3 / 4], [1 / 2]])
    assert student.sigmoid(-LN3) == share(1 / 4)


@pytest.mark.task("sigmoid")
def test_sigmoid_of_large_numbers(student):
    """0 at -1000 and 1 at 1000, not NaN"""
    assert student.sigmoid([-1000.0, 1000.0]) == share([0.0, 1.0])


@pytest.mark.task("sigmoid")
def test_sigmoid_does_not_overflow(student):
    """Neither -1000 nor 1000 overflows on the way: NumPy has no reason to warn"""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        result = student.sigmoid([-1000.0, 1000.0])
    assert result == close([0.0, 1.0])


@pytest.mark.task("sigmoid", edge=True)
def test_sigmoid_of_bytes(student):
    """Pixels are stored as uint8, which knows no negative numbers: compute in float64"""
    assert student.sigmoid(BYTES) == share([1 / 2, np.e / (np.e + 1)])


@pytest.mark.task("tanh", weight=3)
def test_tanh_by_hand(student):
    """ln 2 gives (2 - 1/2) / (2 + 1/2) = 0.6, in the shape of the input"""
    assert student.tanh([LN2, 0.0, -LN2]) == close([0.6, 0.0, -0.6])
    assert student.tanh([[LN2], [-LN3]]) == close([[0.6], [-0.8]])
    assert student.tanh(LN2) == close(0.6)


@pytest.mark.task("tanh")
def test_tanh_of_large_numbers(student):
    """-1 and 1, not NaN"""
    assert student.tanh([-1000.0, 1000.0]) == close([-1.0, 1.0])


@pytest.mark.task("tanh", edge=True)
def test_tanh_of_bytes(student):
    """Pixels are stored as uint8, which knows no negative numbers: compute in float64"""
    assert student.tanh(BYTES) == close([0, (np.e**2 - 1) / (np.e**2 + 1)])


@pytest.mark.task("relu")
def test_relu_on_both_sides(student):
    """What is positive passes, what is negative is stopped; a number stays a number"""
    assert student.relu([-2.0, 0.0, 0.5, 7.0]) == close([0.0, 0.0, 0.5, 7.0])
    assert student.relu(-3) == close(0)


@pytest.mark.task("relu")
def test_relu_of_a_matrix(student):
    """Every element by itself"""
    assert student.relu([[1.0, -1.0], [-4.0, 2.0], [0.5, -9.0]]) == close([[1.0, 0.0], [0.0, 2.0], [0.5, 0.0]])


@pytest.mark.task("prelu", weight=2)
def test_prelu_on_both_sides(student):
    """A quarter of what is negative, also of what is just below 0"""
    assert student.prelu([-2.0, -0.4, 0.0, 3.0], 0.25) == close([-0.5, -0.1, 0.0, 3.0])
    assert student.prelu([[-4.0], [4.0]], 0.25) == close([[-1.0], [4.0]])


@pytest.mark.task("prelu")
def test_prelu_with_a_steep_or_falling_negative_side(student):
    """alpha may be larger than 1, or negative; 0 gives the ReLU"""
    assert student.prelu([-1.0, 1.0], 2.0) == close([-2.0, 1.0])
    assert student.prelu([-1.0, 1.0], -2.0) == close([2.0, 1.0])
    assert student.prelu([-1.0, 1.0], 0.0) == close([0.0, 1.0])


@pytest.mark.task("prelu", edge=True)
def test_prelu_of_integers(student):
    """The slope makes fractions of whole numbers; a number stays a number"""
    assert student.prelu(np.array([-3, 2]), 0.5) == close([-1.5, 2.0])
    assert student.prelu(-3, 0.5) == close(-1.5)


@pytest.mark.task("softmax")
def test_softmax_of_the_handout(student):
    """The scores ln 1, ln 2 and ln 5 share the probability as 1 : 2 : 5"""
    assert student.softmax([0.0, LN2, np.log(5)]) == share([1 / 8, 2 / 8, 5 / 8])


@pytest.mark.task("softmax", weight=2)
def test_softmax_of_a_batch(student):
    """Every row is a softmax of its own: the powers 1, 3 and 4, 1 have the sums 4 and 5"""
    assert student.softmax([[0.0, LN3], [2 * LN2, 0.0]]) == share([[1 / 4, 3 / 4], [4 / 5, 1 / 5]])


@pytest.mark.task("softmax", weight=2)
def test_softmax_of_two_samples_and_three_classes(student):
    """Two rows, three columns: the powers are 1, 1, 2 and 1, 3, 4"""
    expected = [[1 / 4, 1 / 4, 1 / 2], [1 / 8, 3 / 8, 1 / 2]]
    assert student.softmax([[0.0, 0.0, LN2], [0.0, LN3, 2 * LN2]]) == share(expected)


@pytest.mark.task("softmax")
def test_softmax_along_the_columns(student):
    """With axis=0 every column is a softmax of its own"""
    expected = [[1 / 4, 1 / 2], [1 / 4, 1 / 3], [1 / 2, 1 / 6]]
    assert student.softmax([[0.0, LN3], [0.0, LN2], [LN2, 0.0]], axis=0) == share(expected)


@pytest.mark.task("softmax", weight=2)
def test_softmax_of_large_scores(student):
    """1000 and 1000 + ln 3 are like 0 and ln 3, and from -1000 to 1000 it is far: 0, 0 and 1"""
    assert student.softmax([1000.0, 1000.0 + LN3]) == share([1 / 4, 3 / 4])
    assert student.softmax([-1000.0, 0.0, 1000.0]) == share([0, 0, 1])


@pytest.mark.task("softmax", weight=2)
def test_softmax_of_rows_that_lie_far_apart(student):
    """A row around 1000 and one around -1000 are both like 0 and ln 3: each has a largest score of its own"""
    assert student.softmax([[1000.0, 1000.0 + LN3], [-1000.0, LN3 - 1000.0]]) == share([[1 / 4, 3 / 4]] * 2)


@pytest.mark.task("softmax", edge=True)
def test_softmax_of_bytes(student):
    """Pixels are stored as uint8, which knows no negative numbers: compute in float64"""
    assert student.softmax(BYTES) == share([1 / (np.e + 1), np.e / (np.e + 1)])


@pytest.mark.task("softmax", edge=True)
def test_softmax_refuses_no_scores(student):
    """No scores, and an axis that is not there, are a ValueError"""
    for s, axis in (([], -1), (np.empty((2, 0)), -1), ([0.0, 1.0], 1)):
        with pytest.raises(ValueError):
            student.softmax(s, axis=axis)


@pytest.mark.task("sigmoid_derivative", weight=2)
def test_sigmoid_derivative_by_hand(student):
    """At ln 3 the sigmoid is 3/4, and its slope 3/4 * 1/4; at 0 it is steepest"""
    assert student.sigmoid_derivative([LN3, 0.0, -LN3]) == close([3 / 16, 1 / 4, 3 / 16])
    assert student.sigmoid_derivative([[LN3], [LN2]]) == close([[3 / 16], [2 / 9]])
    assert student.sigmoid_derivative(0) == close(1 / 4)


@pytest.mark.task("sigmoid_derivative", edge=True)
def test_sigmoid_derivative_of_large_numbers(student):
    """Far out the sigmoid is flat: 0, not NaN"""
    assert student.sigmoid_derivative([-1000.0, 1000.0]) == close([0.0, 0.0])


@pytest.mark.task("tanh_derivative", weight=2)
def test_tanh_derivative_by_hand(student):
    """At ln 2 the tanh is 0.6, and its slope 1 - 0.36; at 0 it is steepest"""
    assert student.tanh_derivative([LN2, 0.0, -LN2]) == close([0.64, 1.0, 0.64])
    assert student.tanh_derivative([[LN2], [LN3]]) == close([[0.64], [0.36]])
    assert student.tanh_derivative(0) == close(1.0)


@pytest.mark.task("tanh_derivative", edge=True)
def test_tanh_derivative_of_large_numbers(student):
    """Far out the tanh is flat: 0, not NaN"""
    assert student.tanh_derivative([-1000.0, 1000.0]) == close([0.0, 0.0])


@pytest.mark.task("relu_derivative", weight=2)
def test_relu_derivative_on_both_sides(student):
    """1 where the ReLU rises, 0 where it is flat, in the shape of the input"""
    assert student.relu_derivative([-2.0, -0.1, 0.1, 0.5]) == close([0, 0, 1, 1])
    assert student.relu_derivative([[-2], [3]]) == close([[0], [1]])


@pytest.mark.task("relu_derivative")
def test_relu_derivative_at_the_corner(student):
    """0 at 0; a single number gives a single number"""
    assert student.relu_derivative(0.0) == close(0)


@pytest.mark.task("softmax_jacobian", weight=2)
def test_softmax_jacobian_of_two_classes(student):
    """Probabilities 1/4 and 3/4: what one wins, the other loses"""
    assert student.softmax_jacobian([0.0, LN3]) == close([[3 / 16, -3 / 16], [-3 / 16, 3 / 16]])


@pytest.mark.task("softmax_jacobian", weight=2)
def test_softmax_jacobian_of_the_handout(student):
    """Probabilities 1/8, 2/8 and 5/8"""
    expected = np.array([[7, -2, -5], [-2, 12, -10], [-5, -10, 15]]) / 64
    assert student.softmax_jacobian([0.0, LN2, np.log(5)]) == close(expected)


@pytest.mark.task("softmax_jacobian", weight=2)
def test_softmax_jacobian_of_large_scores(student):
    """1000 and 1000 + ln 3 are like 0 and ln 3"""
    assert student.softmax_jacobian([1000.0, 1000.0 + LN3]) == close([[3 / 16, -3 / 16], [-3 / 16, 3 / 16]])


@pytest.mark.task("softmax_jacobian", edge=True)
def test_softmax_jacobian_refuses_a_batch(student):
    """The scores of two samples, a batch of one, and no scores are a ValueError"""
    for s in ([[0.0, 1.0], [1.0, 0.0]], [[0.0, 1.0, 2.0]], []):
        with pytest.raises(ValueError):
            student.softmax_jacobian(s)
