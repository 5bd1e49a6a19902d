from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cocm_bot.domain.contacts.contact import Advice, Contact
from cocm_bot.domain.errors import InvalidInput, NotAllowed
from cocm_bot.domain.members import User
from cocm_bot.domain.records.agreements import Recommendation, RecommendationKind
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, Status, VisitType
from cocm_bot.operations.contacts.log_contact import Logged, log_contact
from cocm_bot.store.patients import changing, history
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store.build import REGISTRY

TODAY = date(2031, 3, 3)
NINE = (2, 2, 2, 2, 2, 2, 2, 2, 0)
"""PHQ-9 answers that add up to 16, item 9 at 0."""


def contact(contact_type: ContactType = ContactType.FOLLOW_UP, **entered: Any) -> Contact:
    consult = contact_type is ContactType.CONSULTATION
    given = {"contact_type": contact_type, "day": TODAY, "minutes": 20}
    return Contact.model_validate(
        given
        | ({"advice": {"kinds": ["Medication"]}} if consult else {"visit_type": VisitType.PHONE})
        | entered
    )


def assessment(**entered: Any) -> Contact:
    return contact(ContactType.INITIAL_ASSESSMENT, **entered)


def consult(**entered: Any) -> Contact:
    return contact(ContactType.CONSULTATION, **entered)


def add_member(office: Office, number: int, role: Role) -> str:
    person = User(
        id=f"member-{number}",
        email=f"member.{number}@example.org",
        first_name="Pat",
        last_name="Member",
        phone_number="",
        registeries=(),
    )
    people.add_member(office.table, REGISTRY, person, role, is_admin=False, at=1)
    return person.id


Log = Callable[..., Logged]


@pytest.fixture
def handle(office: Office) -> str:
    return office.enrolled()


@pytest.fixture
def log(office: Office, handle: str, requests: Callable[[], str]) -> Log:
    def entered(contact: Contact, role: Role = Role.CARE_MANAGER, user_id: str = "user-1") -> Logged:
        return log_contact(office.ctx, office.actor(role, user_id), handle, contact, requests())

    return entered


def test_answers_give_the_total(office: Office, log: Log, handle: str) -> None:
    log(assessment(answers={"PHQ-9": NINE}, difficulty="Much difficulty"))
    [recorded] = history.contacts(office.table, office.patient(handle).id)
    assert [(score.score_name, score.score_value) for score in recorded.scores] == [("PHQ-9", 16)]
    assert recorded.answers == {"PHQ-9": NINE}
    assert recorded.self_harm == {"PHQ-9": 0}
    assert recorded.difficulty == "Much difficulty"
    assert office.patient(handle).course.scores["PHQ-9"].latest == 16


WRONG = [
    (contact(scores={"PHQ-9": 15}, answers={"PHQ-9": NINE}), "PHQ-9", "add up to 16, the total says 15"),
    (contact(answers={"PHQ-9": (*NINE[:8], None)}), "PHQ-9", "item 9 is missing"),
    (contact(answers={"PHQ-9": (*NINE[:8], 4)}), "PHQ-9", "run from 0 to 3"),
    (contact(scores={"PHQ-9": 28}), "PHQ-9", "runs from 0 to 27"),
    (contact(scores={"PHQ-9": 2}, self_harm={"PHQ-9": 3}), "PHQ-9", "not possible with item 9 at 3"),
    (contact(self_harm={"PHQ-9": 4}), "PHQ-9", "run from 0 to 3"),
    (contact(scores={"GAD-7": 2}), "GAD-7", "does not use GAD-7"),
    (contact(visit_type=None), "visit_type", "how the contact took place"),
    (contact(no_show=True, scores={"PHQ-9": 3}), "no_show", "A no-show has no scores"),
    (contact(no_show=True, answers={"PHQ-9": NINE}), "no_show", "A no-show has no scores"),
    (contact(advice=Advice(kinds=(RecommendationKind.REFER,))), "contact_type", "Only a consultation"),
    (contact(day=date(2031, 3, 4)), "day", "future"),
    (consult(visit_type=VisitType.PHONE), "contact_type", "is not a visit"),
    (consult(no_show=True), "contact_type", "is not a visit"),
    (consult(scores={"PHQ-9": 3}), "contact_type", "has no scores"),
    (consult(advice=None), "kinds", "Say what is recommended"),
    (consult(advice=Advice(text="Sertraline")), "kinds", "Say what is recommended"),
    (consult(advice=Advice(kinds=(RecommendationKind.OTHER,))), "text", "Say in words"),
    (contact(scores={"PHQ-9": 3}, self_harm={"PHQ-9": 1}), "safety_action", "Say what was done"),
    (contact(scores={"PHQ-9": 25}), "safety_action", "Say what was done"),
    (contact(self_harm={"PHQ-9": 1}, safety_action="  "), "safety_action", "Say what was done"),
    (contact(answers={"PHQ-9": (*NINE[:8], 1)}), "safety_action", "Say what was done"),
]


@pytest.mark.parametrize(("entered", "field", "sentence"), WRONG)
def test_what_can_not_be_true_is_refused_where_it_stands(
    office: Office, log: Log, handle: str, entered: Contact, field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refused:
        log(entered)
    assert refused.value.field == field
    assert history.contacts(office.table, office.patient(handle).id) == []


@pytest.mark.parametrize("ticked", [True, False])
def test_the_safety_flag_is_raised_with_the_contact_if_the_person_says_so(
    office: Office, log: Log, handle: str, ticked: bool
) -> None:
    after = log(
        contact(
            scores={"PHQ-9": 12},
            self_harm={"PHQ-9": 1},
            safety_action="Safety plan agreed",
            raise_safety_flag=ticked,
        )
    ).card.patient
    [recorded] = after.treatment_logs
    assert recorded.safety_action == "Safety plan agreed"
    if ticked:
        [flag] = after.flags
        assert (flag.flag_type, flag.created_by_provider_id) == (Flag.SAFETY_RISK, "user-1")
        assert flag.reason == "Self-harm item above 0. Safety plan agreed"
        assert after.patient_flag is recorded.flag is Flag.SAFETY_RISK
        assert after.version == 2
    else:
        assert (after.flags, after.patient_flag, recorded.flag) == ((), None, None)


def test_an_open_safety_flag_is_not_raised_twice(office: Office, log: Log, handle: str) -> None:
    risky = contact(
        scores={"PHQ-9": 12}, self_harm={"PHQ-9": 1}, safety_action="Called", raise_safety_flag=True
    )
    log(risky)
    log(risky)
    assert [flag.flag_type for flag in office.patient(handle).flags] == [Flag.SAFETY_RISK]


def test_a_consultation_is_addressed_to_the_physicians_and_the_patients_care_manager(
    office: Office, log: Log, handle: str
) -> None:
    physician = add_member(office, 1, Role.PCP)
    second = add_member(office, 2, Role.CARE_MANAGER)
    psychiatrist = add_member(office, 3, Role.PSYCHIATRIST)

    def change(manager: str | None) -> Recommendation:
        current = office.patient(handle)
        assigned = current.model_copy(update={"care_manager": manager})
        audit = current.audit_logs[-1].model_copy(update={"id": f"assigned-{manager}"})
        changing.save(office.table, REGISTRY, current, assigned, audit, request_id=f"assign-{manager}")
        advised = consult(advice={"kinds": ["Medication", "Refer"], "text": "Sertraline 50 mg"})
        done = log(advised, Role.PSYCHIATRIST, psychiatrist)
        assert done.log
        assert done.log.recommendation == done.card.patient.recommendations[-1]
        assert done.log.recommendation.id == done.log.id
        return done.log.recommendation

    assert change(second).addressed_to == (physician, second)
    assert set(change("gone").addressed_to) == {physician, "user-1", second}
    told = change(None)
    assert set(told.addressed_to) == {physician, "user-1", second}
    assert (told.by, told.text) == (psychiatrist, "Sertraline 50 mg")
    assert told.kinds == (RecommendationKind.MEDICATION, RecommendationKind.REFER)
    assert len(office.patient(handle).recommendations) == 3


@pytest.mark.parametrize(
    ("role", "minutes"),
    [(Role.CARE_MANAGER, 15), (Role.PSYCHIATRIST, 0)],
    ids=["care manager", "psychiatrist"],
)
def test_only_a_care_managers_minutes_of_a_consultation_count(log: Log, role: Role, minutes: int) -> None:
    after = log(consult(minutes=15), role).card.patient
    assert after.minutes_this_month == minutes
    assert after.last_psychiatric_consult is not None
    assert after.total_sessions == 0


@pytest.mark.parametrize("role", [Role.PCP, Role.CLINICAL_OPS, Role.FINANCE])
def test_nobody_else_records_a_contact(office: Office, log: Log, role: Role) -> None:
    with pytest.raises(NotAllowed):
        log(consult(), role)
    assert office.refusals() == ["log_contact"]


def test_a_contact_recorded_late_is_right_everywhere(office: Office, log: Log, handle: str) -> None:
    office.forward(days=60)
    log(assessment(day=date(2031, 3, 5)))
    log(contact(day=date(2031, 4, 30), minutes=12))
    after = log(contact(day=date(2031, 3, 20), minutes=30)).card.patient
    weeks = [log.weeks_in_treatment for log in after.treatment_logs]
    assert [log.date for log in after.treatment_logs] == sorted(log.date for log in after.treatment_logs)
    assert weeks == [0, 2, 8]
    policy = office.actor().registry.policy
    assert after.last_follow_up is not None
    assert policy.local_date(after.last_follow_up) == date(2031, 4, 30)
    assert policy.local_date(after.status_since) == date(2031, 3, 5)
    assert after.status is Status.TREATMENT
    # 2 May: what was done in March and April belongs to March and April
    assert after.minutes_this_month == 0


def test_a_repeated_delivery_is_applied_once(office: Office, handle: str) -> None:
    first = log_contact(office.ctx, office.actor(), handle, contact(), "same")
    second = log_contact(office.ctx, office.actor(), handle, contact(), "same")
    assert (first.before is None, second.before is None, second.log) == (False, True, None)
    assert second.card.patient.total_sessions == 1
