"""What goes wrong with the errors of predicted numbers: signs, roots, and which mean is meant."""

import numpy as np

from grader.misconceptions import misconception


@misconception("mean_absolute_error")
def lets_errors_cancel(y_true, y_pred):
    """Errors of +3 and -3 are not "no error": take the absolute value of each one before the mean."""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(abs(np.mean(y_pred - y_true)))


@misconception("mean_absolute_error")
def keeps_the_signs(y_true, y_pred):
    """An error of -3 makes your result smaller, which may even be negative: what do the bars in |y - t| stand for?"""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.mean(y_pred - y_true))


@misconception("mean_absolute_error")
def sums_the_errors(y_true, y_pred):
    """Your result is the sum of the errors: what does the formula on the slide do with it last?"""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.sum(np.abs(y_pred - y_true)))


@misconception("mean_absolute_error")
def is_the_root_of_the_mean_square(y_true, y_pred):
    """The root of the mean square weighs large errors more: here each error counts as it is."""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.sqrt(np.mean((y_pred - y_true) ** 2)))


@misconception("mean_absolute_error")
def takes_the_median(y_true, y_pred):
    """The median forgets how large the large errors are: the formula divides their sum by n."""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.median(np.abs(y_pred - y_true)))


@misconception("mean_absolute_error")
def wraps_around_below_zero(y_true, y_pred):
    """In bytes (uint8), 3 - 5 is 254: turn both into float64 before subtracting."""
    y_true, y_pred = _paired(y_true, y_pred)
    return float(np.mean(np.abs(y_true - y_pred)))


@misconception("mean_absolute_error")
def stretches_a_single_value(y_true, y_pred):
    """NumPy compares one value with many without complaint: check the lengths before subtracting."""
    y_true, y_pred = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    return float(np.mean(np.abs(y_pred - y_true)))


@misconception("mean_squared_error")
def takes_the_root(y_true, y_pred):
    """The root of the mean squared error is another metric (RMSE): the slide stops before the root."""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.sqrt(np.mean((y_pred - y_true) ** 2)))


@misconception("mean_squared_error")
def halves_the_error(y_true, y_pred):
    """The factor 1/2 is for nicer derivatives: the metric of the slide is without it."""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.mean((y_pred - y_true) ** 2) / 2)


@misconception("mean_squared_error")
def squares_the_mean(y_true, y_pred):
    """Square first, then take the mean: in the other order errors of different signs cancel."""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.mean(y_pred - y_true) ** 2)


@misconception("mean_squared_error")
def sums_the_squares(y_true, y_pred):
    """Your result is the sum of the squares: what does the formula on the slide do with it last?"""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.sum((y_pred - y_true) ** 2))


@misconception("mean_squared_error")
def divides_by_one_less(y_true, y_pred):
    """n - 1 belongs to the estimate of a variance; an error is averaged over all n samples."""
    y_true, y_pred = _numbers(y_true, y_pred)
    return float(np.sum((y_pred - y_true) ** 2) / max(len(y_true) - 1, 1))


@misconception("mean_squared_error")
def squares_in_the_type_of_the_pixels(y_true, y_pred):
    """50 * 50 does not fit into uint8: turn both into float64 before you compute."""
    y_true, y_pred = _paired(y_true, y_pred)
    return float(np.mean((y_pred - y_true) ** 2))


@misconception("r2_score")
def is_the_ratio_only(y_true, y_pred):
    """A perfect prediction has SS_res = 0 and should get 1: what is the ratio subtracted from?"""
    return 1 - _determination(y_true, y_pred)


@misconception("r2_score")
def squares_the_correlation(y_true, y_pred):
    """The squared correlation forgives every shift and every factor, even a negative one: R2 does not, it can
    be negative.
    """
    y_true, y_pred = _numbers(y_true, y_pred)
    if np.ptp(y_true) == 0 or np.ptp(y_pred) == 0:
        return float(np.array_equal(y_true, y_pred))
    return float(np.corrcoef(y_true, y_pred)[0, 1] ** 2)


@misconception("r2_score")
def swaps_its_arguments(y_true, y_pred):
    """Whose mean and whose spread stand in SS_tot? Those of the true values."""
    return _determination(y_pred, y_true)


@misconception("r2_score")
def compares_with_the_mean_of_the_predictions(y_true, y_pred):
    """The bar over the y: the mean in SS_tot is that of the true values, not that of the predictions."""
    y_true, y_pred = _numbers(y_true, y_pred)
    if np.ptp(y_true) == 0:
        return float(np.array_equal(y_true, y_pred))
    return float(1 - np.sum((y_true - y_pred) ** 2) / np.sum((y_true - y_pred.mean()) ** 2))


@misconception("r2_score")
def is_the_explained_variance(y_true, y_pred):
    """SS_res is not the variance of the errors: a prediction that is always 5 too high has no variance and is
    still wrong.
    """
    y_true, y_pred = _numbers(y_true, y_pred)
    if np.ptp(y_true) == 0:
        return float(np.array_equal(y_true, y_pred))
    return float(1 - np.var(y_true - y_pred) / np.var(y_true))


@misconception("r2_score")
def is_never_negative(y_true, y_pred):
    """A prediction can be worse than the mean, and R2 says so with a negative number: do not cut it off."""
    return max(0.0, _determination(y_true, y_pred))


@misconception("r2_score")
def mixes_a_sum_with_a_mean(y_true, y_pred):
    """One of the two parts of the fraction is a sum and the other one a mean: both are sums of squares."""
    y_true, y_pred = _numbers(y_true, y_pred)
    if np.ptp(y_true) == 0:
        return float(np.array_equal(y_true, y_pred))
    return float(1 - np.mean((y_true - y_pred) ** 2) / np.sum((y_true - y_true.mean()) ** 2))


@misconception("r2_score")
def does_not_square_the_parts(y_true, y_pred):
    """The first S of SS_res and SS_tot is for sum, the second one for *squares*: with absolute values it is
    another metric.
    """
    y_true, y_pred = _numbers(y_true, y_pred)
    if np.ptp(y_true) == 0:
        return float(np.array_equal(y_true, y_pred))
    return float(1 - np.sum(np.abs(y_true - y_pred)) / np.sum(np.abs(y_true - y_true.mean())))


@misconception("r2_score")
def divides_by_no_spread(y_true, y_pred):
    """When all true values are equal, SS_tot is 0: the docstring says what to return then."""
    y_true, y_pred = _numbers(y_true, y_pred)
    with np.errstate(all="ignore"):
        return float(1 - np.sum((y_true - y_pred) ** 2) / np.sum((y_true - y_true.mean()) ** 2))


@misconception("r2_score")
def gives_a_constant_target_always_zero(y_true, y_pred):
    """Even for a constant target a prediction can be perfect: the docstring distinguishes two cases."""
    return 0.0 if len(y_true) > 0 and np.ptp(y_true) == 0 else _determination(y_true, y_pred)


def _numbers(y_true, y_pred):
    y_true, y_pred = _paired(y_true, y_pred)
    return y_true.astype(float), y_pred.astype(float)


def _determination(y_true, y_pred):
    y_true, y_pred = _numbers(y_true, y_pred)
    if np.ptp(y_true) == 0:
        return float(np.array_equal(y_true, y_pred))
    return float(1 - np.sum((y_true - y_pred) ** 2) / np.sum((y_true - y_true.mean()) ** 2))
