"""Finding a patient: a search, or a choice among several. Modals only: they show names."""

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.operations.patients.card import Matches
from cocm_bot.slack.kit import (
    Block,
    Payload,
    button,
    context,
    escape,
    external_select,
    fit_view,
    modal,
    option,
    section,
)
from cocm_bot.slack.shared_views.identity import found_as, typed

MORE = "Add a letter or two to the name."
LONGEST_IN_MENU = 24
"""Characters of each part of a name in an entry of the search, which holds 75."""
LONGEST_LISTED = 200
NOBODY = "-"
"""The value of an option that is no patient."""


def search_view(
    title: str, action_id: str, registry: Registry, missed: str | None = None, memo: str = ""
) -> Payload:
    """A search by handle, MRN or name; `missed` is what was looked for in vain."""
    note = [section(f"No patient of this registry matches {typed(missed, registry)}.")] if missed else []
    picker = external_select(action_id, placeholder="Handle, MRN or name", min_query_length=1)
    return modal(title, [*note, section("Which patient?", accessory=picker)], "find", private_metadata=memo)


def matches_view(
    title: str, action_id: str, found: Matches, registry: Registry, memo: str = "", *, inexact: str = ""
) -> Payload:
    """The patients that match, each with a button; `inexact` is what was typed, where nobody is called so."""
    rows = [
        section(
            _listed(entry, registry),
            accessory=button("Choose", action_id, entry.handle, accessibility_label=f"Choose {entry.handle}"),
        )
        for entry in found.shown
    ]
    told = "1 patient matches" if found.total == 1 else f"{found.total} patients match"
    if inexact:
        closest = "Closest match" if found.total == 1 else "Closest matches"
        told = f"Nobody is called {typed(inexact, registry)}. {closest}:"
    head = [context(told)]
    listed = fit_view(rows, head=head, more=MORE, beyond=found.beyond)
    return modal(title, listed, "find", private_metadata=memo)


def match_options(found: Matches, registry: Registry, *, near: bool = False) -> list[Block]:
    """The patients as options of the search; the last one says how many more there are.

    `near` where nobody is called as was typed.
    """
    said = "closest match" if near else ""
    matches = []
    for entry in found.shown:
        called, told = found_as(entry, registry, LONGEST_IN_MENU)
        matches.append(option(called, entry.handle, " · ".join(filter(None, (said, told)))))
    return [*matches, *(no_options(f"…and {found.beyond:,} more. {MORE}") if found.beyond else [])]


def no_options(sentence: str) -> list[Block]:
    """The reason the search offers nobody, in the place of an option; chosen, it is no patient."""
    return [option(sentence, NOBODY)]


def _listed(entry: DirectoryEntry, registry: Registry) -> str:
    called, told = found_as(entry, registry, LONGEST_LISTED)
    return "\n".join(filter(None, (f"*{escape(called)}*", escape(told))))
