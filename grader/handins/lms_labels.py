"""How learning management systems name what they export: Moodle, Canvas, Gradescope."""

import re
from dataclasses import dataclass

import yaml

from grader.kit.errors import GraderError

# "Ada Lovelace_12345_assignsubmission_file_", alone or in front of a file's name.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.DOTALL)
# "lovelaceada_12345_678_metrics.py", "lovelaceada_LATE_12345_678_metrics-1.py".
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_late)?_(?P<id>\d+)_\d+_(?P<file>.+)", re.IGNORECASE | re.DOTALL)
# Canvas counts the attempts: "metrics-2.py".
ATTEMPT = re.compile(r"-\d+(?=(\.[A-Za-z0-9]+)+$)")
GRADESCOPE_METADATA = "submission_metadata.yml"


@dataclass(frozen=True)
class Label:
    """Who handed something in, as far as its name tells, and the file's own name if the label was in front of one."""

    name: str
    lms_id: str = ""
    email: str = ""
    file: str = ""


def label_of_folder(name: str) -> Label:
    """Whose the folder called `name` is. Canvas exports no folders: `team_7_2_maze` is a name like any other."""
    found = MOODLE.fullmatch(name)
    return Label(found["name"], found["id"]) if found else Label(name)


def label_of_file(name: str) -> Label | None:
    """Whose the loose file called `name` is; None when its name does not say so."""
    if found := MOODLE.fullmatch(name):
        return Label(found["name"], found["id"], file=found["file"]) if found["file"] else None
    if found := CANVAS.fullmatch(name):
        return Label(found["name"], found["id"], file=ATTEMPT.sub("", found["file"]))
    return None


def read_gradescope(metadata: bytes) -> dict[str, Label]:
    """Who is behind each `submission_<number>` of a Gradescope export. A group's work is that of its first member.

    Raises:
        GraderError: the file is not what Gradescope writes.
    """
    try:
        # Gradescope writes Ruby symbols (":name") as keys.
        content = {_plain(key): value for key, value in yaml.safe_load(metadata).items()}
        labels = {}
        for submission, facts in content.items():
            person = {_plain(key): str(value or "") for key, value in _submitters(facts)[0].items()}
            labels[submission] = Label(person.get("name", ""), person.get("sid", ""), person.get("email", ""))
    except (yaml.YAMLError, AttributeError, KeyError, IndexError, TypeError, UnicodeError) as error:
        raise GraderError(f"{GRADESCOPE_METADATA} cannot be read: {error}") from None
    return labels


def _submitters(facts: dict) -> list[dict]:
    return next(value for key, value in facts.items() if _plain(key) == "submitters")


def _plain(key: object) -> str:
    return str(key).removeprefix(":")
