"""A believable caseload of patients who never lived: for the demo, for training and for tests of scale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.contacts.line import is_taken_for_more
from cocm_bot.domain.handles import HANDLE_ALPHABET, HANDLE_LENGTH
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.patients.derive import NOTHING_YET, derive
from cocm_bot.domain.patients.patient_status import status_after
from cocm_bot.domain.recommendations.recommendations import kept
from cocm_bot.domain.records.agreements import Consent, ConsentKind, RelapsePlan
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.records.course import Course, Episode, PatientFlag
from cocm_bot.domain.records.history import AuditLog, Score, TreatmentLog
from cocm_bot.domain.records.patient import SCHEMA_VERSION, TAIL, Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Flag, Role, Status, VisitType
from cocm_bot.operations.synthetic.background import Names, background, names_of
from cocm_bot.operations.synthetic.consults import answered, given_in
from cocm_bot.operations.synthetic.phrases import AREA_CODES, NOTES, PAYERS, REASONS
from cocm_bot.operations.synthetic.self_harm import with_answers
from cocm_bot.operations.synthetic.stories import STORIES, Event, Story, Timeline, timeline

Entry = tuple[Patient, list[TreatmentLog], list[AuditLog]]
"""A patient with all contacts and audit entries, oldest first."""

FORGOTTEN_CONSENT = 0.15
"""The share of patients whose consent nobody wrote down."""

_MINUTES = {
    ContactType.INITIAL_ASSESSMENT: (40, 60),
    ContactType.FOLLOW_UP: (10, 30),
    ContactType.CONSULTATION: (5, 15),
    ContactType.RELAPSE_PREVENTION: (25, 40),
}

_VISITS = {
    ContactType.INITIAL_ASSESSMENT: (VisitType.CLINIC, VisitType.IN_PERSON),
    ContactType.FOLLOW_UP: (VisitType.PHONE, VisitType.PHONE, VisitType.CLINIC, VisitType.IN_PERSON),
    ContactType.CONSULTATION: (VisitType.CLINIC, VisitType.PHONE),
    ContactType.RELAPSE_PREVENTION: (VisitType.CLINIC, VisitType.PHONE, VisitType.IN_PERSON),
}


def caseload(
    count: int,
    policy: CarePolicy,
    now: datetime,
    seed: int,
    care_managers: Sequence[str],
    psychiatrist: str,
    physicians: Sequence[Clinician] = (),
) -> Iterator[Entry]:
    """Invent patients with up to nine months of history; the same arguments give the same patients.

    A larger count continues a smaller one. Handles and MRNs differ within one seed. `care_managers`
    and `psychiatrist` are user ids. From 25 patients on, every status and every reason of
    being due occurs under the default cadence.
    """
    drawn = _distinct(Random(f"{seed}/handles"), range(len(HANDLE_ALPHABET) ** HANDLE_LENGTH))
    handles = (handle for number in drawn if not is_taken_for_more(handle := _handle(number)))
    mrns = _distinct(Random(f"{seed}/mrns"), range(100_000, 1_000_000))
    for index, handle, mrn in zip(range(count), handles, mrns, strict=False):
        random = Random(f"{seed}/{index}")
        scene = _Scene(policy, now, random, random.choice(care_managers), psychiatrist, physicians)
        yield scene.patient(STORIES[index % len(STORIES)], handle, f"SYN-{mrn}", names_of(index))


def _distinct(random: Random, numbers: range) -> Iterator[int]:
    """Numbers drawn at random, none twice."""
    drawn: set[int] = set()
    while len(drawn) < len(numbers):
        number = random.choice(numbers)
        if number not in drawn:
            drawn.add(number)
            yield number


def _handle(number: int) -> str:
    letters = ""
    for _ in range(HANDLE_LENGTH):
        number, place = divmod(number, len(HANDLE_ALPHABET))
        letters += HANDLE_ALPHABET[place]
    return letters


@dataclass(frozen=True)
class _Scene:
    """Everything one patient's history is made with."""

    policy: CarePolicy
    now: datetime
    random: Random
    care_manager: str
    psychiatrist: str
    physicians: Sequence[Clinician]

    def patient(self, story: Story, handle: str, mrn: str, names: Names) -> Entry:
        today = self.policy.local_date(self.now.timestamp())
        stories = [story.earlier, story] if story.earlier else [story]
        timelines = [timeline(each, today, self.random) for each in stories]
        logs = [log for each in timelines for log in self._logs(each, mrn)]
        logs = with_answers(logs, story, self.policy)
        given = given_in(logs, self.psychiatrist, self._addressees(), self.random)
        logs = [log.model_copy(update={"recommendation": given.get(log.id)}) for log in logs]
        flags = self._flags(story, logs)
        episodes = [self._episode(each) for each in timelines]
        status, status_since = _status(episodes[-1], logs)
        audits = self._audits(episodes, logs, flags)
        first_names, last_names = names
        patient = Patient(
            id=self._id(),
            handle=handle,
            patient_mrn=mrn,
            first_name=self.random.choice(first_names),
            last_name=self.random.choice(last_names),
            phone_number=f"+1 {self.random.choice(AREA_CODES)}-555-01{self.random.randrange(100):02}",
            email=f"{handle.lower()}@example.org",
            date_of_birth=(today - timedelta(days=self.random.randint(19 * 366, 84 * 365))).isoformat(),
            payer=self.random.choice(PAYERS),
            status=status,
            status_since=status_since,
            date_created=episodes[0].started,
            date_modified=audits[-1].created_date,
            date_graduated=status_since if status is Status.DEACTIVATED and story.planned else None,
            **NOTHING_YET,
            flags=tuple(flags),
            audit_logs=tuple(audits[-TAIL:]),
            recommendations=kept(answered(given.values(), story, self.now, self.random)),
            consent=self._consent(handle, logs),
            episodes=tuple(episodes),
            course=Course(episode_started=episodes[-1].started),
            care_manager=self.care_manager,
            **background(handle, episodes[0].started, self.policy, self.physicians),
            schema_version=SCHEMA_VERSION,
            version=1,
        )
        return derive(patient, logs, self.policy, self.now), logs, audits

    def _addressees(self) -> tuple[str, ...]:
        ids = (each.user_id for each in self.physicians)
        return (*(user_id for user_id in ids if user_id), self.care_manager)

    def _logs(self, course: Timeline, mrn: str) -> Iterator[TreatmentLog]:
        """The contacts of an episode, the burden a little more or less than the story's: people differ."""
        scale = self.random.uniform(0.9, 1.1)
        assessed = next((event.day for event in course.events if event.severity is not None), None)
        for event in course.events:
            consult = event.contact_type is ContactType.CONSULTATION
            by_psychiatrist = consult and self.random.random() < 0.4
            hour = 16 if consult else self.random.randint(9, 15)
            seen = self._at(event.day, hour, self.random.randrange(60))
            yield TreatmentLog(
                id=self._id(),
                patient_mrn=mrn,
                provider=self.psychiatrist if by_psychiatrist else self.care_manager,
                provider_role=Role.PSYCHIATRIST if by_psychiatrist else Role.CARE_MANAGER,
                no_show=event.no_show,
                flag=None,
                weeks_in_treatment=max(0, (event.day - assessed).days // 7) if assessed else 0,
                contact_type=event.contact_type,
                visit_type=self.random.choice(_VISITS[event.contact_type]),
                scores=self._scores(event, scale),
                minutes=float(
                    self.random.randint(*((0, 5) if event.no_show else _MINUTES[event.contact_type]))
                ),
                date=seen,
                note="" if event.no_show or consult else self.random.choice(NOTES),
                recorded_at=seen + self.random.randint(120, 1800),
                next_appointment=event.agreed.isoformat() if event.agreed and event.severity else None,
                plan=self._plan(event.check, seen) if event.check else None,
            )

    def _plan(self, check: date, written: float) -> RelapsePlan:
        return RelapsePlan(
            warning_signs="Sleeps badly, cancels on friends.",
            what_helps="A walk every day; calling a friend.",
            medication="",
            whom_to_call="The clinic.",
            next_check=check.isoformat(),
            written_by=self.care_manager,
            written_at=written,
        )

    def _scores(self, event: Event, scale: float) -> tuple[Score, ...]:
        if event.severity is None:
            return ()
        burden = event.severity * scale
        return tuple(
            Score(score_name=measure.name, score_value=self._score(measure, burden))
            for measure in self.policy.measures
        )

    def _score(self, measure: Measure, burden: float) -> float:
        share = min(1.0, max(0.0, burden + self.random.uniform(-0.03, 0.03)))
        share = share if measure.higher_is_worse else 1 - share
        return float(round(measure.minimum + share * (measure.maximum - measure.minimum)))

    def _flags(self, story: Story, logs: list[TreatmentLog]) -> list[PatientFlag]:
        """An open flag from the last contact where the story has one, and now and then one of the past."""
        attended = [log for log in logs if log.scores]
        flags = []
        if len(attended) > 3 and self.random.random() < 0.3:
            raised = attended[len(attended) // 2].recorded_at
            flags.append(self._flag(Flag.NEEDS_DISCUSSION, raised, raised + 24 * 3600))
        if story.flag:
            flags.append(self._flag(story.flag, attended[-1].recorded_at, None))
        return flags

    def _flag(self, kind: Flag, raised: float, resolved: float | None) -> PatientFlag:
        return PatientFlag(
            flag_type=kind,
            created_by_provider_id=self.care_manager,
            created_date=raised,
            resolved_by_provider_id=None if resolved is None else self.care_manager,
            resolved_date=resolved,
            reason=self.random.choice(REASONS[kind]),
        )

    def _episode(self, course: Timeline) -> Episode:
        ended = None if course.ended is None else self._at(course.ended, 17)
        return Episode(started=self._at(course.enrolled, 8), ended=ended)

    def _audits(
        self, episodes: list[Episode], logs: list[TreatmentLog], flags: list[PatientFlag]
    ) -> list[AuditLog]:
        happened: list[tuple[float | None, AuditAction]] = []
        for episode, began in zip(episodes, (AuditAction.ENROLLED, AuditAction.REOPENED), strict=False):
            happened += [(episode.started, began), (episode.ended, AuditAction.DEACTIVATED)]
        for flag in flags:
            happened += [
                (flag.created_date, AuditAction.FLAG_RAISED),
                (flag.resolved_date, AuditAction.FLAG_RESOLVED),
            ]
        entries = [self._audit(action, when) for when, action in happened if when is not None]
        for log in logs:
            action = AuditAction.NO_SHOW_LOGGED if log.no_show else AuditAction.CONTACT_LOGGED
            entries.append(self._audit(action, log.recorded_at, log))
        return sorted(entries, key=lambda entry: entry.created_date)

    def _consent(self, handle: str, logs: Sequence[TreatmentLog]) -> Consent | None:
        """Given at the first contact, and now and then forgotten; nobody has consented before it."""
        if not logs or Random(handle).random() < FORGOTTEN_CONSENT:
            return None
        return Consent(kind=ConsentKind.VERBAL, date=logs[0].date, recorded_by=self.care_manager)

    def _audit(self, action: AuditAction, when: float, log: TreatmentLog | None = None) -> AuditLog:
        return AuditLog(
            id=log.id if log else self._id(),
            object_name=action.object_name,
            action=action,
            user_id=log.provider if log else self.care_manager,
            created_date=when,
        )

    def _at(self, day: date, hour: int, minute: int = 0) -> float:
        """The instant (seconds UTC) of a local time, never later than now."""
        moment = datetime.combine(day, time(hour, minute), self.policy.zone).timestamp()
        return min(moment, self.now.timestamp())

    def _id(self) -> str:
        return self.random.randbytes(13).hex()


def _status(episode: Episode, logs: list[TreatmentLog]) -> tuple[Status, float]:
    """The status its contacts have led to, and since when."""
    if episode.ended is not None:
        return Status.DEACTIVATED, episode.ended
    status, since = Status.ENROLLED, episode.started
    for log in logs:
        moved = status_after(status, log) if log.date >= episode.started else status
        if moved is not status:
            status, since = moved, log.date
    return status, since
