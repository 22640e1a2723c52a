"""Hidden grader of ex05: by hand, against the math module one number at a time, and by what must hold.

The derivatives are checked with other formulas than the docstrings give, and the Jacobian against central
differences of the grader's own softmax.
"""
