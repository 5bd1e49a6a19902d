"""Say who a patient is: the one place that draws a name, birth date, number or address of a patient.

The registry's disclosure decides how much. Each function asks for the registry, so that nothing that tells
who somebody is can be drawn without it; a value that allows neither names nor initials leaves the handle.
Texts are as entered, where they are not said to be escaped.
"""

import unicodedata
from datetime import date
from typing import Protocol

from cocm_bot.domain.billing.columns import patient_shown
from cocm_bot.domain.fields import age, initials
from cocm_bot.domain.members import Registry
from cocm_bot.domain.people import Named, full_name
from cocm_bot.domain.records.billing_month import LedgerEntry
from cocm_bot.domain.records.patient import DirectoryEntry, Patient, PatientSummary
from cocm_bot.domain.settings.registry_settings import Shown
from cocm_bot.slack.kit import clip, escape
from cocm_bot.slack.kit.text import length
from cocm_bot.slack.shared_views.lines.formatting import day

LONGEST_NAME = 55
"""Characters of a name in an entry of a menu, which holds 75."""
OLDEST_TOLD = 90
"""The age from which years alone can identify somebody: 45 CFR 164.514(b)(2)(i)(C)."""
RIGHT_TO_LEFT = frozenset({"R", "AL"})
"""Unicode's classes of letters that are written right to left."""
LEFT_TO_RIGHT_MARK = "\N{LEFT-TO-RIGHT MARK}"
IDENTIFYING = frozenset(
    {"patient_mrn", "first_name", "last_name", "date_of_birth", "phone_number", "email"}
    | {"MRN", "First name", "Last name", "Birth date", "Phone", "E-mail"}
)
"""The attributes that say who somebody is: as stored, and as the history and a merge call them."""


class Identified(Named, Protocol):
    """Anybody with a name and a handle."""

    @property
    def handle(self) -> str: ...


def names_shown(registry: Registry) -> bool:
    """Return whether windows and App Home show who a patient is."""
    return registry.disclosure.screens is Shown.NAME


def withheld(attribute: str, registry: Registry) -> bool:
    """Return whether windows must not show the values of an attribute, by its name or its label."""
    return attribute in IDENTIFYING and not names_shown(registry)


def told_apart(patient: PatientSummary, registry: Registry, longest: int | None = None) -> str:
    """Return what private messages show of a patient; with the year of birth where windows show names.

    Two patients may share a name and initials, and nobody may be taken for another: cut to the `longest`, the
    name is.
    """
    shown = _apart(patient, registry.disclosure.in_messages)
    year = _year(patient) if names_shown(registry) and shown != patient.handle else ""
    if longest is not None and length(shown + year) > longest:
        shown = clip(shown, longest - length(year))
    return f"{shown}{year}"


def named(patient: PatientSummary, registry: Registry) -> str:
    """Return what App Home and windows call a patient, with the year of birth."""
    if not names_shown(registry):
        return _apart(patient, registry.disclosure.screens)
    return f"{named_first(patient)}{_year(patient)}"


def named_option(patient: PatientSummary, registry: Registry, longest: int = LONGEST_NAME) -> str:
    """Return a patient as an entry of a menu in a window or App Home, with the year of birth.

    The handle comes first, and `longest` characters of the name, so that both always fit.
    """
    if not names_shown(registry):
        return _apart(patient, registry.disclosure.screens)
    return f"{patient.handle} · {clip(full_name(patient), longest)}{_year(patient)}"


def subject(patient: PatientSummary, registry: Registry) -> str:
    """Return a modal's first line, escaped: the patient, the year of birth and the status."""
    if not names_shown(registry):
        return f"*{escape(_apart(patient, registry.disclosure.screens))}* · {patient.status}"
    name, separator, handle = named_first(patient).rpartition(" · ")
    return f"*{escape(name)}*{separator}{handle}{_year(patient)} · {patient.status}"


def heading(patient: Identified, registry: Registry) -> str:
    """Return the heading of a card and of the review: the name, or handle and initials."""
    return full_name(patient) if names_shown(registry) else _apart(patient, registry.disclosure.screens)


def reach(patient: Patient, registry: Registry) -> str:
    """Return how to reach the patient, escaped."""
    if not names_shown(registry):
        return "☎️ In the health record: not shown here"
    phone = f"☎️ *{escape(patient.phone_number)}*" if patient.phone_number else "☎️ No phone number"
    return " · ".join([phone, *([escape(patient.email)] if patient.email else [])])


def years(patient: Patient, registry: Registry, today: date) -> str:
    """Return the age; from 90 years on not which, where names are not shown."""
    if patient.born is None:
        return "birth date not known"
    number = age(patient.born, today)
    if number >= OLDEST_TOLD and not names_shown(registry):
        return f"{OLDEST_TOLD} years or older"
    return f"{number} year{'' if number == 1 else 's'}"


def identity(patient: Patient, registry: Registry, today: date) -> list[str]:
    """Return the parts of the line under a card's heading that says who the patient is, escaped."""
    if not names_shown(registry):
        return [years(patient, registry, today)]
    born = f" (born {day(patient.born)})" if patient.born else ""
    return [
        f"*{patient.handle}*",
        f"{years(patient, registry, today)}{born}",
        f"MRN {escape(patient.patient_mrn)}",
    ]


def found_as(entry: DirectoryEntry, registry: Registry, longest: int) -> tuple[str, str]:
    """Return a patient as a search lists them: what they are called, and what tells them apart.

    Of each part of the name `longest` characters are shown.
    """
    left = f"now {entry.same_as}" if entry.same_as else "deactivated" if entry.deactivated else ""
    if not names_shown(registry):
        return _apart(entry, registry.disclosure.screens), left
    year = entry.date_of_birth[:4]
    born = f"born {year} · " if year.isdigit() else ""
    name = f"{clip(entry.last_name, longest)}, {clip(entry.first_name, longest)}"
    told = f"{born}MRN {clip(entry.patient_mrn, 30)}{f' ({left})' if left else ''}"
    return f"{name} · {entry.handle}", told


def compared(person: DirectoryEntry | Patient, registry: Registry) -> str:
    """Return a patient beside somebody who may be the same, escaped: by all that tells."""
    if not names_shown(registry):
        return f"*{escape(_apart(person, registry.disclosure.screens))}*"
    born = escape(person.date_of_birth or "on an unknown day")
    name = f"{escape(person.last_name)}, {escape(person.first_name)}"
    return f"*{person.handle}* · {name} · born {born} · MRN {escape(person.patient_mrn)}"


def outcome_of(entry: DirectoryEntry, registry: Registry) -> str:
    """Return a patient in a list of outcomes: the name, the handle and the year of birth."""
    if not names_shown(registry):
        return _apart(entry, registry.disclosure.screens)
    year = entry.date_of_birth[:4]
    born = f" · b. {year}" if year.isdigit() else ""
    return f"{clip(full_name(entry), LONGEST_NAME)} · {entry.handle}{born}"


def billed_as(entry: LedgerEntry, registry: Registry) -> list[str]:
    """Return the parts of a billing row that say who it is for, escaped."""
    name = clip(patient_shown(entry, registry.disclosure.in_billing), LONGEST_NAME)
    called = [f"*{entry.handle}*", *([escape(name)] if name else [])]
    if not names_shown(registry):
        return called
    return [called[0], f"MRN {escape(entry.patient_mrn)}", *called[1:], f"born {entry.date_of_birth}"]


def audited(entry: DirectoryEntry, registry: Registry) -> str:
    """Return a patient in the access log, escaped, for admins who may see patients."""
    if not names_shown(registry):
        return escape(_apart(entry, registry.disclosure.screens))
    return f"{entry.handle} {escape(full_name(entry))}"


def typed(words: str, registry: Registry) -> str:
    """Return the words of a search that found nobody, in quotes, escaped: they may be somebody's name."""
    return f"“{escape(clip(words, 80))}”" if names_shown(registry) else "what you typed"


def named_first(patient: Identified) -> str:
    """Return a name and handle.

    After a name that is written right to left a mark keeps the digits of the handle in their order.
    """
    name = full_name(patient)
    right_to_left = any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in name)
    return f"{name}{LEFT_TO_RIGHT_MARK if right_to_left else ''} · {patient.handle}"


def _apart(patient: Identified, much: Shown) -> str:
    """Return the handle first, with as much of the name as is allowed."""
    match much:
        case Shown.NAME:
            return f"{patient.handle} · {full_name(patient)}"
        case Shown.INITIALS:
            return f"{patient.handle} · {initials(patient.first_name, patient.last_name)}"
    return patient.handle


def _year(patient: PatientSummary) -> str:
    return f" · b. {patient.birth_year}" if patient.birth_year else ""
