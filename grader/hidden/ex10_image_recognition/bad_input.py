"""What must be refused."""

import pytest


def refuses(function, *args):
    with pytest.raises(ValueError):
        function(*args)
