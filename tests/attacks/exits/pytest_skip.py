"""Skips, or expects the failure of, every test that calls a function."""

import itertools

import pytest

WAYS = itertools.cycle([pytest.skip, pytest.xfail, pytest.exit, pytest.importorskip])


def attack(*args, **kwargs):
    next(WAYS)("no_such_module")
