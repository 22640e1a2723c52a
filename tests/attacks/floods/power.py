"""A power with a hundred million digits.

Says: CPU time
"""


def confusion_matrix(*args):
    return 10**10**8
