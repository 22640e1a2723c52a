"""Hidden grader of ex04: small integers and rates of 1 and 0.5, so that every score, ties included, is exact.

What `train` finds depends on the order of the samples, which is the student's own; what is tested holds for
every order.
"""
