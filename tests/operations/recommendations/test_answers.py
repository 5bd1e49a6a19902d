"""Answering recommendations: who may, what follows, what is refused, and that nothing is answered twice."""

from collections.abc import Callable

import pytest

from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.recommendations.recommendations import state_of, still_open
from cocm_bot.domain.records.agreements import Answer, DeactivationReason, Recommendation, RecommendationKind
from cocm_bot.domain.records.history import Change
from cocm_bot.domain.vocabulary import ContactType, Role
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.patients.card import open_card
from cocm_bot.operations.patients.patient_status import Deactivation, deactivate, reopen
from cocm_bot.operations.recommendations.answers import answer
from cocm_bot.operations.recommendations.sending import case_of
from cocm_bot.store import jobs, sent_messages
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import history
from cocm_bot.store.sent_messages import SentMessage
from cocm_bot.store.table import keys, writes
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store.build import REGISTRY, end_membership, user

Requests = Callable[[], str]
PCP = "user-2"


def consulted(office: Office, handle: str, request: str = "consult") -> Recommendation:
    """A consultation that recommends medication; returns what was recommended."""
    contact = Contact(
        contact_type=ContactType.CONSULTATION,
        day=office.moment.date(),
        minutes=10,
        advice=Advice(kinds=(RecommendationKind.MEDICATION,), text="Raise the dose."),
    )
    card = log_contact(office.ctx, office.actor(Role.PSYCHIATRIST, "user-9"), handle, contact, request).card
    return card.patient.recommendations[-1]


@pytest.fixture
def given(office: Office) -> tuple[str, Recommendation]:
    """A patient's handle and the recommendation for the patient, addressed to user-2 and user-1."""
    people.add_member(
        office.table, REGISTRY, user(2), Role.PCP, is_admin=False, at=int(office.moment.timestamp())
    )
    handle = office.enrolled()
    return handle, consulted(office, handle)


def answered(office: Office, handle: str) -> list[tuple[str, Answer, str]]:
    [only] = office.patient(handle).recommendations
    return [(each.user_id, each.answer, each.reason) for each in only.answers]


def give(
    office: Office,
    given: tuple[str, Recommendation],
    what: Answer,
    *,
    reason: str = "",
    seen: str | None = None,
    role: Role = Role.PCP,
    by: str = PCP,
    request: str = "answer",
) -> None:
    handle, recommendation = given
    actor = office.actor(role, by)
    knew = seen or state_of(recommendation)
    answer(office.ctx, actor, handle, recommendation.id, what, reason, request, seen=knew)


def now(office: Office, handle: str) -> str:
    """The state of the patient's only recommendation."""
    [only] = office.patient(handle).recommendations
    return state_of(only)


def test_it_is_addressed_to_the_physician_and_the_care_manager(given: tuple[str, Recommendation]) -> None:
    assert given[1].addressed_to == (PCP, "user-1")


@pytest.mark.parametrize("role", [Role.PCP, Role.CARE_MANAGER])
def test_an_addressee_or_somebody_of_the_same_role_answers(
    office: Office, given: tuple[str, Recommendation], role: Role
) -> None:
    give(office, given, Answer.ACCEPTED, role=role, by="user-7")
    office.forward(hours=1)
    give(office, given, Answer.DONE, role=role, by="user-7", seen=now(office, given[0]), request="later")
    handle = given[0]
    assert answered(office, handle) == [("user-7", Answer.ACCEPTED, ""), ("user-7", Answer.DONE, "")]
    [recommendation] = office.patient(handle).recommendations
    assert recommendation.answers[1].at - recommendation.answers[0].at == 3600


@pytest.mark.parametrize("role", [Role.PSYCHIATRIST, Role.CLINICAL_OPS, Role.FINANCE])
def test_others_are_refused_and_the_refusal_is_logged(
    office: Office, given: tuple[str, Recommendation], role: Role
) -> None:
    with pytest.raises(NotAllowed):
        give(office, given, Answer.ACCEPTED, role=role)
    assert office.refusals() == ["answer_recommendation"]
    assert answered(office, given[0]) == []


def test_declining_needs_a_reason(office: Office, given: tuple[str, Recommendation]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        give(office, given, Answer.DECLINED, reason="  ")
    assert refusal.value.field == "reason"
    give(office, given, Answer.DECLINED, reason=" Allergic to it. ")
    assert answered(office, given[0]) == [(PCP, Answer.DECLINED, "Allergic to it.")]


def test_every_answer_is_in_the_audit_trail_once(office: Office, given: tuple[str, Recommendation]) -> None:
    for _ in range(2):
        give(office, given, Answer.ACCEPTED)
        office.forward(minutes=1)
        give(office, given, Answer.DECLINED, reason="Allergic.", seen=now(office, given[0]), request="later")
    trail = history.audit_trail(office.table, office.patient(given[0]).id).records
    assert [
        (each.user_id, each.action, each.changes) for each in trail if each.object_name == "recommendation"
    ] == [
        (PCP, "recommendation accepted", (Change(attribute="answer", before="", after="Accepted"),)),
        (
            PCP,
            "recommendation declined",
            (Change(attribute="answer", before="Accepted", after="Declined: Allergic."),),
        ),
    ]


def test_an_answer_to_what_has_changed_since_is_not_saved(
    office: Office, given: tuple[str, Recommendation]
) -> None:
    give(office, given, Answer.ACCEPTED, by="user-1", role=Role.CARE_MANAGER)
    with pytest.raises(
        Conflict, match=r"^Cara Manager accepted this meanwhile\. Your answer is not saved\.$"
    ):
        give(office, given, Answer.DECLINED, reason="Allergic.", request="other")
    assert answered(office, given[0]) == [("user-1", Answer.ACCEPTED, "")]


def test_an_answer_to_other_words_is_not_saved(office: Office, given: tuple[str, Recommendation]) -> None:
    reworded = given[1].model_copy(update={"text": "Raise the dose, slowly."})
    with pytest.raises(Conflict, match=r"^This was reworded meanwhile: please read it again\."):
        give(office, given, Answer.ACCEPTED, seen=state_of(reworded))
    assert answered(office, given[0]) == []


@pytest.mark.parametrize("closing", [Answer.DECLINED, Answer.DONE])
def test_what_is_closed_takes_no_answer(
    office: Office, given: tuple[str, Recommendation], closing: Answer
) -> None:
    give(office, given, closing, reason="So.")
    for number, other in enumerate(Answer):
        with pytest.raises(InvalidInput):
            give(office, given, other, reason="So.", seen=now(office, given[0]), request=f"other-{number}")


def test_accepting_twice_is_refused(office: Office, given: tuple[str, Recommendation]) -> None:
    give(office, given, Answer.ACCEPTED)
    with pytest.raises(InvalidInput):
        give(office, given, Answer.ACCEPTED, seen=now(office, given[0]), request="other")


def test_an_unknown_recommendation_is_not_found(office: Office, given: tuple[str, Recommendation]) -> None:
    with pytest.raises(NotFound):
        give(office, (given[0], given[1].model_copy(update={"id": "nothing"})), Answer.ACCEPTED)
    with pytest.raises(NotFound):
        give(office, ("ZZZZ", given[1]), Answer.ACCEPTED, request="other")


def test_an_answer_takes_it_from_the_worklist(office: Office, given: tuple[str, Recommendation]) -> None:
    handle = given[0]
    office.forward(days=3)

    def reasons() -> list[Reason]:
        return [each.reason for each in open_card(office.ctx, office.actor(), handle).due]

    assert Reason.RECOMMENDATION in reasons()
    give(office, given, Answer.ACCEPTED)
    assert Reason.RECOMMENDATION not in reasons()
    assert office.patient(handle).course.recommended is None


def test_letters_go_to_those_who_have_none_while_it_is_open_and_answers_to_who_gave_it(
    office: Office, given: tuple[str, Recommendation]
) -> None:
    handle, recommendation = given
    people.add_member(office.table, REGISTRY, user(9), Role.PSYCHIATRIST, is_admin=False, at=0)

    def waiting() -> set[str]:
        case = case_of(office.ctx, REGISTRY, handle, recommendation.id)
        return {each.user_id for each in case.waiting}

    def sent(user_id: str) -> None:
        message = SentMessage(user_id=user_id, channel="D1", ts="1.5", at=0)
        sent_messages.record(office.table, recommendation.id, message)

    assert waiting() == {PCP, "user-1"}
    sent(PCP)
    assert waiting() == {"user-1"}
    give(office, given, Answer.ACCEPTED)
    assert waiting() == {"user-1", "user-9"}
    sent("user-9")
    assert waiting() == {"user-1"}
    give(office, given, Answer.DECLINED, reason="QT prolonged", seen=now(office, handle), request="after")
    assert waiting() == set()


def test_who_left_is_not_sent_a_recommendation(office: Office, given: tuple[str, Recommendation]) -> None:
    end_membership(office.table, "user-1")
    case = case_of(office.ctx, REGISTRY, given[0], given[1].id)
    assert [each.user_id for each in case.waiting] == [PCP]


@pytest.mark.parametrize("what", list(Answer))
def test_every_answer_calls_for_a_letter_in_its_own_transaction(
    office: Office, given: tuple[str, Recommendation], what: Answer
) -> None:
    office.table.transact([writes.forget(keys.work(JobKind.RECOMMENDATION, given[1].id))])
    give(office, given, what, reason="So.")
    found = jobs.get(office.table, JobKind.RECOMMENDATION, given[1].id)
    assert found is not None
    assert found.state == {"handle": given[0], "by": PCP}


def test_who_left_the_program_needs_no_answer(office: Office, given: tuple[str, Recommendation]) -> None:
    handle, actor = given[0], office.actor()
    assert [each.id for each in still_open(office.patient(handle))] == [given[1].id]
    deactivate(office.ctx, actor, handle, Deactivation(reason=DeactivationReason.MOVED), "leave")
    office.forward(days=1)
    assert still_open(office.patient(handle)) == ()
    with pytest.raises(InvalidInput, match="left the program"):
        give(office, given, Answer.ACCEPTED)
    reopen(office.ctx, actor, handle, "Back in town.", "return")
    assert still_open(office.patient(handle)) == ()
    assert office.patient(handle).course.recommended is None
    with pytest.raises(InvalidInput, match="left the program"):
        give(office, given, Answer.ACCEPTED, request="again")
