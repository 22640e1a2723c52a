"""A regular expression that takes exponential time.

Says: CPU time
"""

import re


def confusion_matrix(*args):
    return re.fullmatch("(a+)+b", "a" * 60)
