"""An object that is equal to everything, converts to anything and takes part in every NumPy operation.

Says: RemoteObject|Liar
"""


class Liar:
    __hash__ = object.__hash__

    def __eq__(self, other):
        return True

    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = __eq__

    def __float__(self):
        return 0.5

    def __array__(self, *args, **kwargs):
        raise SystemExit

    def __array_ufunc__(self, *args, **kwargs):
        return True

    def __array_function__(self, *args, **kwargs):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __abs__ = __sub__

    def __getattr__(self, name):
        return self


def attack(*args, **kwargs):
    return Liar()
