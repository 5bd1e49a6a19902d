"""Finding a patient: a search, or a choice among several. Modals only: they show names."""

from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.operations.patients.card import Matches
from cocm_bot.slack.kit import (
    Block,
    Payload,
    button,
    clip,
    context,
    escape,
    external_select,
    fit_view,
    modal,
    option,
    section,
)

MORE = "Add a letter or two to the name."
NOBODY = "-"
"""The value of an option that is no patient."""


def search_view(title: str, action_id: str, missed: str | None = None, memo: str = "") -> Payload:
    """A search by handle, MRN or name; `missed` is what was looked for in vain."""
    note = [section(f"No patient of this registry matches “{escape(clip(missed, 80))}”.")] if missed else []
    picker = external_select(action_id, placeholder="Handle, MRN or name", min_query_length=1)
    return modal(title, [*note, section("Which patient?", accessory=picker)], "find", private_metadata=memo)


def matches_view(title: str, action_id: str, found: Matches, memo: str = "", *, inexact: str = "") -> Payload:
    """The patients that match, each with a button; `inexact` is what was typed, where nobody is called so."""
    rows = [
        section(
            f"*{escape(entry.last_name)}*, {escape(entry.first_name)}\n"
            f"{entry.handle} · {_born(entry)}MRN {escape(entry.patient_mrn)}{_left(entry)}",
            accessory=button("Choose", action_id, entry.handle, accessibility_label=f"Choose {entry.handle}"),
        )
        for entry in found.shown
    ]
    told = "1 patient matches" if found.total == 1 else f"{found.total} patients match"
    if inexact:
        closest = "Closest match" if found.total == 1 else "Closest matches"
        told = f"Nobody is called “{escape(clip(inexact, 80))}”. {closest}:"
    head = [context(told)]
    listed = fit_view(rows, head=head, more=MORE, beyond=found.beyond)
    return modal(title, listed, "find", private_metadata=memo)


def match_options(found: Matches, *, near: bool = False) -> list[Block]:
    """The patients as options of the search; the last one says how many more there are.

    `near` where nobody is called as was typed.
    """
    said = "closest match · " if near else ""
    matches = [
        option(
            f"{clip(entry.last_name, 24)}, {clip(entry.first_name, 24)} · {entry.handle}",
            entry.handle,
            f"{said}{_born(entry)}MRN {clip(entry.patient_mrn, 30)}{_left(entry)}",
        )
        for entry in found.shown
    ]
    return [*matches, *(no_options(f"…and {found.beyond:,} more. {MORE}") if found.beyond else [])]


def no_options(sentence: str) -> list[Block]:
    """The reason the search offers nobody, in the place of an option; chosen, it is no patient."""
    return [option(sentence, NOBODY)]


def _born(entry: DirectoryEntry) -> str:
    """The year of birth, which tells two of one name apart."""
    return f"born {entry.date_of_birth[:4]} · " if entry.date_of_birth[:4].isdigit() else ""


def _left(entry: DirectoryEntry) -> str:
    if entry.same_as:
        return f" (now {entry.same_as})"
    return " (deactivated)" if entry.deactivated else ""
