from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.contacts.contact import Contact
from cocm_bot.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from cocm_bot.domain.patients.derive import derive
from cocm_bot.domain.patients.patient_status import status_with, status_without
from cocm_bot.domain.records.agreements import Answer, RecommendationAnswer
from cocm_bot.domain.records.history import TreatmentLog, Voided
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Flag, Role, Status
from cocm_bot.operations.contacts.corrections import Correction, correct_contact, correctable
from cocm_bot.operations.contacts.log_contact import log_contact
from cocm_bot.operations.registries import measures
from cocm_bot.store.patients import changing, history
from tests.domain import build
from tests.domain.histories import histories
from tests.domain.histories import patients as any_patients
from tests.operations.conftest import Office
from tests.operations.contacts.test_log_contact import assessment, consult, contact
from tests.store.build import REGISTRY


class Context:
    """One patient at the office, and short ways to record and correct."""

    def __init__(self, office: Office, requests: Callable[[], str]) -> None:
        self.office, self.requests = office, requests
        self.handle = office.enrolled()

    def log(self, entered: Contact, role: Role = Role.CARE_MANAGER, user_id: str = "user-1") -> TreatmentLog:
        actor = self.office.actor(role, user_id)
        done = log_contact(self.office.ctx, actor, self.handle, entered, self.requests())
        assert done.log
        return done.log

    def correct(
        self,
        log: TreatmentLog,
        entered: Contact | None,
        role: Role = Role.CARE_MANAGER,
        user_id: str = "user-1",
    ) -> Patient:
        correction = Correction(reason="Typed wrong", contact=entered)
        actor = self.office.actor(role, user_id)
        return correct_contact(
            self.office.ctx, actor, self.handle, log.id, correction, self.requests()
        ).card.patient

    def void(self, log: TreatmentLog) -> Patient:
        return self.correct(log, None)

    @property
    def patient(self) -> Patient:
        return self.office.patient(self.handle)

    @property
    def contacts(self) -> list[TreatmentLog]:
        return history.contacts(self.office.table, self.patient.id)

    def day(self, seconds: float | None) -> date | None:
        policy = self.office.actor().registry.policy
        return None if seconds is None else policy.local_date(seconds)


@pytest.fixture
def ctx(office: Office, requests: Callable[[], str]) -> Context:
    return Context(office, requests)


def test_a_correction_takes_the_place_of_the_entry_which_stays_marked(ctx: Context) -> None:
    old = ctx.log(contact(minutes=30, scores={"PHQ-9": 12}))
    ctx.office.forward(minutes=10)
    after = ctx.correct(old, contact(minutes=45, scores={"PHQ-9": 13}), user_id="user-9")
    kept, new = sorted(ctx.contacts, key=lambda log: log.recorded_at)
    assert [(log.minutes, log.counts) for log in (kept, new)] == [(30, False), (45, True)]
    assert kept.voided == Voided(
        log_id=old.id,
        by="user-9",
        at=ctx.office.moment.timestamp(),
        reason="Typed wrong",
        replaced_by=new.id,
    )
    assert kept.model_copy(update={"voided": None}) == old
    assert (new.corrects, new.provider, new.date) == (old.id, "user-1", old.date)
    assert (after.minutes_this_month, after.total_sessions) == (45, 1)
    assert after.treatment_logs == (new,)
    assert after.course.scores["PHQ-9"].latest == 13


def test_the_audit_entry_says_what_changed_in_words(ctx: Context) -> None:
    ctx.office.forward(days=1)
    old = ctx.log(contact(minutes=30, scores={"PHQ-9": 12}, day=date(2031, 3, 3)))
    after = ctx.correct(old, contact(minutes=45, day=date(2031, 3, 4), note="Called back"))
    audit = after.audit_logs[-1]
    assert (audit.object_name, audit.action) == ("treatment_log", "contact corrected")
    assert [(change.attribute, change.before, change.after) for change in audit.changes] == [
        ("reason", "", "Typed wrong"),
        ("date", "2031-03-03", "2031-03-04"),
        ("minutes", "30", "45"),
        ("PHQ-9", "12", ""),
        ("note", "", "Called back"),
        ("minutes_this_month", "30", "45"),
    ]


def test_a_voided_entry_counts_for_nothing_and_is_kept(ctx: Context) -> None:
    first = ctx.log(contact(minutes=30))
    before = ctx.patient
    second = ctx.log(contact(minutes=20, scores={"PHQ-9": 12}))
    after = correct_contact(
        ctx.office.ctx, ctx.office.actor(), ctx.handle, second.id, Correction(reason="Wrong patient"), "void"
    ).card.patient
    unlike = {"version", "date_modified", "audit_logs"}
    assert after.model_dump(exclude=unlike) == before.model_dump(exclude=unlike)
    assert {(log.id, log.counts) for log in ctx.contacts} == {(first.id, True), (second.id, False)}


@pytest.mark.parametrize(
    ("role", "user_id", "allowed"),
    [
        (Role.PSYCHIATRIST, "psychiatrist", True),
        (Role.CARE_MANAGER, "another", True),
        (Role.PSYCHIATRIST, "another", False),
        (Role.PCP, "psychiatrist", False),
        (Role.CLINICAL_OPS, "another", False),
        (Role.FINANCE, "another", False),
    ],
)
def test_who_may_correct(ctx: Context, role: Role, user_id: str, allowed: bool) -> None:
    old = ctx.log(consult(minutes=10), Role.PSYCHIATRIST, "psychiatrist")
    if allowed:
        ctx.correct(old, consult(minutes=15), role, user_id)
        [new] = [log for log in ctx.contacts if log.counts]
        assert (new.minutes, new.provider, new.provider_role) == (15, "psychiatrist", Role.PSYCHIATRIST)
        assert ctx.patient.minutes_this_month == 0
    else:
        with pytest.raises(NotAllowed):
            ctx.correct(old, consult(minutes=15), role, user_id)
        assert ctx.office.refusals() == ["correct_contact"]
        assert [log.counts for log in ctx.contacts] == [True]


def test_only_what_one_may_correct_is_offered(ctx: Context) -> None:
    theirs = ctx.log(consult(), Role.PSYCHIATRIST, "psychiatrist")
    ctx.office.forward(minutes=5)
    mine = ctx.log(contact())
    gone = ctx.log(contact())
    ctx.void(gone)
    office = ctx.office
    for_manager = correctable(office.ctx, office.actor(), ctx.handle)
    for_psychiatrist = correctable(office.ctx, office.actor(Role.PSYCHIATRIST, "psychiatrist"), ctx.handle)
    assert [log.id for log in for_manager.logs] == [mine.id, theirs.id]
    assert [log.id for log in for_psychiatrist.logs] == [theirs.id]


def test_an_entry_is_voided_once_whoever_else_tries(ctx: Context) -> None:
    old = ctx.log(contact())
    ctx.void(old)
    with pytest.raises(Conflict, match="corrected or voided this entry meanwhile"):
        ctx.correct(old, contact(minutes=45))
    assert len(ctx.contacts) == 1


def test_a_repeated_delivery_corrects_once(ctx: Context) -> None:
    old = ctx.log(contact())
    correction = Correction(reason="Typed wrong", contact=contact(minutes=45))
    for _ in range(2):
        correct_contact(ctx.office.ctx, ctx.office.actor(), ctx.handle, old.id, correction, "same")
    assert [log.minutes for log in ctx.contacts if log.counts] == [45]


def test_an_entry_that_is_not_there_is_not_found(ctx: Context) -> None:
    with pytest.raises(NotFound):
        ctx.void(build.follow_up("2031-03-03"))


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_needed(reason: str) -> None:
    with pytest.raises(ValueError, match="at least 1 character"):
        Correction(reason=reason)


def test_a_correction_keeps_the_rules_of_a_contact(ctx: Context) -> None:
    old = ctx.log(contact())
    with pytest.raises(InvalidInput, match="future"):
        ctx.correct(old, contact(day=date(2031, 3, 4)))
    assert [log.counts for log in ctx.contacts] == [True]


def test_a_measure_the_registry_no_longer_uses_is_not_lost(ctx: Context) -> None:
    old = ctx.log(contact())
    scored = build.follow_up("2031-03-03", GAD7=9).model_copy(update={"id": "imported"})
    before = ctx.patient
    changing.save(
        ctx.office.table,
        REGISTRY,
        before,
        before,
        before.audit_logs[-1].model_copy(update={"id": "import"}),
        logs=(scored,),
        request_id="import",
    )
    ctx.correct(scored, contact(scores={"PHQ-9": 4}))
    new = next(log for log in ctx.contacts if log.corrects == scored.id)
    scores = {score.score_name: score.score_value for score in new.scores}
    assert scores == {"PHQ-9": 4, "GAD-7": 9}
    assert old.id in {log.id for log in ctx.contacts}


def test_a_risk_seen_on_correcting_raises_the_flag(ctx: Context) -> None:
    old = ctx.log(contact(scores={"PHQ-9": 12}))
    risky: dict[str, Any] = {
        "scores": {"PHQ-9": 12},
        "self_harm": {"PHQ-9": 2},
        "safety_action": "Called back",
    }
    after = ctx.correct(old, contact(**risky, raise_safety_flag=True))
    assert after.patient_flag is after.treatment_logs[-1].flag is Flag.SAFETY_RISK


# --- status -------------------------------------------------------------------------------------------------


def test_voiding_the_only_assessment_takes_the_treatment_back(ctx: Context) -> None:
    ctx.office.forward(days=10)
    only = ctx.log(assessment(day=date(2031, 3, 5)))
    after = ctx.void(only)
    assert (after.status, after.initial_assessment) == (Status.ENROLLED, None)
    assert ctx.day(after.status_since) == date(2031, 3, 3)


def test_another_assessment_keeps_the_treatment_from_its_own_day(ctx: Context) -> None:
    ctx.office.forward(days=10)
    first = ctx.log(assessment(day=date(2031, 3, 5)))
    ctx.log(assessment(day=date(2031, 3, 8)))
    after = ctx.void(first)
    assert after.status is Status.TREATMENT
    assert ctx.day(after.status_since) == ctx.day(after.initial_assessment) == date(2031, 3, 8)


def test_a_corrected_day_moves_the_treatments_beginning(ctx: Context) -> None:
    ctx.office.forward(days=10)
    old = ctx.log(assessment(day=date(2031, 3, 5)))
    after = ctx.correct(old, assessment(day=date(2031, 3, 7)))
    assert after.status is Status.TREATMENT
    assert ctx.day(after.status_since) == ctx.day(after.initial_assessment) == date(2031, 3, 7)


def test_an_assessment_that_was_a_no_show_began_nothing(ctx: Context) -> None:
    after = ctx.correct(ctx.log(assessment()), assessment(no_show=True))
    assert (after.status, after.initial_assessment) == (Status.ENROLLED, None)


def test_a_follow_up_that_was_the_assessment_begins_treatment(ctx: Context) -> None:
    after = ctx.correct(ctx.log(contact()), assessment())
    assert after.status is Status.TREATMENT


PREVENTION = build.plan("2026-03-20")
ASSESSED = build.assessment("2026-01-08")
LATER = build.assessment("2026-01-15")


def moved(status: Status, since: str, **more: Any) -> Patient:
    who = build.patient(status, status_since=since, **more)
    return build.derived(who, [], "2026-04-01")


@pytest.mark.parametrize(
    ("who", "voided", "others", "expected"),
    [
        (moved(Status.TREATMENT, "2026-01-08"), ASSESSED, [], (Status.ENROLLED, "2026-01-05")),
        (moved(Status.TREATMENT, "2026-01-08"), ASSESSED, [LATER], (Status.TREATMENT, "2026-01-15")),
        # moved to Treatment by hand on another day: not the entry's doing
        (moved(Status.TREATMENT, "2026-01-07"), ASSESSED, [], (Status.TREATMENT, "2026-01-07")),
        (
            moved(Status.RELAPSE_PREVENTION, "2026-03-20"),
            ASSESSED,
            [],
            (Status.RELAPSE_PREVENTION, "2026-03-20"),
        ),
        (moved(Status.DEACTIVATED, "2026-03-21"), ASSESSED, [], (Status.DEACTIVATED, "2026-03-21")),
        (
            moved(Status.RELAPSE_PREVENTION, "2026-03-20"),
            PREVENTION,
            [ASSESSED],
            (Status.TREATMENT, "2026-01-08"),
        ),
        (moved(Status.RELAPSE_PREVENTION, "2026-03-20"), PREVENTION, [], (Status.TREATMENT, "2026-01-05")),
        # reopened: an assessment of the earlier episode can't keep the later one in treatment
        (
            moved(Status.TREATMENT, "2026-02-10", reopened="2026-02-01"),
            build.assessment("2026-02-10"),
            [ASSESSED],
            (Status.ENROLLED, "2026-02-01"),
        ),
    ],
)
def test_the_status_without_an_entry(
    who: Patient, voided: TreatmentLog, others: list[TreatmentLog], expected: tuple[Status, str]
) -> None:
    status, since = status_without(who, voided, others, build.policy())
    assert (status, build.policy().local_date(since).isoformat()) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-01-20", Status.ENROLLED), ("2026-02-01", Status.TREATMENT)]
)
def test_an_assessment_of_an_earlier_episode_begins_no_treatment_now(day: str, expected: Status) -> None:
    who = moved(Status.ENROLLED, "2026-02-01", reopened="2026-02-01")
    assert status_with(who, build.assessment(day), build.policy())[0] is expected


# --- consultations ------------------------------------------------------------------------------------------


def answered(ctx: Context) -> None:
    """The care manager accepts the recommendation."""
    before = ctx.patient
    answer = RecommendationAnswer(user_id="user-1", answer=Answer.ACCEPTED, at=1.0)
    given = before.recommendations[0].model_copy(update={"answers": (answer,)})
    audit = before.audit_logs[-1].model_copy(update={"id": "answered"})
    after = before.model_copy(update={"recommendations": (given,)})
    changing.save(ctx.office.table, REGISTRY, before, after, audit, request_id="answered")


@pytest.mark.parametrize(("text", "unanswered"), [("Sertraline 50 mg", False), ("Sertraline 100 mg", True)])
def test_a_recommendation_in_other_words_is_to_be_answered_anew(
    ctx: Context, text: str, unanswered: bool
) -> None:
    old = ctx.log(consult(advice={"kinds": ["Medication"], "text": "Sertraline 50 mg"}))
    answered(ctx)
    after = ctx.correct(old, consult(minutes=5, advice={"kinds": ["Medication"], "text": text}))
    [given] = after.recommendations
    assert (given.id, given.text, given.unanswered) == (old.id, text, unanswered)


def test_a_voided_consultation_takes_its_recommendation_along(ctx: Context) -> None:
    after = ctx.void(ctx.log(consult()))
    assert (after.recommendations, after.last_psychiatric_consult) == ((), None)


def test_a_contact_that_was_a_consultation_recommends(ctx: Context) -> None:
    old = ctx.log(contact())
    with pytest.raises(InvalidInput, match="Say what is recommended"):
        ctx.correct(old, consult(advice=None))
    after = ctx.correct(old, consult())
    assert [each.id for each in after.recommendations] == [after.treatment_logs[-1].id]
    assert after.total_sessions == 0


# --- laws ---------------------------------------------------------------------------------------------------


@given(any_patients(), histories(), st.data())
def test_what_is_derived_with_a_voided_entry_is_what_is_derived_without_it(
    who: Patient, logs: list[TreatmentLog], data: st.DataObject
) -> None:
    wrong = data.draw(st.sets(st.sampled_from([log.id for log in logs]))) if logs else set()
    now, policy = build.moment("2026-08-01"), build.policy()
    marked = [
        log.model_copy(update={"voided": Voided(log_id=log.id, by="u", at=1.0, reason="r")})
        if log.id in wrong
        else log
        for log in logs
    ]
    standing = [log for log in logs if log.id not in wrong]
    assert derive(who, marked, policy, now) == derive(who, standing, policy, now)


def test_an_answer_of_a_measure_no_longer_asked_for_outlasts_a_correction(ctx: Context) -> None:
    said: dict[str, Any] = {"scores": {"PHQ-9": 17}, "self_harm": {"PHQ-9": 2}}
    old = ctx.log(contact(minutes=30, safety_action="Safety plan made", **said))
    items = ctx.log(contact(answers={"PHQ-9": (0,) * 9}))
    admin = replace(ctx.office.actor(), is_admin=True)
    measures.choose(ctx.office.ctx, admin, ["GAD-7"])

    after = ctx.correct(old, contact(minutes=45))
    ctx.correct(items, contact(minutes=10))
    again = {log.minutes: log for log in ctx.contacts if log.counts}
    assert (again[45].self_harm, again[45].safety_action) == ({"PHQ-9": 2}, "Safety plan made")
    assert [(score.score_name, score.score_value) for score in again[45].scores] == [("PHQ-9", 17)]
    assert again[10].answers == {"PHQ-9": (0,) * 9}
    # The alert stays open, now for the replacement entry.
    [alert] = after.alerts
    assert (alert.log_id, alert.over_at, alert.measures) == (again[45].id, None, ("PHQ-9",))
    # Voided, it is over.
    [ended] = ctx.void(again[45]).alerts
    assert ended.over_at is not None
