"""The access log, a page at a time. A modal only: it may show names."""

from cocm_bot.domain.access import CHANNEL_SURFACE, Action, AdminRight
from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.patient import DirectoryEntry
from cocm_bot.operations.access.access_logging import member_of
from cocm_bot.operations.access.audit import MOST_FOUND, Accesses, Line
from cocm_bot.slack.kit import Payload, escape, modal, page_bar, section
from cocm_bot.slack.shared_views.identity import audited
from cocm_bot.slack.shared_views.lines.formatting import moment_of, who
from cocm_bot.slack.shared_views.list_lines import patients_told, unreadable

TITLE = "Access log"
AUDIT_PAGE = "audit-page"
_LOOKS = {
    Action.VIEW_PATIENT.logged: "opened the card of",
    Action.VIEW_CASELOAD.logged: "saw a list of",
    Action.SEARCH.logged: "searched and found",
}
"""The looks that most entries are of, in words."""
CHANGED = "changed a patient"
"""The name of a patient's change for readers whom its own name would show flags or notes."""


def audit_view(accesses: Accesses, registry: Registry) -> Payload:
    """One line per entry, latest first."""
    asked, total = accesses.wanted, accesses.entries
    about = f"*{escape(accesses.subject or 'Everybody')}* · last {asked.days} days"
    latest, noun = "The latest " if total == MOST_FOUND else "", "entry" if total == 1 else "entries"
    rest = f"{latest}{total:,} {noun}; the same look within 15 minutes is one line."
    subject = asked.patient_id or asked.user_id
    kind = "p" if asked.patient_id else "u" if asked.user_id else "-"
    return modal(
        TITLE,
        [
            section(f"{about}\n{rest} More, and whether it is whole: `cocm-bot audit`."),
            *(section(_line(line, accesses, registry)) for line in accesses.lines),
            *page_bar(
                accesses.page,
                AUDIT_PAGE,
                lambda to: f"{kind} {subject or '-'} {asked.days} {asked.until!r} {to}",
            ),
            *unreadable(accesses.broken, "entries", ". Run `cocm-bot audit verify`."),
        ],
        "audit",
    )


def _line(line: Line, accesses: Accesses, registry: Registry) -> str:
    """A look or change, like `12 Mar 2026 14:05 · Maya Okafor · opened the card of K7Q4 · modal`."""
    entry, policy = line.entry, registry.policy
    parts = [moment_of(entry.at, policy), _person(line, accesses), _done(line, accesses, registry)]
    if entry.outcome == "refused":
        parts.append(f"⛔ refused, {escape(entry.reason)}")
    elif member_of(entry):
        parts.append(who(member_of(entry), accesses.names))
    if line.times > 1:
        parts.append(f"{line.times} times since {moment_of(line.since, policy)[-5:]}")
    return " · ".join([*parts, escape(entry.surface)])


def _done(line: Line, accesses: Accesses, registry: Registry) -> str:
    """Return what was done or seen, and of whom: of many the first ones, and how many there were."""
    entry = line.entry
    # A channel is shown nobody but those at risk: to be named there reveals a flag.
    shown = line.patients if accesses.named or entry.surface != CHANNEL_SURFACE else ()
    others = line.others + len(line.patients) - len(shown)
    people = [_patient(each, accesses, registry) for each in shown]
    if others:
        people.append(f"{others} more" if shown else patients_told(others))
    looked = _LOOKS.get(entry.action) if entry.outcome == "allowed" else None
    if looked is None:
        return " · ".join([escape(_action(line, named=accesses.named)), *people])
    if entry.action == Action.VIEW_PATIENT.logged:
        return f"{looked} {', '.join(people) or 'a patient'}"
    words = f"{looked} {patients_told(len(entry.patient_ids))}"
    return f"{words}: {', '.join(people)}" if shown else words


def _patient(patient: DirectoryEntry, accesses: Accesses, registry: Registry) -> str:
    return audited(patient, registry) if accesses.named else patient.handle


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
