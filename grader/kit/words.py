"""Numbers and nouns."""


def counted(number: int, noun: str) -> str:
    """`1 student`, `2 students`: a number with a noun whose plural ends in s."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
