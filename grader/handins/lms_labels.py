"""How learning management systems name what they export, one row of a table for each.

Canvas: `lib/content_zipper.rb` of https://github.com/instructure/canvas-lms; a group's name and the id of one member
stand where a student's do, and an anonymous assignment has `anon_` and five characters in place of both. Moodle:
`mod/assign/locallib.php`; `_assignsubmission_` is the same in every language, "Participant" is not. Blackboard's word
for "attempt" is translated, too. ILIAS: `class.ilExSubmission.php`.
"""

import re
from dataclasses import dataclass
from datetime import datetime

import yaml

from grader.kit.errors import GraderError

# Canvas counts the attempts: "metrics-2.py".
ATTEMPT = re.compile(r"-\d+(?=(\.[A-Za-z0-9]+)+$)")
GRADESCOPE_METADATA = "submission_metadata.yml"
FLAGS = re.IGNORECASE | re.DOTALL


@dataclass(frozen=True)
class Label:
    """Who handed something in, as far as its name tells, and the file's own name if the label was in front of one.

    `apart` tells people of one name apart where the system has a number for them that no roster knows; `handed_in` are
    seconds since 1970, 0 where the name does not say when.
    """

    name: str
    lms_id: str = ""
    email: str = ""
    file: str = ""
    late: bool = False
    apart: str = ""
    handed_in: float = 0.0


@dataclass(frozen=True)
class Form:
    """How one system names what it exports; the groups of the pattern are fields of a label."""

    system: str
    pattern: re.Pattern[str]


NAME = r"[^_][\w' .,-]*?"  # Canvas leaves letters, digits and underscores of a name
MOODLE = Form(
    # "Ada Lovelace_12345_assignsubmission_file_", alone or in front of a file's name.
    "Moodle", re.compile(r"(?P<name>.+?)_(?P<lms_id>\d+)_assignsubmission_(?:file_?)?(?P<file>.*)", FLAGS)
)  # fmt: skip
DESIRE2LEARN = Form(
    # "123-456 - Ada Lovelace - Jan 2, 2026 304 PM - metrics.py", and without a file's name as a folder.
    "D2L",
    re.compile(
        r"(?P<apart>\d+)-\d+ - (?P<name>.+?) - (?P<when>[^-]*\b\d{4}\b[^-]*?)(?: - (?P<file>.+))?", FLAGS
    ),
)  # fmt: skip
# What Moodle calls a student whose name it hides; such names are one for all but for the number.
PARTICIPANT = (
    r"participant|participante|partecipante|deelnemer|teilnehmer\W?(?:in)?|deltaker|deltagare|deltager|uczestnik"
    r"|účastník|résztvevő|osallistuja|участник|учасник|katılımcı|参加者|参与者"
)
PARTICIPANTS = Form("Moodle", re.compile(rf"(?P<name>{PARTICIPANT})[ _](?P<lms_id>\d+)", FLAGS))
FILES = (
    MOODLE,
    DESIRE2LEARN,
    # "Homework 1_alovelace_attempt_2026-01-02-03-04-05_metrics.py"; without a file's name it is Blackboard's receipt.
    Form("Blackboard", re.compile(
        r".+_(?P<name>[^_]+)_[^\W\d_]+_(?P<when>\d{4}(?:-\d{2}){5})(?:_(?P<file>.+)|\.txt)", FLAGS)),
    # "anon_x7Kp3_704_metrics.py", "LATE_anon_x7Kp3_704_metrics.py"
    Form("Canvas", re.compile(r"(?P<late>late_)?(?P<name>anon_[A-Za-z0-9]+)_\d+_(?P<file>.+)", FLAGS)),
    # A group whose name ends with a number: "team_3_12370_702_metrics.py". A student's id has more than two digits.
    Form("Canvas", re.compile(
        r"(?P<name>" + NAME + r"_\d{1,2})(?P<late>_late)?_(?P<lms_id>\d{3,})_\d{3,}_(?P<file>.+)", FLAGS)),
    # "lovelaceada_12345_678_metrics.py", "lovelaceada_LATE_12345_678_metrics-1.py"
    Form("Canvas", re.compile(
        r"(?P<name>" + NAME + r")(?P<late>_late)?_(?P<lms_id>\d+)_(?:\d+_(?P<file>.+)|(?P<typed>(?:text|link)\.html))",
        FLAGS)),
    # Canvas of some years ago: "lovelace-ada--12345_678_metrics.py"
    Form("Canvas", re.compile(
        r"(?P<name>[^_]+?)-+(?P<late>late-+)?(?P<lms_id>\d+)_\d+_(?P<file>.+)", FLAGS)),
)  # fmt: skip
FOLDERS = (MOODLE, PARTICIPANTS, DESIRE2LEARN)
# A folder of ILIAS, "Lovelace_Ada_alovelace_12345". Other folders look like it: all of a class must.
ILIAS = re.compile(r"(?P<last>[^_]+)_(?P<first>[^_]+)_(?P<login>[^_]+)_(?P<id>\d+)")
DATES = ("%b %d, %Y %I%M %p", "%Y-%m-%d-%H-%M-%S")


def label_of_folder(name: str) -> Label:
    """Whose the folder called `name` is. Canvas exports no folders: `team_7_2_maze` is a name like any other."""
    return _label(FOLDERS, name) or Label(name)


def label_of_ilias(name: str) -> Label:
    """Whose a folder of ILIAS is."""
    found = ILIAS.fullmatch(name)
    return Label(f"{found['first']} {found['last']}", found["id"], found["login"]) if found else Label(name)


def label_of_file(name: str) -> Label | None:
    """Whose the loose file called `name` is; None when its name does not say so."""
    return _label(FILES, name)


def is_receipt(name: str) -> bool:
    """Whether it is what a system writes beside the hand-ins: it says who handed in what, or what was typed."""
    found = next((found for form in FILES if (found := form.pattern.fullmatch(name))), None)
    return (found is not None and not found["file"] and name.endswith(".txt")) or name.lower() in (
        "index.html",
        GRADESCOPE_METADATA,
    )


def read_gradescope(metadata: bytes) -> dict[str, list[Label]]:
    """Who is behind each `submission_<number>` of a Gradescope export: one student, or all of a group.

    Who has no name there goes by the email address, else by the id.

    Raises:
        GraderError: the file is not what Gradescope writes.
    """
    try:
        # Gradescope writes Ruby symbols (":name") as keys.
        content = {_plain(key): value for key, value in yaml.safe_load(metadata).items()}
        return {
            submission: [_submitter(person, submission) for person in _submitters(facts)]
            for submission, facts in content.items()
        }
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, UnicodeError) as error:
        raise GraderError(f"{GRADESCOPE_METADATA} cannot be read: {error}") from None


def _label(forms: tuple[Form, ...], name: str) -> Label | None:
    for form in forms:
        if found := form.pattern.fullmatch(name):
            facts = found.groupdict()
            file = facts.get("file") or facts.get("typed") or ""
            name_there = facts["name"]
            if re.fullmatch(PARTICIPANT, name_there, re.IGNORECASE):
                name_there += f" ({facts['lms_id']})"
            label = Label(
                name_there, facts.get("lms_id") or "", late=bool(facts.get("late")), apart=facts.get("apart") or "",
                handed_in=_seconds(facts.get("when") or ""),
                file=ATTEMPT.sub("", file) if form.system == "Canvas" else file,
            )  # fmt: skip
            return label if file or forms is FOLDERS else None
    return None


def _seconds(when: str) -> float:
    """Seconds since 1970 of a date as a system writes it in English; 0 for others."""
    when = re.sub(r"\b(\d{3}) ([AP]M)$", r"0\1 \2", when)
    for form in DATES:
        try:
            return datetime.strptime(when, form).timestamp()
        except (ValueError, OverflowError):
            continue
    return 0.0


def _submitter(person: dict, submission: str) -> Label:
    facts = {_plain(key): str(value or "").strip() for key, value in person.items()}
    name, number, email = (facts.get(key, "") for key in ("name", "sid", "email"))
    return Label(name or email or number or submission, number, email)


def _submitters(facts: dict) -> list[dict]:
    return {_plain(key): value for key, value in facts.items()}["submitters"] or []


def _plain(key: object) -> str:
    return str(key).removeprefix(":")
