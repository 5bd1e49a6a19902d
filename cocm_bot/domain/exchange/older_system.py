"""The older system's table as patients: its items, from the live table, a scan or an export.

Expect times in seconds and milliseconds, derived fields that do not follow from the contacts, contacts
without ids, the flag under two names, patients of a key alone.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter

from cocm_bot.domain.errors import InvalidInput
from cocm_bot.domain.exchange.intake import ContactIn, FlagIn, PatientIn
from cocm_bot.domain.exchange.notes import Note, NoteKind, Place
from cocm_bot.domain.exchange.packing import packed, unpacked
from cocm_bot.domain.exchange.trackers import words
from cocm_bot.domain.exchange.trackers.dates import (
    LATEST,
    DayOrder,
    NotADay,
    Reading,
    Undecided,
    day_of,
    evident_order,
    needs_order,
    short_year,
)
from cocm_bot.domain.exchange.trackers.mapping import ASK, SheetMapping, SourceMapping, order_in
from cocm_bot.domain.exchange.trackers.values import minutes, yes_or_no
from cocm_bot.domain.fields import Email
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.records.agreements import DeactivationReason
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import ContactType, Flag, Status

Attributes = Mapping[str, Any]

SHEET = "patients"
"""The name of an older table's patients in a mapping."""
BORN = "date_of_birth"
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
MILLISECONDS_FROM = 100_000_000_000
"""A number of seconds from here on would lie in the year 5138: it counts milliseconds."""
_LATEST = datetime(LATEST.year, LATEST.month, LATEST.day, tzinfo=UTC).timestamp()
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d+)?")
_DERIVED = "the bot computes this from the contacts"


@dataclass(frozen=True)
class OlderItems:
    """The items of an older table, by what they are."""

    patients: list[tuple[str, object, bytes]]
    """MRN of the key, birth date as written, and the item packed; reading takes them out one by one."""
    members: Sequence[Attributes]
    registries: Mapping[str, str]
    """Registry id → name."""
    others: int


def seconds(value: object) -> float | None:
    """Return a time in seconds UTC, stored in seconds or milliseconds; None for what is no time.

    Whoever writes a scan down may make a text of each number, or of each time.
    """
    if isinstance(value, str):
        value = _time_in(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        return None
    found = value / 1000 if value >= MILLISECONDS_FROM else float(value)
    return found if found < _LATEST else None


def _time_in(text: str) -> float | None:
    if (number := _number_in(text)) is not None:
        return number
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when.timestamp() if when.tzinfo else None


def _number_in(value: object) -> float | None:
    """Return a number, or that which a text is; None for what is none."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def sorted_out(items: Iterable[Attributes], wanted: str) -> OlderItems:
    """Return the items of one registry; raises InvalidInput where there are several and none is wanted."""
    patients, members, names, others = [], [], {}, 0
    for item in items:
        pk, sk = _key(item)
        kind, _, owner = pk.partition(":")
        if kind == "registry" and sk == "metadata":
            names[owner or str(item.get("id", ""))] = str(item.get("name", ""))
        elif kind == "registry-patient":
            patients.append((owner, sk, item.get(BORN), packed(item)))
        elif kind == "registry-user":
            members.append((owner, {**item, "user_id": sk.removeprefix("user:")}))
        else:
            others += 1
    owners = sorted({owner for owner, *_ in patients})
    if not owners:
        raise InvalidInput("The file holds no patients of an older table.")
    if not wanted and len(owners) > 1:
        listed = ", ".join(f"{owner} ({names.get(owner) or 'no name'})" for owner in owners)
        raise InvalidInput(f"The table holds several registries: say which with --from-registry. {listed}.")
    chosen = wanted or owners[0]
    if chosen not in owners:
        raise InvalidInput("The table holds no patients of this registry.")
    return OlderItems(
        [(sk, born, item) for owner, sk, born, item in patients if owner == chosen],
        [item for owner, item in members if owner == chosen],
        names,
        others,
    )


def _key(item: Attributes) -> tuple[str, str]:
    pk = item.get("partition_key", item.get("PK", ""))
    sk = item.get("sort_key", item.get("SK", ""))
    return str(pk), str(sk)


@dataclass(frozen=True)
class OlderReader:
    """Reads an older table's patients; `notes` takes what became of their attributes."""

    policy: CarePolicy
    today: date
    notes: list[Note]
    mapping: SourceMapping | None
    names: dict[str, str] = field(default_factory=dict)
    """Of the older table's members, by user id."""

    def read(self, found: OlderItems) -> tuple[list[PatientIn], SourceMapping]:
        """Return the patients, and how their birth dates are read."""
        for member in found.members:
            name = f"{member.get('first_name') or ''} {member.get('last_name') or ''}".strip()
            email = str(member.get("email") or "")
            self.names[str(member["user_id"])] = email or name
            why = "a member: invite them, then their contacts are theirs"
            self._note(NoteKind.LEFT, Place("members", email or name), "member", name, why)
        order, decided = self._order([born for _, born, _ in found.patients])
        found.patients.reverse()
        patients = []
        while found.patients:
            sk, _, item = found.patients.pop()
            patient = self._patient(sk, unpacked(item), order)
            if patient is not None:
                patients.append(patient.lightened)
        return patients, decided

    def _order(self, cells: Sequence[object]) -> tuple[DayOrder | None, SourceMapping]:
        texts = [cell for cell in cells if isinstance(cell, str)]
        given = self.mapping or SourceMapping()
        said = given.sheets.get(SHEET, SheetMapping()).dates.get(BORN, ASK)
        order = order_in(said) or evident_order(texts)
        dates = {BORN: str(order or ASK)} if needs_order(texts) else {}
        return order, given.model_copy(update={"sheets": {SHEET: SheetMapping(dates=dates)}})

    def _patient(self, sk: str, item: Attributes, order: DayOrder | None) -> PatientIn | None:
        mrn = " ".join(str(item.get("patient_mrn") or sk).split())
        place = Place(SHEET, mrn)
        first, last = (" ".join(str(item.get(name) or "").split()) for name in ("first_name", "last_name"))
        if not (first or last):
            self._note(NoteKind.ASKED, place, "item", sk, "a patient without a name: not taken")
            return None
        if mrn != sk:
            self._note(NoteKind.CHANGED, place, "patient_mrn", sk, "spaces", mrn)
        status = words.standing(str(item.get("status") or ""))
        if status.kind is not None and str(item.get("status")) not in set(Status):
            self._note(status.kind, place, "status", str(item.get("status")), status.why)
        standing = status.value or words.Standing(None)
        graduated = seconds(item.get("date_graduated"))
        reason = standing.reason
        if standing.status is Status.DEACTIVATED and graduated is not None:
            reason = DeactivationReason.GRADUATED
        contacts = tuple(self._contacts(place, item))
        self._note_derived(place, item, contacts)
        created = seconds(item.get("date_created"))
        return PatientIn(
            place=place,
            mrn=mrn,
            first_name=first,
            last_name=last,
            born=self._born(place, item, order, created),
            phone_number=str(item.get("phone_number") or "").strip(),
            email=self._email(place, item),
            payer=str(item.get("payer") or "").strip(),
            status=standing.status,
            reason=reason,
            reason_note="" if reason is DeactivationReason.GRADUATED else standing.note,
            left_on=self._day(graduated),
            enrolled=self._day(created),
            flags=tuple(self._flags(place, item)),
            contacts=contacts,
        )

    def _born(
        self, place: Place, item: Attributes, order: DayOrder | None, created: float | None
    ) -> date | None:
        text = str(item.get(BORN) or "").strip()
        if not text:
            self._note(NoteKind.ASKED, place, BORN, "", "no birth date: taken without one")
            return None
        try:
            born = day_of(text, Reading(order, self.today, birth=True))
        except Undecided as undecided:
            why = f"{undecided}: taken without one, say which in the mapping"
            self._note(NoteKind.ASKED, place, BORN, text, why)
            return None
        except NotADay as wrong:
            self._note(NoteKind.REFUSED, place, BORN, text, f"{wrong}: taken without one")
            return None
        if not date(1900, 1, 1) <= born <= self.today:
            self._note(NoteKind.REFUSED, place, BORN, text, "no day somebody was born: taken without one")
            return None
        if born == self._day(created):
            why = "the very day the record was made: the older form's default? Taken as it is"
            self._note(NoteKind.ASKED, place, BORN, text, why, str(born))
        elif text != born.isoformat():
            kind = NoteKind.ASSUMED if short_year(text) else NoteKind.CHANGED
            self._note(kind, place, BORN, text, "written otherwise", str(born))
        return born

    def _email(self, place: Place, item: Attributes) -> str:
        email = str(item.get("email") or "").strip()
        try:
            return _EMAIL.validate_python(email)
        except ValueError:
            self._note(NoteKind.REFUSED, place, "email", email, "no e-mail address: not taken")
            return ""

    def _flags(self, place: Place, item: Attributes) -> Iterator[FlagIn]:
        open_types = set()
        for entry in self._listed(place, item, "flags"):
            each: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"flag_type": entry}
            for flag in self._flag_types(place, "flags", each.get("flag_type")):
                resolved = seconds(each.get("resolved_date"))
                if resolved is None:
                    open_types.add(flag)
                yield FlagIn(flag, seconds(each.get("created_date")), resolved, str(each.get("reason") or ""))
        for name in ("patient_flag", "flag"):
            text = str(item.get(name) or "")
            for flag in self._flag_types(place, name, text):
                if flag not in open_types:
                    open_types.add(flag)
                    why = "a flag without its day: raised with the import"
                    self._note(NoteKind.ASSUMED, place, name, text, why)
                    yield FlagIn(flag, reason="Open in the older system.")

    def _flag_types(self, place: Place, name: str, given: object) -> tuple[Flag, ...]:
        text = str(given or "")
        found = words.flags(text)
        if text and found.kind is NoteKind.ASKED:
            self._note(NoteKind.ASKED, place, name, text, found.why)
        return found.value or ()

    def _listed(self, place: Place, item: Attributes, name: str) -> list[Any]:
        """Return what an attribute lists; what is no list is asked about."""
        found = item.get(name)
        if isinstance(found, list):
            return found
        if found:
            self._note(NoteKind.ASKED, place, name, str(found), "no list: not taken")
        return []

    def _contacts(self, place: Place, item: Attributes) -> Iterator[ContactIn]:
        ids: set[str] = set()
        for number, log in enumerate(self._listed(place, item, "treatment_logs"), 1):
            at = place.at(f"{place.cell}, contact {number}")
            if not isinstance(log, Mapping):
                self._note(NoteKind.ASKED, at, "treatment_logs", "", "no contact: not taken")
                continue
            log_id = str(log.get("id") or "")
            if log_id and log_id in ids:
                self._note(NoteKind.ASKED, at, "id", log_id, "the same contact once more: not taken")
                continue
            ids.add(log_id)
            when = seconds(log.get("date"))
            if when is None:
                told = str(log.get("date"))
                self._note(NoteKind.REFUSED, at, "date", told, "no time: the contact is not taken")
                continue
            yield self._contact(at, log, when)

    def _contact(self, at: Place, log: Attributes, when: float) -> ContactIn:
        kind = words.contact_type(str(log.get("contact_type") or ""))
        if kind.kind is not None:
            self._note(kind.kind, at, "contact_type", str(log.get("contact_type")), kind.why)
        contact_type = kind.value or ContactType.FOLLOW_UP
        consult = contact_type is ContactType.CONSULTATION
        no_show = self._no_show(at, log) and not consult
        without = "a no-show" if no_show else "a consultation" if consult else ""
        visit = words.visit_type(str(log.get("visit_type") or ""))
        return ContactIn(
            place=at,
            day=self.policy.local_date(when),
            at=when,
            contact_type=contact_type,
            visit_type=None if consult else visit.value,
            no_show=no_show,
            minutes=self._minutes(at, log),
            scores=dict(self._scores(at, log, without)),
            note=str(log.get("note") or log.get("notes") or ""),
            provider=self.names.get(str(log.get("provider") or ""), str(log.get("provider") or "")),
        )

    def _no_show(self, at: Place, log: Attributes) -> bool:
        given = log.get("no_show")
        found = yes_or_no(given if isinstance(given, bool | int | str) else None)
        if found.kind is not None:
            self._note(found.kind, at, "no_show", str(given), found.why)
        return bool(found.value)

    def _minutes(self, at: Place, log: Attributes) -> float:
        given = log.get("minutes")
        found = minutes(given if isinstance(given, int | float | str) else None)
        if found.kind is not None and given is not None:
            self._note(found.kind, at, "minutes", str(given), found.why)
        return found.value or 0

    def _scores(self, at: Place, log: Attributes, without: str) -> Iterator[tuple[str, float]]:
        given: set[str] = set()
        for each in self._listed(at, log, "scores"):
            if not isinstance(each, Mapping):
                self._note(NoteKind.ASKED, at, "scores", str(each), "no score: not taken")
                continue
            name, written = str(each.get("score_name") or ""), each.get("score_value")
            number = _number_in(written)
            value = written if number is None else number
            measure = self._measure(name)
            told = f"{value:g}" if isinstance(value, int | float) else str(value)
            if measure is None:
                why = "the registry does not ask for this measure: not taken; choose it, then import"
                self._note(NoteKind.ASKED, at, name, told, why)
            elif without:
                if value:
                    self._note(NoteKind.ASKED, at, name, told, f"{without} has no scores: not taken")
            elif not isinstance(value, int | float) or not measure.accepts(value) or value % 1:
                why = f"{measure.name} runs from {measure.minimum:g} to {measure.maximum:g}: not taken"
                self._note(NoteKind.REFUSED, at, name, told, why)
            elif measure.name in given:
                self._note(NoteKind.ASKED, at, name, told, "a second score of this measure: not taken")
            else:
                given.add(measure.name)
                yield measure.name, float(value)

    def _measure(self, name: str) -> Measure | None:
        wanted = words.plain(name).replace(" ", "")
        for measure in self.policy.measures:
            if words.plain(measure.name).replace(" ", "") == wanted:
                return measure
        return None

    def _note_derived(self, place: Place, item: Attributes, contacts: Sequence[ContactIn]) -> None:
        told = item.get("total_sessions")
        if told and told != sum(not each.no_show for each in contacts):
            self._note(NoteKind.LEFT, place, "total_sessions", str(told), _DERIVED)

    def _day(self, when: float | None) -> date | None:
        return None if when is None else self.policy.local_date(when)

    def _note(self, kind: NoteKind, place: Place, name: str, value: str, why: str, taken: str = "") -> None:
        self.notes.append(Note(kind, place, name, value, why, taken))
