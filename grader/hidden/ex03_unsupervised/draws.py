"""What the tests of ex03 draw."""


def integers(rng, *shape, largest=9):
    """Small integers in floats: squared distances between them are exact in any order of summation."""
    return rng.integers(-largest, largest + 1, size=shape).astype(float)
