"""Scenes of the clock's longer work: many patients at once, billing, an erasure, a file that is imported."""

from datetime import date

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.patients.erasure import ErasureReason
from cocm_bot.domain.records.agreements import ConsentKind
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, VisitType
from cocm_bot.operations.billing.closing import close_month
from cocm_bot.operations.billing.ledger import SETTLE_SECONDS
from cocm_bot.operations.caseload.bulk import confirm, propose_handover
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.context import new_id
from cocm_bot.operations.erasure.asking import Asking
from cocm_bot.operations.erasure.erasing import prepare_erasure
from cocm_bot.operations.exchange import files
from cocm_bot.operations.patients.consents import Consented, record_consent
from cocm_bot.operations.registries.setup import add_member, create_registry, new_member, new_registry
from cocm_bot.operations.safety.flags import Flagging, raise_flags
from cocm_bot.playground.state import Upload
from cocm_bot.slack.caseload.bulk_message_view import progress_message
from cocm_bot.slack.exchange.import_view import NOTIFICATION
from cocm_bot.store import bulk_changes, jobs
from cocm_bot.store.jobs import JobKind
from tests.jobs.scenes.environment import Environment
from tests.jobs.scenes.inbox import words

MAYA, NOOR, LENA, OMAR = "Maya Okafor", "Noor Rahimi", "Lena Novak", "Omar Haddad"
TRACKER = b"""MRN,Last Name,First Name,DOB,Status,Initial Assessment,PHQ-9 Initial,Last Session,PHQ-9 Last
0042,Adu,Efua,2/29/84,Active,1/13/31,18,2/24/31,9
0043,Berg,Bo,12/31/90,Active,1/20/31,>20,2/25/31,12
"""
GIVEN = "F0TRACKER"
ASKED = "ask"
"""The request id of the change of many patients."""


def handed_over(environment: Environment) -> None:
    """Hand Maya's patient, who is in her digest, over to Noor; there is a message of the progress."""
    wanted = {"email": "noor.rahimi@example.org", "first_name": "Noor", "last_name": "Rahimi"}
    add_member(environment.ctx, environment.registry_id, new_member(role=Role.CARE_MANAGER, **wanted))
    environment.let_only(MAYA)
    handle = environment.enrol()
    flag = Flagging(flag_types=(Flag.NEEDS_DISCUSSION,), reason="Housing")
    raise_flags(environment.ctx, environment.actor, handle, flag, new_id())
    environment.tick("2031-03-03 08:00")
    giver, receiver = (environment.member(name).user_id for name in (MAYA, NOOR))
    change = propose_handover(environment.ctx, environment.actor, giver, receiver, ASKED)
    confirm(environment.ctx, environment.actor, change.id)
    begun = bulk_changes.get(environment.table, environment.registry_id, change.id)
    job = jobs.get(environment.table, JobKind.BULK, change.id)
    assert begun is not None
    assert job is not None
    account = environment.workspace.seat(MAYA).person.id
    sent = environment.job_context.gateway.tell(account, progress_message(begun), environment.registry_id)
    state = {"progress": [sent.channel, sent.ts]}
    environment.table.transact([jobs.adding(job.model_copy(update={"state": state}))])


def told_of_it(environment: Environment) -> int:
    """Return the messages of what became of it."""
    said = (words(each) for each in environment.workspace.messages)
    return sum("handed over to" in each or "handed 1 patient over" in each for each in said)


def billed_otherwise(environment: Environment) -> None:
    """Change a closed month of a patient for whose MRN another registry bills as well."""
    environment.let_only()
    day = environment.moment.date()
    handle = _agreed(environment, day)
    _work(environment, handle, day, 40)
    environment.forward(days=33)
    environment.tick()
    close_month(environment.ctx, environment.acting(OMAR), "2031-03")
    _work(environment, handle, day, 30)
    _billed_elsewhere(environment, day)
    environment.forward(seconds=SETTLE_SECONDS)


def _agreed(environment: Environment, day: date) -> str:
    handle, consent = environment.enrol(), Consented(kind=ConsentKind.VERBAL, day=day)
    record_consent(environment.ctx, environment.actor, handle, consent, new_id())
    return handle


def _work(environment: Environment, handle: str, day: date, minutes: int) -> None:
    seen = Contact(contact_type=ContactType.FOLLOW_UP, visit_type=VisitType.PHONE, day=day, minutes=minutes)
    log_contact(environment.ctx, environment.actor, handle, seen, new_id())


def _billed_elsewhere(environment: Environment, day: date) -> None:
    """Let a second registry bill the MRN."""
    harbor = new_registry(
        name="Harbor Clinic",
        admin_email="maya.okafor@example.org",
        first_name="Maya",
        last_name="Okafor",
        role=Role.CARE_MANAGER,
        timezone="America/New_York",
    )
    here = environment.registry_id
    environment.registry_id = create_registry(environment.ctx, harbor).registry_id
    environment.remind(MAYA, on=False)
    _work(environment, _agreed(environment, day), day, 20)
    environment.registry_id = here


def erased(environment: Environment) -> None:
    """Erase a patient of whom two have an alert."""
    environment.tick()
    handle = environment.enrol()
    risk = Flagging(flag_types=(Flag.SAFETY_RISK,), reason="Called in distress")
    raise_flags(environment.ctx, environment.actor, handle, risk, new_id())
    environment.tick()
    Asking(environment.ctx, environment.registry_id, "ana").ask(handle, ErasureReason.REQUEST)
    Asking(environment.ctx, environment.registry_id, "ben").confirm(handle)
    for _ in prepare_erasure(environment.ctx, environment.registry_id, handle, "eve").run():
        pass


def emptied(environment: Environment) -> int:
    return sum("was erased" in words(each) for each in environment.workspace.messages)


def given(environment: Environment) -> None:
    """Share a caseload of two patients with the bot."""
    person = environment.workspace.seat(MAYA).person.id
    environment.workspace.uploads[GIVEN] = Upload(
        GIVEN, "caseload.csv", len(TRACKER), TRACKER, shared=True, owner=person
    )
    files.begin(environment.ctx, environment.actor, GIVEN)


def read(environment: Environment) -> int:
    """Two once both a message of it and the file with every cell are there."""
    said = environment.said(MAYA)
    return sum(each.text == NOTIFICATION for each in said) + sum(bool(each.files) for each in said)


def import_confirmed(environment: Environment) -> None:
    given(environment)
    environment.tick()
    files.confirm(environment.ctx, environment.actor, GIVEN)


def imported(environment: Environment) -> int:
    return sum("*Imported:* 2 patients" in words(each) for each in environment.said(MAYA))


def import_undone(environment: Environment) -> None:
    import_confirmed(environment)
    environment.tick()
    files.undo(environment.ctx, environment.actor, GIVEN)


def taken_back(environment: Environment) -> int:
    return sum("The import is taken back" in words(each) for each in environment.said(MAYA))


def first_of_the_month(environment: Environment) -> None:
    """Let the morning come on which the Ops have last month's figures, with a picture."""
    environment.let_only(LENA)
    environment.enrol()
    environment.until("2031-04-07 07:00")
    environment.tick()
    environment.forward(hours=1)


def figures(environment: Environment) -> int:
    """Two for a message with its picture, one for the words alone."""
    return sum(
        ("March 2031" in words(each)) + any(block["type"] == "image" for block in each.blocks)
        for each in environment.said(LENA)
    )
