"""Many patients are changed by the clock: who asked sees the progress, all concerned get one message."""

from itertools import chain

import pytest

from cocm_bot.domain.errors import Unavailable
from cocm_bot.domain.safety.flags import RESOLVED_ALREADY
from cocm_bot.domain.vocabulary import Flag, Role
from cocm_bot.jobs.clock.tick import LEASE_SECONDS
from cocm_bot.operations.caseload import bulk_work
from cocm_bot.operations.caseload.bulk import confirm, propose_flags, propose_handover, undo
from cocm_bot.operations.registries.setup import add_member, new_member
from cocm_bot.operations.safety.flags import Flagging, resolve_flags
from cocm_bot.operations.synthetic.seeding import seed
from cocm_bot.operations.team import assignment
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.store import jobs
from cocm_bot.store.jobs import JobKind, JobRef
from cocm_bot.store.patients import lists
from tests.jobs.scenes.environment import Environment
from tests.jobs.scenes.inbox import words

MAYA, NOOR, LENA = "Maya Okafor", "Noor Rahimi", "Lena Novak"
HERE = "Riverside Clinic"
UNDOABLE = "You can undo this for a day. Patients whose record was changed since stay."
UNDOABLE_FLAGS = "You can undo this for a day. Flags resolved or raised again since are left alone."
STAY = "the others stay with Noor Rahimi."
CHANGED = "Somebody worked with this patient or changed the record since."


@pytest.fixture
def clinic(environment: Environment) -> Environment:
    """Maya has all patients, and Noor, a care manager too, none yet."""
    list(seed(environment.ctx, environment.registry_id, 7, 1))
    wanted = {"email": "noor.rahimi@example.org", "first_name": "Noor", "last_name": "Rahimi"}
    add_member(environment.ctx, environment.registry_id, new_member(role=Role.CARE_MANAGER, **wanted))
    return environment


def ids(clinic: Environment) -> tuple[str, str]:
    return clinic.member(MAYA).user_id, clinic.member(NOOR).user_id


def of(clinic: Environment, name: str) -> list[str]:
    """The handles of a care manager's patients."""
    user_id = clinic.member(name).user_id
    everyone = lists.caseload(clinic.table, clinic.registry_id)
    return [each.handle for each in everyone if each.care_manager == user_id]


def versions_of(clinic: Environment) -> list[int]:
    """The versions of all records."""
    everyone = chain.from_iterable(lists.record_pages(clinic.table, clinic.registry_id))
    return [each.version for each in everyone]


def begin(clinic: Environment, request_id: str = "ask") -> int:
    """Maya confirms that all her patients go to Noor; returns how many."""
    change = propose_handover(clinic.ctx, clinic.actor, *ids(clinic), request_id)
    confirm(clinic.ctx, clinic.actor, change.id)
    return change.total


def said(clinic: Environment, *names: str) -> dict[str, list[str]]:
    """Return the messages to each of these, without the digests."""
    return {
        name: [words(each) for each in clinic.said(name) if each.text == "A note about your patients"]
        for name in names
    }


def one_slice(clinic: Environment) -> None:
    clinic.ticker.do(JobRef(JobKind.BULK, "ask"))


def test_who_asked_and_who_receives_are_told_once(clinic: Environment) -> None:
    count = begin(clinic)
    clinic.tick()
    clinic.tick()
    assert said(clinic, MAYA, NOOR, LENA) == {
        MAYA: [f"✅ {count} patients handed over to Noor Rahimi. Undo {UNDOABLE} {HERE}"],
        NOOR: [f"*Maya Okafor* handed {count} patients over to you. Show caseload {HERE}"],
        LENA: [],
    }
    assert (of(clinic, MAYA), len(of(clinic, NOOR))) == ([], count)


def test_undone_both_are_told_and_what_was_changed_since_stays(clinic: Environment) -> None:
    count = begin(clinic)
    clinic.tick()
    touched = of(clinic, NOOR)[0]
    change = propose_flags(clinic.ctx, clinic.actor, [touched], "Housing", "flag")
    confirm(clinic.ctx, clinic.actor, change.id)
    clinic.tick()
    undo(clinic.ctx, clinic.actor, "ask")
    clinic.tick()
    told = said(clinic, MAYA, NOOR)
    assert told[MAYA][1:] == [
        f"✅ 1 patient flagged for discussion. Undo {UNDOABLE_FLAGS} {HERE}",
        f"⚠️ {count - 1} of {count} patients back with Maya Okafor; {STAY} *1 patient*: {CHANGED} {HERE}",
    ]
    assert told[NOOR][1:] == [
        f"*Maya Okafor* undid that: {count - 1} patients are no longer yours. Show caseload {HERE}"
    ]
    assert of(clinic, NOOR) == [touched]


def test_flags_undone_who_asked_is_told_which_were_left(clinic: Environment) -> None:
    first, second = of(clinic, MAYA)[:2]
    propose_flags(clinic.ctx, clinic.actor, [first, second], "Housing", "flag")
    confirm(clinic.ctx, clinic.actor, "flag")
    clinic.tick()
    flagging = Flagging(flag_types=(Flag.NEEDS_DISCUSSION,), reason="Talked about")
    resolve_flags(clinic.ctx, clinic.actor, second, flagging, "resolve")
    undo(clinic.ctx, clinic.actor, "flag")
    clinic.tick()
    told = said(clinic, MAYA, NOOR)
    assert told == {
        MAYA: [
            f"✅ 2 patients flagged for discussion. Undo {UNDOABLE_FLAGS} {HERE}",
            f"⚠️ 1 of 2 patients no longer flagged for discussion. *1 patient*: {RESOLVED_ALREADY} {HERE}",
        ],
        NOOR: [],
    }


def test_the_messages_name_no_patient(clinic: Environment) -> None:
    begin(clinic)
    clinic.tick()
    directory = lists.directory(clinic.table, clinic.registry_id)
    written = " ".join(text for texts in said(clinic, MAYA, NOOR).values() for text in texts)
    identifying = [word for each in directory for word in (each.handle, each.first_name, each.last_name)]
    assert not [word for word in identifying if word in written]


def test_a_large_one_shows_its_progress_in_one_message(
    clinic: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = begin(clinic)
    give = assignment.give

    def takes_long(*arguments: object, **named: object) -> object:
        clinic.forward(seconds=bulk_work.SLICE_SECONDS / 2 + 1)
        return give(*arguments, **named)  # type: ignore[arg-type]  # passed on as they are

    with monkeypatch.context() as patched:
        patched.setattr(bulk_work, "give", takes_long)
        one_slice(clinic)
    [progress] = clinic.said(MAYA)
    assert words(progress) == f"Handing over {count} patients: 2 done so far. You need not wait."
    # A process takes the rest and dies; another goes on once its lease ended.
    now = clinic.moment.timestamp()
    assert jobs.claim(clinic.table, JobRef(JobKind.BULK, "ask"), now, LEASE_SECONDS)
    clinic.tick()
    assert len(of(clinic, NOOR)) == 2
    clinic.forward(seconds=LEASE_SECONDS)
    clinic.start()
    clinic.tick()
    first, last = clinic.said(MAYA)
    assert words(first) == f"Handing over {count} patients: done."
    assert words(last).startswith(f"✅ {count} patients handed over")
    assert len(of(clinic, NOOR)) == count


def test_what_slack_does_not_take_is_said_later_and_nothing_is_done_again(
    clinic: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = begin(clinic)

    def silent(*_: object) -> None:
        raise Unavailable("Slack does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(Gateway, "tell", silent)
        clinic.tick()
    assert said(clinic, MAYA, NOOR) == {MAYA: [], NOOR: []}
    versions = versions_of(clinic)
    clinic.forward(minutes=2)
    clinic.tick()
    assert [len(each) for each in said(clinic, MAYA, NOOR).values()] == [1, 1]
    assert versions_of(clinic) == versions
    assert len(of(clinic, NOOR)) == count
