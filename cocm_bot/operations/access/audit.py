"""Reading the access log: by admins in Slack, and by whoever runs the bot as a file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cocm_bot.domain.access import AccessAction, Action, Actor, AdminRight, may
from cocm_bot.domain.errors import InvalidInput, NotFound
from cocm_bot.domain.pages import Page, page_of
from cocm_bot.domain.patients.search import search
from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.operations.access.access_logging import (
    NO_REGISTRY,
    authorise_admin,
    member_of,
    record_export,
    record_view,
)
from cocm_bot.operations.access.audit_groups import Group, grouped
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import names
from cocm_bot.store import registries
from cocm_bot.store.audit import access_log
from cocm_bot.store.audit.access_log import AccessEntry
from cocm_bot.store.audit.audit_trail import DAY_SECONDS

USUAL_DAYS = 7
MOST_DAYS = 31
MOST_FOUND = 1000
LINES_PER_PAGE = 15
PATIENTS_PER_LINE = 6


@dataclass(frozen=True)
class Wanted:
    """The entries asked for: of a patient, of a member, or (neither) all; and before which instant."""

    days: int
    until: float
    patient_id: str = ""
    user_id: str = ""


@dataclass(frozen=True)
class Line:
    """One look or change with the patients it names, the one asked for first; `others` counts the rest."""

    entry: AccessEntry
    """The latest of its entries."""
    patients: Sequence[DirectoryEntry]
    others: int = 0
    times: int = 1
    """The number of its entries."""
    since: float = 0.0
    """The time of the earliest of several entries (seconds UTC)."""


@dataclass(frozen=True)
class Accesses:
    """A page of the log, latest first."""

    wanted: Wanted
    lines: Sequence[Line]
    page: Page[Group]
    """Of the looks and changes found."""
    entries: int
    """The entries found, each of which is in one of them: never more than MOST_FOUND, the latest ones."""
    subject: str
    """The patient or member it is about, as handle or name; empty for all."""
    names: Mapping[str, str]
    named: bool
    """True if the reader's role may see patients' names."""
    broken: int = 0


def wanted(ctx: Context, actor: Actor, words: Sequence[str]) -> Wanted:
    """Return what the words after the command ask for: a handle, a patient's or a member's name, and days.

    Raises NotAllowed, InvalidInput or Unavailable.
    """
    authorise_admin(ctx, actor, AdminRight.READ_ACCESS_LOG)
    *rest, last = words or [""]
    days = USUAL_DAYS
    if last.isdecimal() and len(last) <= len(str(MOST_DAYS)):
        days, words = int(last), rest
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"I can show 1 to {MOST_DAYS} days. Older entries: `cocm-bot audit export`.")
    asked = Wanted(days, ctx.now().timestamp())
    if not any(words):
        return asked
    return _about(ctx, actor, asked, " ".join(words))


def read(ctx: Context, actor: Actor, asked: Wanted, number: int = 1) -> Accesses:
    """A page of the entries asked for; that it was read is an entry too, written first.

    Raises NotAllowed or Unavailable.
    """
    authorise_admin(ctx, actor, AdminRight.READ_ACCESS_LOG)
    days = range(min(asked.days, MOST_DAYS))
    today = datetime.fromtimestamp(asked.until, UTC).date()
    found: list[AccessEntry] = []
    broken = 0
    for day in (today - timedelta(days=back) for back in days):
        listing = access_log.entries(ctx.table, actor.registry.id, day)
        found += [entry for entry in reversed(listing.records) if _matches(entry, asked)]
        broken += listing.broken
        if len(found) >= MOST_FOUND:
            break
    found = found[:MOST_FOUND]
    page = page_of(grouped(found), number, LINES_PER_PAGE)
    memory = ctx.memory.of(actor.registry.id, ctx.now().timestamp())
    known = {each.patient_id: each for each in memory.directory(ctx.table)}
    lines = [_line(group, asked, known) for group in page.rows]
    shown = dict.fromkeys(each.patient_id for line in lines for each in line.patients)
    record_view(ctx, actor, AdminRight.READ_ACCESS_LOG, shown)
    members, named = names(ctx, actor), may(actor.role, Action.VIEW_PATIENT)
    return Accesses(asked, lines, page, len(found), _subject(asked, known, members), members, named, broken)


def export(ctx: Context, registry_id: str, since: date, until: date, account: str) -> Iterator[str]:
    """The entries of these UTC days as lines of JSON, oldest first; the export is logged before it begins.

    Those that can't be read are left out: `prove` names them. Raises NotFound or Unavailable.
    """
    if registry_id != NO_REGISTRY and registries.get(ctx.table, registry_id) is None:
        raise NotFound("There is no registry with this id.")
    record_export(ctx, registry_id, AccessAction.EXPORT_LOG, account)
    for day in days_between(since, until):
        for entry in access_log.entries(ctx.table, registry_id, day):
            yield entry.model_dump_json()


def _about(ctx: Context, actor: Actor, asked: Wanted, words: str) -> Wanted:
    entries = ctx.memory.of(actor.registry.id, ctx.now().timestamp()).directory(ctx.table)
    by_handle = [each for each in entries if each.handle == words.upper()]
    members = _members(names(ctx, actor), words)
    found = by_handle or (search(entries, words) if may(actor.role, Action.VIEW_PATIENT) else [])
    if not by_handle and len(members) == 1:
        return Wanted(asked.days, asked.until, user_id=members[0])
    if len(found) == 1 and (by_handle or not members):
        return Wanted(asked.days, asked.until, patient_id=found[0].patient_id)
    if found or members:
        raise InvalidInput("That fits more than one. Type the patient's handle, or the member's whole name.")
    raise InvalidInput("I found neither a patient nor a member of that name. Try the patient's handle.")


def _members(names: Mapping[str, str], words: str) -> list[str]:
    """The members of that name, or else those whose name has every word."""
    typed = words.casefold().split()
    whole = [user_id for user_id, name in names.items() if name.casefold().split() == typed]
    return whole or [
        user_id
        for user_id, name in names.items()
        if all(any(part.startswith(word) for part in re.split(r"[\s-]+", name.casefold())) for word in typed)
    ]


def _matches(entry: AccessEntry, asked: Wanted) -> bool:
    if not asked.until - asked.days * DAY_SECONDS <= entry.at < asked.until:
        return False
    if asked.patient_id:
        return asked.patient_id in entry.patient_ids
    return not asked.user_id or asked.user_id in (entry.user_id, member_of(entry))


def _line(group: Group, asked: Wanted, known: Mapping[str, DirectoryEntry]) -> Line:
    entry = group.entry
    ids = sorted(entry.patient_ids, key=lambda patient_id: patient_id != asked.patient_id)
    most = 1 if asked.patient_id else PATIENTS_PER_LINE
    shown = [known[patient_id] for patient_id in ids[:most] if patient_id in known]
    return Line(entry, shown, len(ids) - len(shown), group.times, group.since)


def _subject(asked: Wanted, known: Mapping[str, DirectoryEntry], members: Mapping[str, str]) -> str:
    if asked.patient_id:
        return known[asked.patient_id].handle if asked.patient_id in known else "an unknown patient"
    return members.get(asked.user_id, "a former member") if asked.user_id else ""


def days_between(since: date, until: date) -> Iterator[date]:
    return (since + timedelta(days=number) for number in range((until - since).days + 1))
