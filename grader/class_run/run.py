"""Grades a class: finds the hand-ins, skips what is already graded, runs the rest, writes every result at once."""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from grader.class_run.already_graded import content_hash
from grader.class_run.class_list import enrol
from grader.class_run.history import FILE as HISTORY
from grader.class_run.history import history_csv
from grader.class_run.pool import LaneSettings, run_jobs
from grader.class_run.store import Store, open_for_writing
from grader.grading.job import Job
from grader.grading.lane import versions
from grader.grading.result import Result
from grader.handins.choosing import Selection
from grader.handins.find import find_class
from grader.handins.groups import Group, partners, read_groups, share, with_members
from grader.handins.hand_ins import HandIn, Submitter
from grader.handins.reading import read_class
from grader.handins.received import Outcome, Received, received_csv
from grader.handins.roster import Person, read_roster
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.kit.files import write_whole
from grader.testing.scoring import without_tests
from grader.testing.verdict import Status
from grader.wall import scratch

TRAININGS = "trainings"  # in the results folder: what each model came to that was trained
RECEIVED = "received.csv"  # in the results folder: every file that came in, and what was made of it
TOLD = 5  # files that are named in the terminal


@dataclass(frozen=True, kw_only=True)
class ClassRequest:
    """What an instructor asks for."""

    submissions: Path
    out: Path
    exercises: list[Exercise]
    workers: int
    level: str
    profile: str
    roster: Path | None = None
    force: bool = False  # grade again what is graded already
    only: tuple[str, ...] = ()  # these students
    since: float = 0.0  # only what was handed in later; seconds since 1970
    strict: bool = False  # of several files that differ, none counts
    until: float = inf  # only what was handed in by then; seconds since 1970
    dask: str = ""  # the address of a scheduler, or "local"
    groups: Path | None = None  # a CSV file: who hands in together


@dataclass(frozen=True)
class Listener:
    """Who wants to hear how a run proceeds: how many jobs there are and which are due, every result, and news."""

    on_start: Callable[[int, list[Job]], None]
    on_result: Callable[[Result], None]
    on_news: Callable[[str], None]


# Grades jobs in so many lanes; results come as they are finished.
Executor = Callable[[list[Job], int], Iterator[Result]]


def grade_class(request: ClassRequest, listener: Listener) -> list[Result]:
    """Grade what is new or changed; returns every result of the students and exercises asked for."""
    found = find_class(request.submissions)
    roster = read_roster(request.roster) if request.roster else None
    groups = read_groups(request.groups) if request.groups else []
    with open_for_writing(request.out) as store:
        students = _with_groups(enrol(store, found.students, roster, listener.on_news), groups, store)
        together = partners(groups, [exercise.name for exercise in request.exercises])
        chosen = _chosen(students, together, request)
        # What counts for one of a group may be the file of another.
        reading = {partner: students[partner] for name in chosen for partner in sorted(together.get(name, {name}))}
        selection = Selection(request.strict, request.until)
        work = read_class(reading, request.exercises, request.submissions, selection)
        hand_ins = {name: done.hand_ins for name, done in work.items()}
        received = [*found.nobodys, *(row for done in work.values() for row in done.received)]
        _account(received, list(work), request, store)
        _keep_earlier(hand_ins, store, selection, listener)
        share(hand_ins, groups)
        hand_ins = {name: hand_ins[name] for name in chosen}
        jobs = list(_jobs(hand_ins, request, store.course_key, _trainings(request)))
        known = {} if request.force else store.hashes()
        due = [job for job in jobs if known.get((job.student, job.exercise.name)) != job.content_hash]
        store.put_times(_times(hand_ins, store))
        _refresh_remarks(jobs, due, store)
        listener.on_start(len(jobs), due)
        left = _copy_known(due, known, store, listener)
        with _executor(request) as execute:
            _run(left, execute, request.workers, store, listener)
        write_whole(request.out / HISTORY, history_csv(store.changes()))
        for line in _news_of(received):
            listener.on_news(line)
        wanted = {(job.student, job.exercise.name) for job in jobs}
        return [result for result in store.results() if (result.student, result.exercise) in wanted]


def _with_groups(students: dict[str, Submitter], groups: list[Group], store: Store) -> dict[str, Submitter]:
    """Return the students and all members of groups; a roster says who there is."""
    together = with_members(students, groups)
    new = [name for name in together if name not in students]
    if new and store.roster():
        raise GraderError(f"{new[0]!r} is in a group and not on the roster: name students by their ids there")
    store.put_class([], [Person(name) for name in new])
    return together


def _chosen(students: dict[str, Submitter], together: dict[str, set[str]], request: ClassRequest) -> list[str]:
    """Return the students that the request names; what is new for one of a group is so for all."""
    unknown = [name for name in request.only if name not in students]
    if unknown:
        raise GraderError(f"there is no student {unknown[0]!r} in {request.submissions}")
    chosen = [name for name in students if not request.only or name in request.only]
    if not request.since:
        return chosen
    new = {name for name, student in students.items() if student.modified() >= request.since}
    return [name for name in chosen if new & together.get(name, {name})]


def _keep_earlier(
    hand_ins: dict[str, dict[str, HandIn]], store: Store, selection: Selection, listener: Listener
) -> None:
    """Where nothing came now, what came with an earlier run still counts: only another file takes its place.

    So it is where something came and could not be used, unless the selection is to be strict; not what came too late.
    """
    times = store.times()
    kept = 0
    for (student, exercise), source in store.sources_of(set(hand_ins)).items():
        found, time = hand_ins[student], times.get((student, exercise), 0.0)
        if time > selection.until:
            continue
        if exercise in found and found[exercise].source is None and not (selection.strict and found[exercise].note):
            remarks = tuple(store.result(student, exercise).remarks)
            found[exercise] = HandIn(source, modified=time, remarks=remarks)
            kept += 1
    if kept:
        listener.on_news(f"files of earlier runs that are not in this folder and still count: {kept}")


def _account(received: list[Received], students: list[str], request: ClassRequest, store: Store) -> None:
    """Keep the account of what came in, and write all of it beside the results."""
    store.put_received(students, [exercise.name for exercise in request.exercises], received)
    write_whole(request.out / RECEIVED, received_csv(store.received()))


def _news_of(received: list[Received]) -> list[str]:
    """Say in short what a person should look at."""
    told = []
    unknown = [row for row in received if row.outcome == Outcome.UNKNOWN]
    if unknown:
        first = "; ".join(f"{row.student or 'nobody'}: {row.file}" for row in unknown[:TOLD])
        more = f"; and {len(unknown) - TOLD} more" if len(unknown) > TOLD else ""
        told.append(f"received, but not understood: {first}{more} (the reasons are in {RECEIVED})")
    renamed = [row for row in received if row.outcome == Outcome.GRADED and row.reason]
    if renamed:
        told.append(f"graded although the file has another name than the exercise's: {len(renamed)} (see {RECEIVED})")
    return told


def _refresh_remarks(jobs: list[Job], due: list[Job], store: Store) -> None:
    """Bring the remarks of what is graded already up to date: they decide nothing."""
    again = {(job.student, job.exercise.name) for job in due}
    for job in jobs:
        if (job.student, job.exercise.name) not in again:
            result = store.result(job.student, job.exercise.name)
            if tuple(result.remarks) != job.remarks:
                store.put(replace(result, remarks=list(job.remarks)), job.source)


def _times(hand_ins: dict[str, dict[str, HandIn]], store: Store) -> dict[tuple[str, str], float]:
    """When each file was handed in, by student and exercise.

    A file that is graded already keeps its time: whoever downloads a class again gives equal files a later one, and
    nobody is late for that.
    """
    earlier, graded = store.times(), store.source_hashes()
    times = {}
    for student, found in hand_ins.items():
        for exercise, hand_in in found.items():
            if hand_in.source is None:
                continue
            key, modified = (student, exercise), hand_in.modified
            same = graded.get(key) == hashlib.sha256(hand_in.source).hexdigest()
            times[key] = min(earlier.get(key) or modified, modified) if same else modified
    return times


def _trainings(request: ClassRequest) -> str:
    """Return the folder that keeps what trainings came to; a cluster may not see it, and `--force` trains anew."""
    if request.dask:
        return ""
    folder = request.out.resolve() / TRAININGS
    if request.force:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError:  # then every model is trained
        return ""
    return str(folder)


def _jobs(
    hand_ins: dict[str, dict[str, HandIn]], request: ClassRequest, course_key: bytes, trainings: str
) -> Iterable[Job]:
    for name, found in hand_ins.items():
        for exercise in request.exercises:
            hand_in = found[exercise.name]
            decided_by = content_hash(exercise, hand_in, course_key, request.profile)
            yield Job(
                student=name, exercise=exercise, source=hand_in.source, note=hand_in.note, course_key=course_key,
                profile=request.profile, content_hash=decided_by, remarks=hand_in.remarks, failed=hand_in.failed,
                trainings=trainings,
            )  # fmt: skip


def _copy_known(due: list[Job], known: dict[tuple[str, str], str], store: Store, listener: Listener) -> list[Job]:
    """Give students the results that an equal file has already; returns the jobs that are left."""
    owners = {decided_by: owner for owner, decided_by in known.items() if decided_by}
    left = []
    for job in due:
        if job.content_hash not in owners:
            left.append(job)
            continue
        known_one = store.result(*owners[job.content_hash])
        result = replace(known_one, student=job.student, remarks=list(job.remarks))
        store.put(result, job.source)
        listener.on_result(result)
    return left


def _run(jobs: list[Job], execute: Executor, workers: int, store: Store, listener: Listener) -> None:
    """Grade jobs, equal ones once; one that ran into a limit while the machine was overloaded once more, alone."""
    alike: dict[str, list[Job]] = {}
    for job in jobs:
        alike.setdefault(job.content_hash, []).append(job)
    # The longest first: a lane that starts on one at the end keeps everybody waiting.
    firsts = sorted((group[0] for group in alike.values()), key=_seconds_expected, reverse=True)
    by_key = {(job.student, job.exercise.name): job for job in firsts}

    def keep(result: Result) -> None:
        for job in alike[by_key[result.student, result.exercise].content_hash]:
            own = replace(result, student=job.student, remarks=list(job.remarks))
            store.put(own, job.source)
            listener.on_result(own)

    overdue = []
    for result in execute(firsts, workers):
        if result.overdue:
            overdue.append(by_key[result.student, result.exercise])
        else:
            keep(result)
    if overdue:
        listener.on_news(f"{len(overdue)} files ran into a limit on an overloaded machine: once more, alone")
    for result in execute(overdue, 1):
        keep(replace(result, overdue=False))


def _seconds_expected(job: Job) -> tuple[bool, float]:
    """Keras first, then by how long the calls of the exercise may take; what is missing last."""
    if job.source is None:
        return False, 0.0
    return job.exercise.needs == "keras", sum(task.call_seconds for task in job.exercise.tasks)


@contextmanager
def _executor(request: ClassRequest) -> Iterator[Executor]:
    """Open what grades jobs: lanes of this machine, or a cluster."""

    def give_up(job: Job) -> Result:
        reason = "the grader process was killed twice while it graded this file (out of memory?)"
        return Result(
            student=job.student, exercise=job.exercise.name, note=reason, sandbox=request.level, profile=job.profile,
            scores=without_tests(job.exercise, Status.ERROR, reason), versions=versions(), source_hash=job.source_hash,
        )  # fmt: skip

    if request.dask:
        from grader.class_run import cluster

        with cluster.connect(request.dask, request.workers) as client:
            yield lambda jobs, workers: cluster.run_jobs(client, jobs, request.level, workers, give_up)
        return
    out = request.out.resolve()
    room = out / "scratch"
    scratch.remove(str(room))  # a run that was killed has left it
    room.mkdir(mode=0o700)
    bytecode = out / "bytecode"  # of hidden tests
    bytecode.mkdir(mode=0o700, exist_ok=True)
    bytecode.chmod(0o700)
    # Nobody's process may read the other hand-ins or the results.
    secrets = (request.submissions.resolve(), out)
    settings = LaneSettings(request.level, secrets, bytecode, room)
    try:
        yield lambda jobs, workers: run_jobs(jobs, workers, settings, give_up)
    finally:
        scratch.remove(str(room))
