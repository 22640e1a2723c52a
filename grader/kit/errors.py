"""The one exception that a command turns into a single clear line."""


class GraderError(Exception):
    """Something that the person at the keyboard can mend: says what is wrong, where, and what to do next."""
