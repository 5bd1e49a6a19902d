"""A registry of 24 patients over 18 months, January 2025 to June 2026, as a table that is read by eye.

A line is a patient: handle, care manager, then what happened. Days are `yy-mm-dd`. The letters:

E enrolled · A initial assessment · F follow-up · P relapse prevention plan · C consult · N no-show ·
W care coordination · O outcome check · D a recommended change of treatment was done · X left, for a reason ·
U the leaving was undone · S the same episode goes on · R a new episode begins · H handed to somebody.

A number after a contact is its PHQ-9, one with a `g` its GAD-7. Minutes of the care manager: A 40, F 20, P
30, N 5, W 10. The psychiatrist's consult has 15 and an outcome check 10, which count for nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.figures.episodes.histories import outcome_records
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord
from cocm_bot.domain.patients.patient_status import status_after
from cocm_bot.domain.records.agreements import (
    Answer,
    Consent,
    ConsentKind,
    DeactivationReason,
    Recommendation,
    RecommendationAnswer,
    RecommendationKind,
)
from cocm_bot.domain.records.course import Episode
from cocm_bot.domain.records.history import AuditLog, Change, Score, TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import ContactType, EntryType, Role, Status, WorkKind
from tests.domain import build

TABLE = """
P01 noor  E 25-01-06 A 25-01-08 18 F 25-01-15 16 F 25-02-12 12 F 25-03-12 8 P 25-04-09 4
          X 25-05-14 Graduated O 25-11-12 3
P02 noor  E 25-01-13 A 25-01-20 20 F 25-02-03 19 F 25-02-17 F 25-03-17 17 C 25-04-14 D 25-04-20
          F 25-05-12 14 F 25-06-30 9 F 25-07-28 9 P 25-08-25 6 X 25-09-30 Graduated
P03 ines  E 25-02-03 N 25-02-10 X 25-04-07 Lost
P04 ines  E 25-02-10 A 25-02-12 8 F 25-02-26 8 F 25-03-26 7 F 25-04-23 4 X 25-06-11 Graduated
P05 ines  E 25-03-03 A 25-03-31 15 F 25-04-14 C 25-04-21 F 25-05-19 15 F 25-06-16 16 F 25-07-14 15
          D 25-07-21 F 25-08-18 10 F 25-09-15 7 X 25-10-06 Moved
P06 noor  E 25-03-10 A 25-03-12 12 g14 F 25-04-09 6 g12 F 25-05-07 5 g11 F 25-06-04 4 g9 F 25-07-02 4 g4
          P 25-07-30 X 25-08-29 Graduated
P07 noor  E 25-04-01 A 25-04-02 g16 F 25-05-02 g10 F 25-06-02 g8 F 25-08-15 g7 X 25-10-15 Declined
P08 ines  E 25-05-05 A 25-05-06 14 F 25-05-20 13 F 25-06-17 12 N 25-07-15 W 25-09-08 X 25-10-20 Lost
P09 noor  E 25-05-19 A 25-05-21 22 F 25-06-04 20 F 25-07-02 18 C 25-07-28 D 25-08-04 F 25-08-06 15
          F 25-09-03 11 F 25-10-01 8 F 25-11-05 5 F 25-12-03 4 P 26-01-07 3 F 26-02-04 F 26-04-15 2
P10 ines  E 25-06-02 A 25-06-03 16 F 25-06-17 9 X 25-07-09 Declined S 25-08-04 F 25-08-06 11 F 25-09-10 7
          F 25-10-08 4 P 25-11-12 4 X 25-12-17 Graduated O 26-05-20 6
P11 noor  E 25-06-16 A 25-06-30 11 F 25-07-14 10 F 25-08-11 9 F 25-09-08 5 F 25-10-06 4
          X 25-11-03 Graduated R 26-02-02 A 26-02-04 19 F 26-02-18 17 F 26-03-18 15 F 26-04-15 15
          C 26-04-20 F 26-05-13 8
P12 ines  E 25-07-07 A 25-07-09 13 F 25-07-23 13 F 25-08-20 12 F 25-09-17 6 H 25-10-01 noor F 25-10-15 6
          F 25-12-10 6 F 26-02-11 3 P 26-03-11 2 X 26-04-22 Graduated
P13 noor  E 25-08-04 A 25-08-05 10 F 25-08-19 10 F 25-09-16 9 F 25-10-14 10 F 25-11-11 12 C 25-11-17
          D 25-11-24 F 25-12-09 9 F 26-01-20 5 F 26-03-03 4 P 26-04-07 4 F 26-06-09 4
P14 ines  E 25-09-01 A 25-09-02 17 F 25-09-09 16 F 25-09-23 14 W 25-09-30 F 25-10-21 12 F 25-11-18 8
          P 25-12-16 8 X 26-01-13 Referred
P15 noor  E 25-10-06 A 25-10-08 0 g0 F 25-11-05 2 X 25-12-01 Other
P16 ines  E 25-10-20 A 25-10-22 21 F 25-11-19 21 F 25-12-17 22 C 26-01-12 F 26-01-21 20 D 26-01-26
          F 26-02-18 13 X 26-03-02 Lost U 26-03-05 F 26-03-18 10 F 26-04-15 9 F 26-05-20 8
P17 noor  E 25-11-03 A 25-11-10 15 F 25-12-08 14 F 26-01-12 F 26-02-09 F 26-03-09 F 26-04-13 F 26-05-11
          F 26-06-08 14 C 26-06-15
P18 ines  E 25-11-17 A 25-12-29 12 F 26-01-05 X 26-01-19 Declined
P19 ines  E 25-12-01 A 25-12-03 9 g12 F 25-12-17 9 g10 F 26-01-14 10 g9 F 26-02-11 8 g5 F 26-03-11 5 g3
          P 26-04-08 X 26-05-06 Graduated
P20 noor  E 26-01-05 A 26-01-07 16 F 26-01-21 12 F 26-02-18 7 F 26-03-18 3 P 26-04-15 3
          X 26-05-20 Graduated
P21 ines  E 26-01-19 A 26-01-21 18 F 26-02-04 18 F 26-03-04 19 F 26-04-01 18 C 26-04-06 F 26-04-29 16
          D 26-05-04 F 26-05-27 12 F 26-06-24 11
P22 -     E 26-02-16 N 26-02-23 A 26-03-16 6 F 26-04-20 6 H 26-06-01 ines
P23 noor  E 26-03-02 A 26-03-03 13 F 26-03-17 12 F 26-04-14 12 F 26-05-12 11 F 26-06-09 6
P24 noor  E 26-06-01 A 26-06-24 20
"""
CONSENTED = {"P08": None, "P21": "2026-03-01"}
"""The day on which a patient agreed, where that was not the day of the enrollment; P08 never did."""
CHILD = {"P23": "2015-01-01"}
"""Those who are 11 years old in 2026."""
PLAN_A = frozenset({f"P{number:02}" for number in range(1, 13)})
"""Those whose payer is Plan A; the others have Plan B."""

ENTRIES: dict[str, tuple[EntryType, float]] = {
    "A": (ContactType.INITIAL_ASSESSMENT, 40),
    "F": (ContactType.FOLLOW_UP, 20),
    "P": (ContactType.RELAPSE_PREVENTION, 30),
    "C": (ContactType.CONSULTATION, 15),
    "N": (ContactType.FOLLOW_UP, 5),
    "W": (WorkKind.CARE_COORDINATION, 10),
    "O": (WorkKind.OUTCOME_CHECK, 10),
}
DAY = "20{}"


@dataclass
class Told:
    """A patient as the table tells of it, up to a day."""

    patient: Patient
    logs: list[TreatmentLog] = field(default_factory=list)
    audits: list[AuditLog] = field(default_factory=list)

    def records(self) -> tuple[OutcomeRecord, ...]:
        return outcome_records(self.patient, self.logs, self.audits, build.policy())

    def change(self, **update: object) -> None:
        self.patient = self.patient.model_copy(update=update)

    def audit(self, action: AuditAction, day: str, *changes: Change) -> None:
        number = len(self.audits)
        self.audits.append(
            AuditLog(
                id=f"audit-{number}",
                object_name=action.object_name,
                action=action,
                user_id="user-1",
                created_date=build.at(f"{day} 13:00"),
                changes=changes,
            )
        )


def registry(until: str = "2026-06-30") -> list[Told]:
    """The table's patients as they were at the end of a day."""
    lines = TABLE.replace("\n     ", " ").strip().splitlines()
    found = [told(line.split(), until) for line in lines]
    return [each for each in found if each is not None]


def records(until: str = "2026-06-30") -> list[OutcomeRecord]:
    """The outcome records of the table's patients at the end of a day."""
    return [record for each in registry(until) for record in each.records()]


def told(words: list[str], until: str) -> Told | None:
    """A patient as one line tells of it, at the end of a day; None before the enrollment."""
    handle, manager, *rest = words
    events = [event for event in _events(rest) if event[1] <= until]
    if not events:
        return None
    enrolled = events[0][1]
    found = Told(build.patient(Status.ENROLLED, enrolled=enrolled))
    agreed = CONSENTED.get(handle, enrolled)
    found.change(
        id=handle,
        handle=handle,
        date_of_birth=CHILD.get(handle, "1980-02-29"),
        care_manager=None if manager == "-" else manager,
        payer="Plan A" if handle in PLAN_A else "Plan B",
        consent=Consent(kind=ConsentKind.VERBAL, date=build.at(agreed), recorded_by="user-1")
        if agreed
        else None,
    )
    for letter, day, values in events[1:]:
        if letter in ENTRIES:
            log = _entry(letter, day, values)
            found.logs.append(log)
            if (
                log.is_contact
                and (status := status_after(found.patient.status, log)) is not found.patient.status
            ):
                found.change(status=status, status_since=log.date)
        else:
            _act(found, letter, day, values)
    return found


def _events(words: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the letter, the day and what follows."""
    starts = [place for place, word in enumerate(words) if len(word) == 1 and word.isalpha()]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        yield words[start], DAY.format(words[start + 1]), words[start + 2 : end]


def _entry(letter: str, day: str, values: list[str]) -> TreatmentLog:
    kind, minutes = ENTRIES[letter]
    log = build.contact(
        day,
        minutes=minutes,
        no_show=letter == "N",
        role=Role.PSYCHIATRIST if letter == "C" else Role.CARE_MANAGER,
    )
    scores = tuple(
        Score(score_name="GAD-7" if value[0] == "g" else "PHQ-9", score_value=float(value.lstrip("g")))
        for value in values
    )
    return log.model_copy(update={"contact_type": kind, "scores": scores})


def _act(told: Told, letter: str, day: str, values: list[str]) -> None:
    """A change made by hand, with the audit entry the bot writes for it."""
    at = build.at(f"{day} 13:00")
    *earlier, current = told.patient.episodes
    match letter:
        case "X":
            reason = next(each for each in DeactivationReason if each.startswith(values[0]))
            ended = current.model_copy(update={"ended": at, "reason": reason})
            told.change(status=Status.DEACTIVATED, status_since=at, episodes=(*earlier, ended))
            told.audit(AuditAction.DEACTIVATED, day, Change(attribute="reason", before="", after=reason))
        case "U" | "S":
            update = {"ended": None, "reason": None, **({"resumed": at} if letter == "S" else {})}
            told.change(
                status=Status.TREATMENT,
                status_since=at,
                episodes=(*earlier, current.model_copy(update=update)),
            )
            action = AuditAction.DEACTIVATION_UNDONE if letter == "U" else AuditAction.EPISODE_RESUMED
            back = Change(attribute="status", before=Status.DEACTIVATED, after=Status.TREATMENT)
            told.audit(action, day, back)
        case "R":
            told.change(status=Status.ENROLLED, episodes=(*earlier, current, Episode(started=at)))
            told.audit(AuditAction.REOPENED, day)
        case "H":
            change = Change(attribute="care_manager", before=told.patient.care_manager or "", after=values[0])
            told.change(care_manager=values[0])
            told.audit(AuditAction.ASSIGNED, day, change)
        case "D":
            done = RecommendationAnswer(user_id="user-3", answer=Answer.DONE, at=at)
            given = Recommendation(
                id=f"given-{day}",
                kinds=(RecommendationKind.MEDICATION,),
                text="Raise the dose.",
                by="user-2",
                at=at - 86_400,
                addressed_to=("user-3",),
                answers=(done,),
            )
            told.change(recommendations=(*told.patient.recommendations, given))
            told.audit(AuditAction.RECOMMENDATION_DONE, day)
