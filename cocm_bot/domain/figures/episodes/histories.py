"""Make the outcome records of a patient from the record and its history: the only place that does."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cocm_bot.domain.audit_actions import AuditAction
from cocm_bot.domain.billing.minutes import billable, seconds_of
from cocm_bot.domain.figures.episodes.outcome_record import OutcomeRecord, Scored, Since, StatusSince, Stay
from cocm_bot.domain.figures.episodes.turns import REASON, turns_of
from cocm_bot.domain.ordering import in_order, recorded_first
from cocm_bot.domain.patients.patient_status import status_after
from cocm_bot.domain.records.agreements import Answer, DeactivationReason, RecommendationKind
from cocm_bot.domain.records.course import Episode
from cocm_bot.domain.records.history import AuditLog, TreatmentLog, Turn
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Status, WorkKind

TREATMENT_CHANGES = frozenset(
    {RecommendationKind.MEDICATION, RecommendationKind.PSYCHOTHERAPY, RecommendationKind.REFER}
)
"""The recommendations that change the treatment once they are done."""
SAME_ANSWER_SECONDS = 60
"""Within these an answer and the audit entry that tells of it are the same."""


def outcome_records(
    patient: Patient, logs: Iterable[TreatmentLog], audits: Iterable[AuditLog], policy: CarePolicy
) -> tuple[OutcomeRecord, ...]:
    """Return a record for each episode, oldest first, from the full history in any order."""
    return records_from(patient, logs, turns_of(audits), policy)


def records_from(
    patient: Patient, logs: Iterable[TreatmentLog], turns: Sequence[Turn], policy: CarePolicy
) -> tuple[OutcomeRecord, ...]:
    """Return a record for each episode, oldest first, from all contacts in any order and the turns.

    What people did by hand (leaving, coming back, a status, an assignment) is taken from the turns; where an
    older record has none of them, from the episodes and the status the patient carries.
    """
    standing = [log for log in in_order(logs, policy) if log.counts]
    history = _History(patient, standing, turns, policy)
    return tuple(history.record(place) for place in range(len(history.episodes)))


@dataclass(frozen=True)
class _History:
    """A patient with the entries that stand in order, and the turns in order."""

    patient: Patient
    logs: Sequence[TreatmentLog]
    turns: Sequence[Turn]
    policy: CarePolicy

    @property
    def episodes(self) -> Sequence[Episode]:
        """Records of an older system have none: then the first began with the record."""
        return self.patient.episodes or (Episode(started=self.patient.date_created),)

    def day(self, seconds: float) -> date:
        return self.policy.local_date(seconds)

    def record(self, place: int) -> OutcomeRecord:
        logs = [log for log in self.logs if self._place_of(log) == place]
        attended = [log for log in logs if not log.no_show]
        contacts = [log for log in attended if log.with_patient]
        stays = self._stays(place)
        assessed = next(iter(self._days(contacts, ContactType.INITIAL_ASSESSMENT)), None)
        follow_ups = self._days(contacts, ContactType.FOLLOW_UP)
        changes = {day for day in self._changed() if self._place_on(day) == place}
        changes |= {self.day(log.date) for log in logs if _changes_treatment(log)}
        return OutcomeRecord(
            patient_id=self.patient.id,
            handle=self.patient.handle,
            number=place + 1,
            born=_born(self.patient),
            referred=_referred(self.patient) if place == 0 else None,
            diagnoses=tuple(each.code for each in self.patient.diagnoses),
            stays=stays,
            statuses=tuple(self._statuses(place, stays, attended)),
            care_managers=tuple(self._values("care_manager", self.patient.care_manager, stays[0].first)),
            payers=tuple(self._values("payer", self.patient.payer, stays[0].first)),
            contacts=tuple(self.day(log.date) for log in contacts),
            assessed=assessed,
            followed_up=next((day for day in follow_ups if assessed and day >= assessed), None),
            consults=self._days(attended, ContactType.CONSULTATION),
            plans=self._days(attended, ContactType.RELAPSE_PREVENTION),
            changes=tuple(sorted(changes)),
            scores=tuple(self._scores(attended)),
            seconds=self._seconds(logs),
            consented=self._seconds(log for log in logs if self._after_consent(log)),
        )

    def _days(self, logs: Iterable[TreatmentLog], contact_type: ContactType) -> tuple[date, ...]:
        return tuple(self.day(log.date) for log in logs if log.contact_type is contact_type)

    def _place_of(self, log: TreatmentLog) -> int:
        """Return the place of the episode an entry belongs to; a check belongs to one that had ended."""
        day = self.day(log.date)
        if log.contact_type is WorkKind.OUTCOME_CHECK:
            ended = [
                place
                for place, each in enumerate(self.episodes)
                if each.ended is not None and self.day(each.ended) <= day
            ]
            if ended:
                return ended[-1]
        return self._place_on(day)

    def _place_on(self, day: date) -> int:
        """Return the place of the episode of a day; the first takes in what came before it."""
        return max(sum(self.day(each.started) <= day for each in self.episodes) - 1, 0)

    def _of_episode(self, place: int) -> Iterator[Turn]:
        """Yield the turns from an episode's beginning to the next one's."""
        start = self.episodes[place].started if place else float("-inf")
        following = self.episodes[place + 1 :]
        end = following[0].started if following else float("inf")
        return (turn for turn in self.turns if start <= turn.at < end)

    def _stays(self, place: int) -> tuple[Stay, ...]:
        episode = self.episodes[place]
        stays = [Stay(first=self.day(episode.started))]
        for turn in self._of_episode(place):
            *earlier, last = stays
            match turn.action:
                case AuditAction.DEACTIVATED:
                    update = {"left": self.day(turn.at), "reason": _reason(turn)}
                    stays = [*earlier, last.model_copy(update=update)]
                case AuditAction.DEACTIVATION_UNDONE:
                    stays = [*earlier, last.model_copy(update={"left": None, "reason": None})]
                case AuditAction.EPISODE_RESUMED if last.left is not None:
                    stays.append(Stay(first=self.day(turn.at)))
        *earlier, last = stays
        if episode.ended is not None:
            update = {"left": self.day(episode.ended), "reason": episode.reason}
            return (*earlier, last.model_copy(update=update))
        if last.left is None:
            return tuple(stays)
        # An entry is missing: the record itself says that the patient came back, and perhaps when.
        if episode.resumed is not None:
            return (*stays, Stay(first=max(self.day(episode.resumed), last.left)))
        return (*earlier, Stay(first=last.first))

    def _statuses(
        self, place: int, stays: Sequence[Stay], attended: Iterable[TreatmentLog]
    ) -> Iterator[StatusSince]:
        """Yield each status with its first day, as contacts brought it or somebody set it."""
        start = stays[0].first
        moves: list[tuple[date, float, Status | TreatmentLog]] = [
            (max(self.day(log.date), start), recorded_first(log), log) for log in attended
        ]
        for turn in self._of_episode(place):
            moves += [
                (self.day(turn.at), turn.at, Status(change.after))
                for change in turn.changes
                if change.attribute == "status"
            ]
        status = Status.ENROLLED
        yield StatusSince(day=start, status=status)
        for day, _, move in sorted(moves, key=lambda each: each[:2]):
            after = move if isinstance(move, Status) else status_after(status, move)
            if after is not status:
                status = after
                yield StatusSince(day=day, status=status)
        yield from self._known_status(place, status, start)

    def _known_status(self, place: int, derived: Status, start: date) -> Iterator[StatusSince]:
        """Yield the status the record carries, where nothing in its history brought the latest episode there.

        So it is of a patient who was taken over from elsewhere.
        """
        if place != len(self.episodes) - 1:
            return
        patient = self.patient
        known, since = patient.status, patient.status_since
        if known is Status.DEACTIVATED:
            if patient.departure is None:
                return
            known, since = patient.departure.status, patient.departure.status_since
        if known is not derived:
            yield StatusSince(day=max(self.day(since), start), status=known)

    def _values(self, attribute: str, current: str | None, start: date) -> Iterator[Since]:
        """Yield what an attribute was at the start, and each later change; every audit entry names it."""
        changes = [
            (self.day(turn.at), change)
            for turn in self.turns
            for change in turn.changes
            if change.attribute == attribute
        ]
        value = changes[0][1].before or None if changes else current
        for day, change in changes:
            if day <= start:
                value = change.after or None
        yield Since(day=start, value=value)
        yield from (Since(day=day, value=change.after or None) for day, change in changes if day > start)

    def _changed(self) -> Sequence[date]:
        """Return the days on which a recommendation that changes the treatment was done.

        The record carries the latest closed ones; of an earlier one the audit entry says when, and the
        consultation before it what.
        """
        answered = [
            (given.latest.at, given.kinds)
            for given in self.patient.recommendations
            if given.latest is not None and given.latest.answer is Answer.DONE
        ]
        given = [log.recommendation for log in self.logs if log.recommendation is not None]
        for turn in self.turns:
            at = turn.at
            if turn.action != AuditAction.RECOMMENDATION_DONE:
                continue
            if any(abs(at - known) <= SAME_ANSWER_SECONDS for known, _ in answered):
                continue
            before = [each for each in given if each.at <= at]
            answered += [(at, before[-1].kinds)] if before else []
        return sorted(self.day(at) for at, kinds in answered if TREATMENT_CHANGES.intersection(kinds))

    def _scores(self, attended: Iterable[TreatmentLog]) -> Iterator[Scored]:
        for log in attended:
            check = log.contact_type is WorkKind.OUTCOME_CHECK
            for score in log.scores if log.is_contact or check else ():
                yield Scored(
                    day=self.day(log.date),
                    measure=score.score_name,
                    score=score.score_value,
                    check=check,
                )

    def _seconds(self, logs: Iterable[TreatmentLog]) -> dict[str, int]:
        seconds: Counter[str] = Counter()
        for log in logs:
            # Scores of somebody who has left are no service.
            if billable(log, self.policy) and log.contact_type is not WorkKind.OUTCOME_CHECK and log.minutes:
                seconds[self.policy.month(log.date)] += seconds_of(log)
        return dict(seconds)

    def _after_consent(self, log: TreatmentLog) -> bool:
        consent = self.patient.consent
        return consent is not None and self.day(log.date) >= self.day(consent.date)


def _changes_treatment(log: TreatmentLog) -> bool:
    return any(change.changes_treatment for change in log.medication_changes)


def _referred(patient: Patient) -> date | None:
    return None if patient.date_referred is None else date.fromisoformat(patient.date_referred)


def _reason(turn: Turn) -> DeactivationReason | None:
    told = next((change.after for change in turn.changes if change.attribute == REASON), "")
    return next((reason for reason in DeactivationReason if told == reason), None)


def _born(patient: Patient) -> date | None:
    try:
        return date.fromisoformat(patient.date_of_birth)
    except ValueError:
        return None
