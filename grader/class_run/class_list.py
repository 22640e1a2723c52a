"""Who is in the class: what the last roster says, and who handed in beside it.

Without a roster, whoever has ever handed in is in the class. The last roster that was given counts until there is
another one, also for runs that name none: otherwise one student would be there twice, once by id and once by name.
"""

import re
from collections.abc import Callable

from grader.class_run.store import Store
from grader.handins.hand_ins import Submitter
from grader.handins.lms_labels import Label
from grader.handins.roster import Person, Roster, by_roster

# Students of one name are told apart by their ids in the LMS: "Ada Lovelace (12345)".
NAMESAKE = re.compile(r"(?P<name>.+) \((?P<id>\d+)\)")


def enrol(
    store: Store, students: dict[str, Submitter], given: list[Person] | None, on_news: Callable[[str], None]
) -> dict[str, Submitter]:
    """Return the students under their names in the grades, and take down who is in the class.

    Results that are there under a name that the roster has an id for move to that id. `given` is the roster of this
    run, if it has one.
    """
    people = store.roster() if given is None else given
    if not people:
        store.put_class([], [_as_person(name, student.label) for name, student in students.items()])
        return students
    if given is None:
        on_news(f"the last roster is used, of {len(people)} students (--roster FILE replaces it)")
    roster = Roster(people)
    placed = by_roster(students, roster)
    strangers = [_as_person(name, placed.students[name].label) for name in placed.strangers]
    for old, new in {**_renamed(store, roster), **placed.renamed}.items():
        if old != new and old not in placed.strangers:
            store.rename(old, new)
    if people != store.roster():
        store.put_class(people, strangers, from_now_on=True)
    else:
        store.put_class([], strangers)
    for line in dict.fromkeys(placed.unclear.values()):
        on_news(line)
    named = [name for name in placed.strangers if name not in placed.unclear]
    if named:
        on_news(f"not on the roster, graded under their own names: {', '.join(named)}")
    if departed := store.departed():
        on_news(f"no longer in the class, left out of reports and exports: {', '.join(departed)}")
    return placed.students


def _renamed(store: Store, roster: Roster) -> dict[str, str]:
    """Return the id on the roster of everybody who has results under another name."""
    ids = {person.id for person in roster.people}
    labels = {person.id: Label(person.name, person.lms_id, person.email) for person in store.class_list()}
    found = {}
    for name in store.students():
        label = labels.get(name) or _label(name)
        person = None if name in ids else roster.find(label)
        # Of two people of one name, the results of one must not go to the other.
        if person is not None and not (label.lms_id and person.lms_id and label.lms_id != person.lms_id):
            found[name] = person.id
    return found


def _label(name: str) -> Label:
    found = NAMESAKE.fullmatch(name)
    return Label(found["name"], found["id"]) if found else Label(name)


def _as_person(name: str, label: Label) -> Person:
    return Person(name, label.name, label.email, label.lms_id)
