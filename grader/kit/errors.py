"""The one exception that a command turns into a single clear line."""


class GraderError(Exception):
    """A problem that the person at the keyboard can fix: says what is wrong, where, and what to do next."""
