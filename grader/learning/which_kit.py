"""Whether the folder that a student works in is the kit that Python runs: a copied kit has to be installed, too."""

from pathlib import Path

from grader.kit.exercise import KIT

MARK = Path("grader", "kit", "exercise.py")


def problem_of_folder(folder: Path) -> str:
    """Return what to do where `folder` is in another kit than the one that is installed, or ""."""
    for place in (folder.resolve(), *folder.resolve().parents):
        if (place / MARK).is_file():
            if place == KIT:
                return ""
            return (
                f"this folder is in the kit {place}, and Python uses the kit {KIT}: run 'python -m pip install -e .'"
                f" in {place}"
            )
    return ""
