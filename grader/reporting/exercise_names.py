"""What an exercise is called in what people read, also when the kit has it no more."""

from grader.kit.exercise import load_catalog


def title_of(exercise: str) -> str:
    """Return the title of an exercise; its name when the kit has it no more."""
    known = load_catalog().get(exercise)
    return known.title if known else exercise


def short_name(exercise: str) -> str:
    """`ex01` of `ex01_metrics`."""
    return exercise.split("_", 1)[0]


def heading_of(exercise: str) -> str:
    """`ex01 Metrics` of `ex01_metrics`; its name when the kit has it no more."""
    return f"{short_name(exercise)} {title_of(exercise)}" if exercise in load_catalog() else exercise
