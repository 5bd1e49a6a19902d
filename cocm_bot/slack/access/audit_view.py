"""The access log, a page at a time. A modal only: it may show names."""

from cocm_bot.domain.access import CHANNEL_SURFACE, Action, AdminRight
from cocm_bot.domain.patient import DirectoryEntry
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.access.access_logging import member_of
from cocm_bot.operations.access.audit import MOST_FOUND, Accesses, Line
from cocm_bot.slack.kit import Payload, escape, modal, page_bar, section
from cocm_bot.slack.shared_views.formatting import moment_of, who
from cocm_bot.slack.shared_views.list_lines import unreadable

TITLE = "Access log"
AUDIT_PAGE = "audit-page"
CHANGED = "changed a patient"
"""The name of a patient's change for readers whom its own name would show flags or notes."""


def audit_view(accesses: Accesses, policy: CarePolicy) -> Payload:
    """One line per entry, latest first."""
    asked, total = accesses.wanted, accesses.page.total
    about = f"*{escape(accesses.subject or 'Everybody')}* · last {asked.days} days"
    rest = f"{'The latest ' if total == MOST_FOUND else ''}{total:,} entries."
    subject = asked.patient_id or asked.user_id
    kind = "p" if asked.patient_id else "u" if asked.user_id else "-"
    return modal(
        TITLE,
        [
            section(f"{about}\n{rest} More, and whether it is whole: `cocm-bot audit`."),
            *(section(_line(line, accesses, policy)) for line in accesses.lines),
            *page_bar(
                accesses.page,
                AUDIT_PAGE,
                lambda to: f"{kind} {subject or '-'} {asked.days} {asked.until!r} {to}",
            ),
            *unreadable(accesses.broken, "entries", ". Run `cocm-bot audit verify`."),
        ],
        "audit",
    )


def _line(line: Line, accesses: Accesses, policy: CarePolicy) -> str:
    """An entry, like `12 Mar 2026 14:05 · Maya Okafor · see a patient · K7Q4 Ana Muñoz · modal`."""
    entry = line.entry
    done = escape(_action(line, named=accesses.named))
    parts = [moment_of(entry.at, policy), _person(line, accesses), done]
    if entry.outcome == "refused":
        parts.append(f"⛔ refused, {escape(entry.reason)}")
    elif member_of(entry):
        parts.append(who(member_of(entry), accesses.names))
    # A channel is shown nobody but those at risk: to be named there reveals a flag.
    shown = line.patients if accesses.named or entry.surface != CHANNEL_SURFACE else ()
    others = line.others + len(line.patients) - len(shown)
    parts += [_patient(each, named=accesses.named) for each in shown]
    if others:
        parts.append(f"{others} {'more' if shown else 'patient' if others == 1 else 'patients'}")
    return " · ".join([*parts, escape(entry.surface)])


def _patient(patient: DirectoryEntry, *, named: bool) -> str:
    name = f" {escape(patient.first_name)} {escape(patient.last_name)}" if named else ""
    return f"{patient.handle}{name}"


def _person(line: Line, accesses: Accesses) -> str:
    """A member by name; who is none as Slack knows them; a channel; or what ran by itself."""
    entry = line.entry
    if entry.user_id:
        return who(entry.user_id, accesses.names)
    if entry.slack_user_id:
        sign = "#" if entry.surface == CHANNEL_SURFACE else "@"
        return f"<{sign}{escape(entry.slack_user_id)}>"
    return f"the {escape(entry.surface)}"


def _action(line: Line, *, named: bool) -> str:
    """A right by its words; a change by what was done, to those alone who may see patients."""
    name = line.entry.action
    right = next((action for action in Action if action.logged == name), None)
    if right is not None:
        return right
    if line.entry.patient_ids and not named and name not in set(AdminRight):
        return CHANGED
    return name
