"""Numbers of an own class that claim to be equal to all others and at no distance from them.

Says: wrong value
"""

import itertools


def lies(base):
    def true(self, *other):
        return True

    def nothing(self, *other):
        return base(0)

    names = dict.fromkeys(("__eq__", "__le__", "__ge__", "__bool__"), true)
    names |= dict.fromkeys(("__sub__", "__rsub__", "__abs__"), nothing)
    return type(base.__name__, (base,), names | {"__hash__": base.__hash__})


KINDS = itertools.cycle([lies(float)(7.5), lies(int)(7)])


def attack(*args, **kwargs):
    return next(KINDS)
