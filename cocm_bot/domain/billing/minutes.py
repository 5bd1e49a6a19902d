"""The calendar months of a patient's work, as billing counts them.

A contact's minutes may be a fraction: each is taken to the nearest second, seconds are added up as whole
numbers, and a month is rounded down to minutes once.
"""

import math
from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from cocm_bot.domain.measures.catalogue import CATALOGUE
from cocm_bot.domain.records.billing_month import BillingMonth, LedgerEntry, Work
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Role


def billable(log: TreatmentLog, policy: CarePolicy) -> bool:
    """Return whether an entry's minutes are care-manager work; one that names no role counts as it.

    A treating physician's count where the registry says so.
    """
    roles: set[Role | None] = {Role.CARE_MANAGER, None}
    if policy.billing.physician_minutes:
        roles.add(Role.PCP)
    return log.counts and log.provider_role in roles


def seconds_of(log: TreatmentLog) -> int:
    """An entry's minutes as whole seconds."""
    return math.floor(log.minutes * 60 + 0.5)


def month_before(month: str, months: int = 1) -> str:
    """The month (`YYYY-MM`) so many months earlier."""
    year, number = divmod(_number(month) - months, 12)
    return f"{year:04}-{number + 1:02}"


def initial(month: str, worked: Iterable[str], gap_months: int) -> bool:
    """Return whether a month is an initial one: no billable work in the whole months before it.

    The first month with billable minutes is one, and each after a break of `gap_months` whole months (state
    Medicaid guidance: an episode ends after six months without service). Whether the record was closed
    meanwhile makes no difference.
    """
    return all(not 0 < _number(month) - _number(each) <= gap_months for each in worked)


def billing_month(
    patient: Patient, logs: Iterable[TreatmentLog], policy: CarePolicy, month: str
) -> BillingMonth:
    """One month of a patient, counted from the full history in any order."""
    return _History(patient, logs, policy).facts(month)


def rolled(facts: BillingMonth, month: str, policy: CarePolicy) -> BillingMonth:
    """Return the facts of a later month in which nothing was done yet, from those known before."""
    if facts.month == month:
        return facts
    last = facts.last_worked
    begins_again = last is None or initial(month, [last], policy.billing.gap_months)
    kept = facts.assessed if not begins_again or (facts.assessed or "")[:7] > (last or "") else None
    nothing = {"seconds": 0, "unconsented": 0, "first_service": None, "last_service": None}
    return facts.model_copy(update={"month": month, "initial": begins_again, "assessed": kept, **nothing})


def ledger_of(
    patient: Patient, logs: Iterable[TreatmentLog], policy: CarePolicy
) -> Mapping[str, LedgerEntry]:
    """Every month of a patient with minutes of anybody, by month; the history may be in any order."""
    history = _History(patient, logs, policy)
    return {month: history.entry(month) for month in sorted(history.by_month)}


class _History:
    """A patient's standing entries, sorted out once for however many months."""

    def __init__(self, patient: Patient, logs: Iterable[TreatmentLog], policy: CarePolicy) -> None:
        self._patient, self._policy = patient, policy
        self._days = [(policy.local_date(log.date), log) for log in logs if log.counts]
        self._consented = policy.local_date(patient.consent.date) if patient.consent else None
        self.by_month: dict[str, list[tuple[date, TreatmentLog]]] = {}
        for day, log in self._days:
            if seconds_of(log) > 0:
                self.by_month.setdefault(f"{day:%Y-%m}", []).append((day, log))
        self._worked = sorted(
            month
            for month, entries in self.by_month.items()
            if any(billable(log, policy) and self._after_consent(day) for day, log in entries)
        )
        attended = [(day, log) for day, log in self._days if log.is_contact and not log.no_show]
        scored = {day for day, log in attended if log.scores}
        self._assessed = [
            day
            for day, log in attended
            if log.contact_type is ContactType.INITIAL_ASSESSMENT and day in scored
        ]
        self._measured = [day for day, log in attended if any(map(self._rates, _names(log)))]
        self._reviewed = [day for day, log in attended if log.contact_type is ContactType.CONSULTATION]

    def facts(self, month: str) -> BillingMonth:
        """Return the facts of one month."""
        counted = [(day, log) for day, log in self.by_month.get(month, ()) if billable(log, self._policy)]
        after = [(day, log) for day, log in counted if self._after_consent(day)]
        service = [day for day, _ in after or counted]
        return BillingMonth(
            month=month,
            seconds=_total(after),
            unconsented=_total(counted) - _total(after),
            initial=initial(month, self._worked, self._policy.billing.gap_months),
            last_worked=max((each for each in self._worked if each <= month), default=None),
            first_service=_iso(min(service, default=None)),
            last_service=_iso(max(service, default=None)),
            consented=_iso(self._consented),
            assessed=_iso(self._latest(self._assessed, month, self._break_before(month))),
            measured=_iso(self._latest(self._measured, month)),
            reviewed=_iso(self._latest(self._reviewed, month)),
            clinician=bool(treating_clinician(self._patient)),
            diagnosed=bool(diagnoses(self._patient)),
        )

    def entry(self, month: str) -> LedgerEntry:
        """One month as the ledger holds it."""
        patient = self._patient
        return LedgerEntry(
            patient_id=patient.id,
            handle=patient.handle,
            patient_mrn=patient.patient_mrn,
            first_name=patient.first_name,
            last_name=patient.last_name,
            date_of_birth=patient.date_of_birth,
            payer=patient.payer,
            clinician=treating_clinician(patient),
            diagnoses=diagnoses(patient),
            consent_kind=patient.consent.kind.value if patient.consent else "",
            work=self._work(month),
            facts=self.facts(month),
        )

    def _work(self, month: str) -> tuple[Work, ...]:
        seconds: Counter[tuple[str, str, bool]] = Counter()
        unconsented: Counter[tuple[str, str, bool]] = Counter()
        for day, log in self.by_month[month]:
            role = log.provider_role.value if log.provider_role else ""
            kind = log.contact_type.value, role, billable(log, self._policy)
            seconds[kind] += seconds_of(log)
            unconsented[kind] += 0 if self._after_consent(day) else seconds_of(log)
        return tuple(
            Work(
                kind=kind[0],
                role=kind[1] or None,
                seconds=seconds[kind],
                unconsented=unconsented[kind],
                counted=kind[2],
            )
            for kind in sorted(seconds)
        )

    def _after_consent(self, day: date) -> bool:
        """Return whether the patient had agreed by a day, the day of the consent included."""
        return self._consented is not None and day >= self._consented

    def _rates(self, name: str) -> bool:
        """Return whether a measure can decide how a patient does; one no longer asked for did."""
        measure = self._policy.measure(name) or CATALOGUE.get(name)
        return measure is None or measure.outcome

    def _break_before(self, month: str) -> str:
        """The last worked month before the run of months that this one belongs to; empty for none."""
        gap, current = self._policy.billing.gap_months, _number(month)
        for each in reversed([each for each in self._worked if each < month]):
            if current - _number(each) > gap:
                return each
            current = _number(each)
        return ""

    def _latest(self, days: Collection[date], month: str, after: str = "") -> date | None:
        last = month_end(month)
        return max((day for day in days if day <= last and f"{day:%Y-%m}" > after), default=None)


def treating_clinician(patient: Patient) -> str:
    """Return the name of who treats the patient; empty where nobody is named."""
    return patient.treating_clinician.name if patient.treating_clinician else ""


def diagnoses(patient: Patient) -> tuple[str, ...]:
    """Return the patient's diagnoses, code and label, the principal one first."""
    return tuple(map(str, patient.diagnoses))


def month_start(month: str) -> date:
    """The first day of a month (`YYYY-MM`)."""
    return date.fromisoformat(f"{month}-01")


def month_end(month: str) -> date:
    """The last day of a month (`YYYY-MM`)."""
    first = month_start(month)
    return first.replace(day=monthrange(first.year, first.month)[1])


def _total(entries: Sequence[tuple[date, TreatmentLog]]) -> int:
    return sum(seconds_of(log) for _, log in entries)


def _names(log: TreatmentLog) -> list[str]:
    return [score.score_name for score in log.scores]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _number(month: str) -> int:
    """A month as a number that counts months."""
    year, number = map(int, month.split("-"))
    return year * 12 + number - 1
