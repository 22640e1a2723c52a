"""What a file's name says: which exercise it is for, and how sure that is, however people and systems changed it.

The table `CHANGES` is the one list of what happens to a name on its way: browsers number a second download, Canvas
counts attempts, OneDrive appends the machine, Windows hides an ending. A name is read by taking off one change after
the other until the file's own name is left.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from urllib.parse import unquote_plus

from grader.kit.exercise import Exercise
from grader.kit.room_rights import LANDING, ROOMS


class Sureness(IntEnum):
    """How clearly a name means the file of an exercise."""

    UNUSABLE = 0  # it is about the exercise, and is nothing that can be graded
    GUESSED = 1  # it has the file's name in it: counts where the file defines what the exercise asks for
    RENAMED = 2  # the file's name, changed as systems and people change it
    EXACT = 3


@dataclass(frozen=True)
class Meaning:
    """The exercise that a name is about, whether as a notebook, how sure that is, and why it is not the plain name."""

    exercise: Exercise
    is_notebook: bool
    sureness: Sureness
    why: str = ""


COPY = r"(?:copy|kopie|copie|copia|cópia|kopia|kopi|kopio|másolat)"
# What is taken off the name without its ending, and what did that to it.
CHANGES = tuple(
    (re.compile(pattern, re.IGNORECASE), why)
    for pattern, why in (
        (r"[ _-]?\(\d{1,3}\)$|\[\d{1,3}\]$", "a browser's number for a second download"),
        (r"[ _-]+" + COPY + r"[ _-]?\d{0,3}$", "a copy"),  # Windows, macOS, Jupyter
        (r"^" + COPY + r" (?:of|von|de|di|van|av|af|z) ", "a copy"),
        (r"[ _-]v?\d{1,3}$", "a number behind the name, as Canvas and iCloud give it"),
    )
)
# Of files that are not whole, or not the work itself: by what their names end with.
UNUSABLE = tuple(
    (re.compile(pattern, re.IGNORECASE), why)
    for pattern, why in (
        (r"\.(crdownload|part|partial|download|opdownload|filepart)$", "a download that did not finish"),
        (r"(~|\.(bak|backup|orig|old|save|swp|swo|tmp))$", "a backup that an editor made"),
        (r"\.backup-\d{8}-\d{6}(-\d+)?\.(py|ipynb)$", "the backup that 'grader reset' made"),
    )
)
ENDINGS = {".py": False, ".ipynb": True}  # whether it is a notebook
# An ending that programs put behind a file that they do not know.
SECOND_ENDING = re.compile(r"(?P<name>.+\.(?:py|ipynb))\.(?:txt|text|json|py|ipynb)$", re.IGNORECASE)
# What a file of another kind is called, and what would make it count.
KINDS = {
    **dict.fromkeys((".rar",), "a RAR archive, which is not opened: hand in a zip"),
    **dict.fromkeys((".7z",), "a 7-Zip archive, which is not opened: hand in a zip"),
    **dict.fromkeys(
        (".gz", ".bz2", ".xz", ".zst", ".tzst", ".lz", ".lz4", ".z", ".lzh", ".arj", ".cab", ".sit", ".sitx", ".dmg",
         ".iso", ".zipx", ".z01", ".001"),
        "an archive of a kind that is not opened: hand in a zip",
    ),
    ".pdf": "a PDF",
    **dict.fromkeys((".doc", ".docx", ".odt", ".rtf", ".pages"), "a text document"),
    **dict.fromkeys((".htm", ".html", ".mht"), "a web page, not the notebook itself"),
    **dict.fromkeys((".png", ".gif", ".jpg", ".jpeg", ".svg", ".heic", ".webp", ".bmp"), "a picture"),
    **dict.fromkeys((".txt", ".md"), "a text"),
    **dict.fromkeys((".pyc", ".pyo"), "a compiled file"),
    **dict.fromkeys((".url", ".lnk", ".webloc"), "a link, not the file itself"),
}  # fmt: skip
SEALED = tuple(ending for ending, what in KINDS.items() if "archive" in what)

TYPED = re.compile(r"(?:.*_)?(?:onlinetext|text|link)\.html", re.DOTALL)

# Folders of programs and of the kit itself, and files that the kit has or that systems leave: never a hand-in.
SKIPPED_FOLDERS = frozenset(
    {".git", ".venv", "venv", "__pycache__", "__MACOSX", "node_modules", "site-packages", ".ipynb_checkpoints"}
)
# What lies in the kit's own `grader`; looked at once, since whoever reads hand-ins may see nothing of the kit.
KITS_GRADER = frozenset(
    {room.name.split("/")[1] for room in ROOMS if room.name.startswith("grader/")}
    | {path.name for path in LANDING.glob("*.py")}
)
IRRELEVANT = re.compile(
    r"\..*|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r|__init__\.py|conftest\.py|LICENSE|SHA256SUMS|tox\.ini"
    r"|test_.+\.py|README(\.\w+)?|pyproject\.toml|requirements\.txt|uv\.lock|demo\.py|exercise\.toml|hints\.toml"
    r"|known_mistakes\.toml|picture\.(png|gif)|(AGENTS|CLAUDE)\.md|.+\.py[co]",
    re.IGNORECASE | re.DOTALL,
)


def read_name(name: str, exercises: Iterable[Exercise]) -> Meaning | None:
    """Return what a file called `name` is for; None when that is no exercise, or could be two.

    The tests of an exercise are the kit's, and no hand-in; what begins with a dot is hidden by a program.
    """
    if name.startswith(".") or re.match(r"test[ _-]", name, re.IGNORECASE):
        return None
    by_module = {exercise.module: exercise for exercise in exercises}
    plain, why = _unwrapped(name)
    unusable = ""
    for pattern, what in UNUSABLE:
        if pattern.search(plain):
            plain, unusable = _with_ending(pattern.sub("", plain), plain), what
            break
    stem, dot, ending = plain.rpartition(".")
    kind = f".{ending}".lower()
    if not dot or kind in (".pyc", ".pyo"):
        return None
    if kind not in (*ENDINGS, ".txt"):
        unusable = unusable or KINDS.get(kind, f"not a file that is graded ({kind})")
    found = _of_stem(stem, by_module)
    if found is None:
        return None
    exercise, sureness, change = found
    if unusable:
        advice = "" if "hand in" in unusable else f": hand in {exercise.filename}"
        return Meaning(exercise, False, Sureness.UNUSABLE, unusable + advice)
    if kind == ".txt":
        return Meaning(exercise, False, Sureness.GUESSED, "the ending .txt in place of .py")
    is_notebook = ENDINGS[kind]
    if name == f"{exercise.module}.{'ipynb' if is_notebook else 'py'}":
        return Meaning(exercise, is_notebook, Sureness.EXACT)
    return Meaning(exercise, is_notebook, min(sureness, Sureness.RENAMED), why or change or "written in another way")


def is_sealed(name: str) -> bool:
    """Whether it is an archive that is not opened, and could hold anything."""
    return name.lower().endswith(SEALED)


def is_typed(path: str) -> bool:
    """Whether it is what a student typed into the LMS, as Moodle and Canvas export it."""
    return TYPED.fullmatch(path.rpartition("/")[2]) is not None


def is_irrelevant(parts: tuple[str, ...]) -> bool:
    """Whether a file is the kit's own, or one that systems and programs leave behind."""
    *folders, name = parts
    if SKIPPED_FOLDERS.intersection(folders) or IRRELEVANT.fullmatch(name):
        return True
    return "datasets" in folders or in_kits_grader(parts)


def in_kits_grader(parts: tuple[str, ...]) -> bool:
    """Whether the path leads into the kit's own `grader`: it has files of the exercises' names, untouched ones too."""
    return any(folder == "grader" and following in KITS_GRADER for folder, following in pairwise(parts))


def what_it_is(name: str) -> str:
    """Say in words why a file that means no exercise is not graded, and what would make it count."""
    if is_typed(name):
        return "typed into the LMS: hand in the file itself"
    kind = "." + name.rpartition(".")[2].lower() if "." in name else ""
    if kind in ENDINGS:
        return "its name is that of no exercise: name it as the exercise's file is named, such as metrics.py"
    if is_sealed(name):
        return KINDS[next(ending for ending in SEALED if name.lower().endswith(ending))]
    what = KINDS.get(kind, "not a file that is graded")
    return f"{what}: Python files and notebooks count, in a folder or a zip"


def _unwrapped(name: str) -> tuple[str, str]:
    """Take off what lies around a whole name: a link's escapes, a second ending."""
    why = ""
    if re.search(r"%[0-9A-Fa-f]{2}", name):
        name, why = unquote_plus(name), "the name as a link writes it"
    if found := SECOND_ENDING.fullmatch(name):
        name, why = found["name"], "a second ending"
    return name, why


def _with_ending(stripped: str, before: str) -> str:
    """Give a name whose backup mark was in front of its ending the ending back."""
    ending = before[before.rfind(".") :]
    return (
        stripped if stripped.lower().endswith(tuple(ENDINGS)) else stripped + (ending if ending in ENDINGS else ".py")
    )


def _of_stem(stem: str, by_module: dict[str, Exercise]) -> tuple[Exercise, Sureness, str] | None:
    """Return the exercise that a name without its ending is about."""
    words = _words(stem)
    left, why = stem, ""
    numbered = {f"{exercise.number}_{module}": exercise for module, exercise in by_module.items()}
    while True:
        name = _words(left)
        if name in by_module:
            return by_module[name], Sureness.RENAMED, why
        if name in numbered:
            return numbered[name], Sureness.RENAMED, "the exercise's number in front"
        for pattern, change in CHANGES:
            shorter = pattern.sub("", left)
            if shorter and shorter != left:
                left, why = shorter, change
                break
        else:
            break
    holding = [exercise for exercise in by_module.values() if f"_{exercise.module}_" in f"_{words}_"]
    if not holding:
        holding = [exercise for exercise in by_module.values() if exercise.number in words.split("_")]
    return (holding[0], Sureness.GUESSED, "a name of one's own") if len(holding) == 1 else None


def _words(text: str) -> str:
    """Lower case, with one underscore between words."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")
