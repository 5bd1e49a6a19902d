"""Messages about a change of many patients: its progress and its outcome. Counts and reasons, no patients."""

from collections.abc import Mapping

from cocm_bot.domain.caseload.bulk import BulkChange, BulkKind, BulkRun
from cocm_bot.domain.members import Registry
from cocm_bot.slack.kit import Block, Payload, actions, button, context, escape, message, section
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.lines.formatting import who
from cocm_bot.slack.shared_views.list_lines import patients_told
from cocm_bot.slack.shared_views.notices import notice_message

TEXT = "A note about your patients"
UNDO = "bulk-undo"
SHOW = "bulk-show"
MOST_REASONS = 10


def progress_message(change: BulkChange) -> Payload:
    """Return how far it came; drawn again as it goes on."""
    return notice_message(progress_told(change))


def progress_told(change: BulkChange) -> str:
    """Return how far a change came, as a sentence."""
    run = change.run
    looked = run.looked if run else 0
    doing = (_UNDOING if change.back else _DOING)[change.kind]
    if run and run.finished_at is not None:
        return f"{doing} {patients_told(change.total)}: done."
    so_far = f": {looked} done so far" if looked else ""
    return f"{doing} {patients_told(change.total)}{so_far}. You need not wait."


def done_messages(change: BulkChange, names: Mapping[str, str], registry: Registry) -> dict[str, Payload]:
    """Return each person's message, by user id: who asked, who receives, and whose patients they were."""
    run = change.run
    told: dict[str, Payload] = {}
    if run and run.done:
        if change.receiver:
            told[change.receiver] = _receivers(change, run, names, registry)
        if change.giver:
            told[change.giver] = _givers(change, run, names, registry)
    told = {user_id: payload for user_id, payload in told.items() if user_id in names}
    return {**told, change.by: done_message(change, names, registry)}


def done_message(change: BulkChange, names: Mapping[str, str], registry: Registry) -> Payload:
    """For who asked for it: how many it was done for, why not for the others, and how to undo it."""
    run = change.run
    if run is None:
        return notice_message(progress_told(change))
    blocks = [section(outcome_told(change, run, names)), *map(section, reasons(run))]
    if change.back is None and run.done:
        blocks += [
            actions(button("Undo", UNDO, change.id)),
            context(f"You can undo this for a day. {_STAYING[change.kind]}"),
        ]
    return message(TEXT, [*blocks, context(escape(registry.name))])


def undoing_message(change: BulkChange) -> Payload:
    """In the place of the message whose Undo was pressed."""
    return notice_message(progress_told(change))


def outcome_told(change: BulkChange, run: BulkRun, names: Mapping[str, str]) -> str:
    """Return how many patients a run was done for, as a sentence with its mark."""
    total = len(run.done) + run.left
    mark = "⚠️" if run.left else "✅"
    count = f"{total}" if not run.left else f"{len(run.done)} of {total}"
    noun = "patient" if count == "1" else "patients"
    return f"{mark} {count} {noun} {_done(change, names)}."


def reasons(run: BulkRun) -> list[str]:
    """Return each reason why patients were left as they are, with how many."""
    told = [f"*{patients_told(len(handles))}*: {escape(why)}" for why, handles in run.failed.items()]
    return told[:MOST_REASONS]


def _receivers(change: BulkChange, run: BulkRun, names: Mapping[str, str], registry: Registry) -> Payload:
    by, count = who(change.by, names), patients_told(len(run.done))
    if change.back:
        told = f"*{by}* undid that: {count} {_is(run)} no longer yours."
    elif change.kind is BulkKind.ASSIGNMENT:
        told = f"*{by}* assigned {count} to you."
    else:
        of = f" of {who(change.giver, names)}" if change.giver and change.giver != change.by else ""
        told = f"*{by}* handed {count}{of} over to you."
    return message(TEXT, [section(told), _caseload(), context(escape(registry.name))])


def _givers(change: BulkChange, run: BulkRun, names: Mapping[str, str], registry: Registry) -> Payload:
    by, count = who(change.by, names), patients_told(len(run.done))
    if change.back:
        told = f"*{by}* undid the handover: {count} {_is(run)} yours again."
    elif change.receiver == change.by:
        told = f"*{by}* took over {count} of yours."
    else:
        told = f"*{by}* handed {count} of yours over to {who(change.receiver or '', names)}."
    return message(TEXT, [section(told), _caseload(), context(escape(registry.name))])


def _is(run: BulkRun) -> str:
    return "is" if len(run.done) == 1 else "are"


def _caseload() -> Block:
    return actions(button("Show caseload", CommandName.CASELOAD.action_id))


def _done(change: BulkChange, names: Mapping[str, str]) -> str:
    receiver = who(change.receiver or "", names)
    if change.back and change.kind is BulkKind.FLAG:
        return "no longer flagged for discussion"
    if change.back:
        back = f"back with {who(change.giver, names)}" if change.giver else "back where they were"
        return f"{back}; the others stay with {receiver}" if change.back.left else back
    match change.kind:
        case BulkKind.HANDOVER:
            return f"handed over to {receiver}"
        case BulkKind.ASSIGNMENT:
            return f"assigned to {receiver}"
        case BulkKind.FLAG:
            return "flagged for discussion"


_DOING: Mapping[BulkKind, str] = {
    BulkKind.HANDOVER: "Handing over",
    BulkKind.ASSIGNMENT: "Assigning",
    BulkKind.FLAG: "Flagging",
}

_UNDOING: Mapping[BulkKind, str] = {
    BulkKind.HANDOVER: "Giving back",
    BulkKind.ASSIGNMENT: "Giving back",
    BulkKind.FLAG: "Removing the flags of",
}
_CHANGED_STAY = "Patients whose record was changed since stay."
_STAYING: Mapping[BulkKind, str] = {
    BulkKind.HANDOVER: _CHANGED_STAY,
    BulkKind.ASSIGNMENT: _CHANGED_STAY,
    BulkKind.FLAG: "Flags resolved or raised again since are left alone.",
}
"""The sentence for what undoing leaves alone."""
