"""What an LMS hands out is found without unpacking it, and a bad archive is its student's reason and nobody else's."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.handins import archives as trees
from grader.handins.find import find_students
from grader.handins.hand_ins import HandIn, find_hand_ins
from grader.handins.roster import Roster, by_roster, read_roster
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, Task

METRICS = Exercise("ex01_metrics", "Metrics", "metrics", (), "numpy", (Task("a", 100, 1.0),))
SOURCE = b"print('mine')\n"
PATH = "ex01_metrics/metrics.py"


def zipped(files: dict[str, bytes], **options: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def found_in(place: Path) -> dict[str, HandIn]:
    """What every student of a class handed in for ex01."""
    return {name: find_hand_ins(student, [METRICS])["ex01_metrics"] for name, student in find_students(place).items()}


def sources_in(place: Path) -> dict[str, bytes | None]:
    return {name: hand_in.source for name, hand_in in found_in(place).items()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("mode", ["w:", "w:gz", "w:bz2", "w:xz"])
def test_one_archive_per_student(place: Path, mode: str):
    suffix = {"w:": ".tar", "w:gz": ".tar.gz", "w:bz2": ".tbz2", "w:xz": ".tar.xz"}[mode]
    (place / "ada.zip").write_bytes(zipped({f"my work/{PATH}": SOURCE}))
    (place / f"ben{suffix}").write_bytes(tarred({f"exercises/{PATH}": b"ben's", "README.md": b"hello"}, mode))
    assert sources_in(place) == {"ada": SOURCE, "ben": b"ben's"}


def test_moodles_folders_and_files(place: Path):
    folder = place / "Ada Lovelace_12345_assignsubmission_file_"
    folder.mkdir()
    (folder / "metrics.py").write_bytes(SOURCE)
    (place / "Ben Ali_777_assignsubmission_file_exercises.zip").write_bytes(zipped({PATH: b"ben's"}))
    (place / "Zoë Ng_9_assignsubmission_file_metrics.py").write_bytes(b"zoe's")
    (place / "Zoë Ng_9_assignsubmission_onlinetext.html").write_bytes(b"<p>my comment")
    assert sources_in(place) == {"Ada Lovelace": SOURCE, "Ben Ali": b"ben's", "Zoë Ng": b"zoe's"}


def test_moodles_bulk_archive(tmp_path: Path):
    inner = zipped({f"kit/exercises/{PATH}": b"ben's"})
    content = {
        "Ada Lovelace_12345_assignsubmission_file_/metrics.py": SOURCE,
        "Ben Ali_777_assignsubmission_file_/hand in.zip": inner,
        "Ben Ali_778_assignsubmission_file_/metrics.py": b"another Ben's",
        "Eve_9_assignsubmission_file_/": b"",
    }
    archive = tmp_path / "Course-Assignment-1.zip"
    archive.write_bytes(zipped(content))
    assert sources_in(archive) == {
        "Ada Lovelace": SOURCE, "Ben Ali (777)": b"ben's", "Ben Ali (778)": b"another Ben's", "Eve": None,
    }  # fmt: skip


def test_canvas_files_late_ones_and_attempts(place: Path):
    (place / "lovelaceada_111_2001_metrics.py").write_bytes(SOURCE)
    (place / "aliben_LATE_222_2002_metrics-3.py").write_bytes(b"ben's")
    (place / "ngzoe_333_2003_hand-in.zip").write_bytes(zipped({PATH: b"zoe's"}))
    (place / "ngzoe_333_2004_notes.txt").write_bytes(b"see the archive")
    assert sources_in(place) == {"lovelaceada": SOURCE, "aliben": b"ben's", "ngzoe": b"zoe's"}
    archive = place.parent / "submissions.zip"
    archive.write_bytes(zipped({path.name: path.read_bytes() for path in place.iterdir()}))
    assert sources_in(archive) == sources_in(place)


METADATA = """---
submission_41:
  :submitters:
  - :name: Ada Lovelace
    :sid: '12345'
    :email: ada@example.org
  :created_at: 2026-11-24 10:00:00.000000000 Z
  :score: 0.0
submission_42:
  :submitters:
  - :name: Ben Ali
    :sid:
    :email: ben@example.org
  - :name: Zoë Ng
  - :name:
    :sid:
    :email: kim@example.org
  - :name: ''
    :sid: 777
"""


@pytest.mark.parametrize("form", ["folder", "archive"])
def test_gradescopes_export(place: Path, form: str):
    files = {
        "assignment_1_export/submission_metadata.yml": METADATA.encode(),
        "assignment_1_export/submission_41/metrics.py": SOURCE,
        "assignment_1_export/submission_42/exercises.zip": zipped({PATH: b"ben's"}),
    }
    if form == "archive":
        place = place / "export.zip"
        place.write_bytes(zipped(files))
    else:
        for name, content in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        place = place / "assignment_1_export"
    group = dict.fromkeys(("Ben Ali", "Zoë Ng", "kim@example.org", "777"), b"ben's")
    assert sources_in(place) == {"Ada Lovelace": SOURCE, **group}, "all of a group, each under some name"


def test_a_gradescope_export_with_damaged_metadata_is_a_clear_error(place: Path):
    (place / "submission_41").mkdir()
    (place / "submission_metadata.yml").write_text("submission_41: [unclosed")
    with pytest.raises(GraderError, match=r"submission_metadata\.yml cannot be read"):
        find_students(place)
    (place / "submission_metadata.yml").write_text("!!python/object/apply:os.system ['true']")
    with pytest.raises(GraderError, match=r"submission_metadata\.yml cannot be read"):
        find_students(place)


def test_a_checkout_of_git_is_a_folder_like_any_other(place: Path):
    (place / "hw1-ada" / ".git" / "objects").mkdir(parents=True)
    (place / "hw1-ada" / ".git" / "metrics.py").write_bytes(b"not this one")
    (place / "hw1-ada" / "ex01_metrics").mkdir()
    (place / "hw1-ada" / PATH).write_bytes(SOURCE)
    assert sources_in(place) == {"hw1-ada": SOURCE}


def test_folders_that_are_named_like_files_of_canvas_are_not_mixed_up(place: Path):
    for name in ("team_7_2_maze", "team_7_2_catch"):
        (place / name / "ex01_metrics").mkdir(parents=True)
        (place / name / PATH).write_bytes(name.encode())
    assert sources_in(place) == {"team_7_2_catch": b"team_7_2_catch", "team_7_2_maze": b"team_7_2_maze"}


def test_a_damaged_archive_takes_nothing_from_the_files_beside_it(place: Path):
    (place / "ada" / "ex01_metrics").mkdir(parents=True)
    (place / "ada" / PATH).write_bytes(SOURCE)
    (place / "ada" / "data.zip").write_bytes(b"cut off")
    (place / "ben").mkdir()
    (place / "ben" / "all.zip").write_bytes(zipped({"readme.txt": b"hello", "more.tar": b"no archive"}))
    found = found_in(place)
    assert found["ada"] == HandIn(SOURCE)
    assert found["ben"].source is None
    assert "the archive more.tar is damaged" in found["ben"].note


def link_in_zip(target: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(PATH)
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, target)
    return buffer.getvalue()


def special_in_tar(kind: bytes, target: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(PATH)
        member.type, member.linkname = kind, target
        archive.addfile(member)
    return buffer.getvalue()


def lying_zip() -> bytes:
    """Says that the file is small; it inflates to 50 MB."""
    content = bytearray(zipped({PATH: bytes(50 * 2**20)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(signature)
        content[at + offset : at + offset + 4] = struct.pack("<I", 100)
    return bytes(content)


def encrypted_zip() -> bytes:
    content = bytearray(zipped({PATH: SOURCE}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def flipped_zip() -> bytes:
    content = bytearray(zipped({PATH: SOURCE * 50}))
    content[60] ^= 0xFF
    return bytes(content)


HOSTILE = {
    "leads out.zip": (zipped({f"../../{PATH}": SOURCE}), "leads out of it"),
    "absolute.zip": (zipped({f"/tmp/{PATH}": SOURCE}), "leads out of it"),
    "drive.zip": (zipped({f"C:\\{PATH}": SOURCE}), "leads out of it"),
    "backslashes.zip": (zipped({"..\\..\\metrics.py": SOURCE}), "leads out of it"),
    "leads out.tar.gz": (tarred({f"../{PATH}": SOURCE}), "leads out of it"),
    "link.zip": (link_in_zip("/etc/passwd"), "not a regular file"),
    "link.tar": (special_in_tar(tarfile.SYMTYPE, "/etc/passwd"), "not a regular file"),
    "hard link.tar": (special_in_tar(tarfile.LNKTYPE, "/etc/passwd"), "not a regular file"),
    "device.tar": (special_in_tar(tarfile.CHRTYPE), "not a regular file"),
    "pipe.tar": (special_in_tar(tarfile.FIFOTYPE), "not a regular file"),
    "bomb.zip": (zipped({PATH: bytes(900 * 2**10)}), None),
    "bomb within.zip": (zipped({"inner.zip": zipped({PATH: bytes(2**26)})}), "larger than 1 MB"),
    "lies.zip": (lying_zip(), "metrics.py"),
    "encrypted.zip": (encrypted_zip(), "encrypted"),
    "flipped bit.zip": (flipped_zip(), "damaged"),
    "cut.zip": (zipped({PATH: SOURCE})[:-30], "damaged"),
    "cut.tar.gz": (tarred({PATH: os.urandom(90000)})[:-3000], "damaged"),
    "empty.zip": (b"", "damaged"),
    "no archive.tar": (b"I am text\n" * 100, "damaged"),
    "random.zip": (bytes(range(256)) * 40, "damaged"),
    "many.zip": (zipped({f"{number}.txt": b"" for number in range(50_001)}), "more than 50,000 files"),
    "deep.zip": (zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({PATH: SOURCE})})})}), "archives deep"),
    "two.tar": (tarred({PATH: b"x = 1", f"other/{PATH}": b"x = 2"}, "w:"), "not clear which file is meant"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_archive_is_its_students_reason_and_nobody_elses(place: Path, name: str):
    content, reason = HOSTILE[name]
    (place / name).write_bytes(content)
    (place / "ada.zip").write_bytes(zipped({PATH: SOURCE}))
    before = sorted(path for path in place.parent.rglob("*"))
    found = found_in(place)
    bad = found[name.removesuffix(".gz").rsplit(".", 1)[0]]
    assert found["ada"] == HandIn(SOURCE)
    if reason is not None:
        assert bad.source is None
        assert reason in bad.note
    assert bad.note.isprintable()
    assert sorted(path for path in place.parent.rglob("*")) == before, "nothing is unpacked"


def test_a_tar_that_inflates_without_end_is_a_reason(place: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trees, "MAX_INFLATED", 2**20)
    (place / "ada.tar.xz").write_bytes(tarred({"zeros": bytes(2**24), PATH: SOURCE}, "w:xz"))
    assert "inflates to more than" in found_in(place)["ada"].note


def test_what_archives_inflate_to_is_counted_over_all_of_them(place: Path, monkeypatch: pytest.MonkeyPatch):
    """A zip archive of a few hundred bytes can hold many that become a gigabyte each."""
    monkeypatch.setattr(trees, "MAX_INFLATED", 2**20)
    bombs = {f"{number}.tar.bz2": tarred({"zeros": bytes(700 * 2**10)}, "w:bz2") for number in range(2)}
    (place / "ada").mkdir()
    (place / "ada" / "all.zip").write_bytes(zipped(bombs))
    (place / "ben").mkdir()
    (place / "ben" / "all.zip").write_bytes(zipped({"b.zip": zipped(bombs), "1.tar.bz2": bombs["0.tar.bz2"]}))
    (place / "zoe.zip").write_bytes(zipped({"0.tar.bz2": bombs["0.tar.bz2"], PATH: SOURCE}))
    found = found_in(place)
    for name in ("ada", "ben"):
        assert found[name].note.startswith("the hand-in could not be read: it inflates to more than 1 MB")
    assert found["zoe"] == HandIn(SOURCE), "within the limit"


def test_files_are_counted_over_all_archives(place: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trees, "MAX_MEMBERS", 10)
    inner = zipped({f"{number}.txt": b"" for number in range(4)})
    (place / "ada.zip").write_bytes(zipped({"1.zip": inner, "2.zip": inner, "3.zip": inner}))
    note = found_in(place)["ada"].note
    assert note.startswith("the hand-in could not be read: it holds more than 10 files")


def test_a_bomb_takes_nothing_from_the_files_beside_it(place: Path, monkeypatch: pytest.MonkeyPatch):
    """Also where it comes first."""
    monkeypatch.setattr(trees, "MAX_INFLATED", 2**20)
    (place / "ada" / "ex01_metrics").mkdir(parents=True)
    (place / "ada" / "a bomb.tar.gz").write_bytes(tarred({"zeros": bytes(2**22)}))
    (place / "ada" / PATH).write_bytes(SOURCE)
    assert found_in(place)["ada"] == HandIn(SOURCE)


def overlapping_zip(content: bytes) -> bytes:
    """The content once, and two entries of the directory that both mean it."""
    archive = bytearray(zipped({PATH: content}))
    start = archive.index(b"PK\x01\x02")
    end = archive.index(b"PK\x05\x06")
    entry = archive[start:end]
    tail = bytearray(archive[end:])
    tail[8:16] = struct.pack("<HHI", 2, 2, 2 * len(entry))
    return bytes(archive[:start] + 2 * entry + tail)


def test_files_of_an_archive_that_overlap_are_a_bomb(place: Path):
    (place / "ada.zip").write_bytes(overlapping_zip(SOURCE))
    assert "files in it overlap" in found_in(place)["ada"].note


def test_text_that_repeats_itself_is_no_bomb(place: Path):
    """A megabyte of spaces packs to a thousandth."""
    (place / "ada.zip").write_bytes(zipped({PATH: b"x = 1\n" + b" " * 1_048_000}))
    assert len(found_in(place)["ada"].source) == 1_048_006


def test_a_damaged_archive_of_the_class_is_a_clear_error(tmp_path: Path):
    (tmp_path / "class.zip").write_bytes(zipped({f"ada/{PATH}": SOURCE})[:-30])
    with pytest.raises(GraderError, match=r"the archive class\.zip is damaged"):
        find_students(tmp_path / "class.zip")


def test_names_in_other_encodings_are_read(tmp_path: Path):
    """A zip archive made without the UTF-8 flag, as some programs do, and one that really is of cp437."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Zoë/metrics.py", SOURCE)
    content = bytearray(buffer.getvalue())
    for signature, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        content[content.index(signature) + offset] &= ~0x08
    (tmp_path / "class.zip").write_bytes(content)
    assert sources_in(tmp_path / "class.zip") == {"Zoë": SOURCE}
    (tmp_path / "class.zip").write_bytes(bytes(content).replace("Zoë".encode(), b"Zo\x89e"))
    assert sources_in(tmp_path / "class.zip") == {"Zoëe": SOURCE}


def test_a_class_archive_with_one_folder_around_all_students(tmp_path: Path):
    files = {f"week 3/{name}/{PATH}": name.encode() for name in ("ada", "ben")}
    (tmp_path / "class.zip").write_bytes(zipped(files | {"__MACOSX/week 3/._ada": b""}))
    assert sources_in(tmp_path / "class.zip") == {"ada": b"ada", "ben": b"ben"}
    (tmp_path / "one.zip").write_bytes(zipped({f"ada/{PATH}": SOURCE}))
    assert sources_in(tmp_path / "one.zip") == {"ada": SOURCE}


def roster(tmp_path: Path, text: str) -> Roster:
    path = tmp_path / "roster.csv"
    path.write_text(text, "utf-8")
    return Roster(read_roster(path))


def test_the_roster_decides_who_appears(place: Path, tmp_path: Path):
    for label in (
        "Ada Lovelace_12345_assignsubmission_file_",
        "ben",
        "ngzoe_333_2003_metrics.py",
        "Eve Doe_8_assignsubmission_file_",
        "Bo",
    ):
        if label.endswith(".py"):
            (place / label).write_bytes(SOURCE)
        else:
            (place / label / "ex01_metrics").mkdir(parents=True)
            (place / label / PATH).write_bytes(SOURCE)
    rows = (
        'Name,ID,email,LMS id\nA. Lovelace,s1,,12345\nBen Ali,s2,ben@example.org\nZoe Ng,s3\n"Doe, Eve",s4\nNobody,s5\n'
    )
    placed = by_roster(find_students(place), roster(tmp_path, rows))
    handed_in = {
        name: find_hand_ins(student, [METRICS])["ex01_metrics"].source for name, student in placed.students.items()
    }
    assert handed_in == {"s1": SOURCE, "s2": SOURCE, "s3": SOURCE, "s4": SOURCE, "s5": None, "Bo": SOURCE}
    assert placed.strangers == ["Bo"]
