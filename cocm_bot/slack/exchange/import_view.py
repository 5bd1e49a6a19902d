"""Messages about a file that an admin gives to import: counts, sheets, cells and reasons, and no values."""

from collections.abc import Iterable

from cocm_bot.domain.exchange.notes import NoteKind, Problem, problems
from cocm_bot.operations.exchange.importing import Outcome, Report
from cocm_bot.slack.kit import (
    Block,
    Payload,
    actions,
    button,
    clip,
    confirm,
    context,
    escape,
    fit_message,
    message,
    section,
)
from cocm_bot.slack.shared_views.list_lines import counted

ANSWER, APPLY, DROP, UNDO = "import-answer", "import-apply", "import-drop", "import-undo"
NOTIFICATION = "About the file you gave me to import"
CELLS_SHOWN = 5
DELETE = (
    "Slack does not let me delete your file, and it holds patients' data: hover over it in this chat, "
    "open ⋮ *More actions* and choose *Delete file*."
)
HOW_TO = (
    "Share the file with me in my direct message: a tracker (XLSX or CSV), an older system's table, FHIR, or "
    "an export of this bot. I read it first and say what I would take; nothing is written before you say so."
)
RECEIVED = "I have your file and read it now. Nothing is written before you say so; my report follows."
WITH_FILE = "The file above has every cell with its value."
WITHOUT_FILE = (
    "Slack did not take my report with every cell and its value. To get it, press *Leave it* and share your "
    "file with me again."
)
READING = "I read your file again with your answers. My report follows."
READ_AGAIN = "I read your file again: my new report is below."
NOT_SHOWN = (
    "I am done with your file, but Slack did not take my message about it. Share the file with me again to "
    "see where it stands."
)
MARKS = {
    NoteKind.REFUSED: "⛔ *Not taken*",
    NoteKind.ASKED: "❓ *To look at*",
    NoteKind.ASSUMED: "≈ *Assumed*",
    NoteKind.CHANGED: "✎ *Taken in another form*",
    NoteKind.LEFT: "– *Left out*",
}


def said(words: str) -> Payload:
    """Return a message of one sentence or two."""
    return message(NOTIFICATION, [section(words)])


def refused_message(why: str) -> Payload:
    """Return why a file is not imported, and how it is deleted."""
    return message(NOTIFICATION, [section(f"{escape(why)} Nothing was imported."), context(DELETE)])


def report_message(report: Report, file_id: str, *, questions: bool, with_file: bool) -> Payload:
    """Return what the dry run found, with what can be done next.

    `questions` if a form can answer some, `with_file` if the report with every cell was sent before it.
    """
    outcomes = report.outcomes
    new = outcomes[Outcome.TAKEN]
    head = [
        section(
            f"*Dry run: nothing is written yet.* {counted(report.reading.rows, 'row')} read "
            f"({report.reading.form}). {counted(new, 'patient')} with {counted(report.contacts, 'contact')} "
            f"would be taken, {outcomes[Outcome.THERE]:,} already there, {outcomes[Outcome.LEFT]:,} left."
        ),
        *_safety(report),
    ]
    buttons = [
        *([_apply(new, file_id)] if new else []),
        *([button("Answer questions…", ANSWER, file_id)] if questions else []),
        button("Leave it", DROP, file_id),
    ]
    foot = [actions(*buttons), context(WITH_FILE if with_file else WITHOUT_FILE)]
    rows = [section(_line(each)) for each in problems(report.notes)]
    return {**message(NOTIFICATION, []), "blocks": fit_message(rows, head=head, foot=foot)}


def importing_message(passed: int, expected: int) -> Payload:
    """Return how far an import is."""
    return said(f"Importing: {passed:,} of {counted(max(passed, expected), 'patient')}. You need not wait.")


def undoing_message(left: int) -> Payload:
    """Return how much of an import is still to be taken back."""
    return said(f"Taking the import back: {counted(left, 'patient')} to go. You need not wait.")


def done_message(report: Report, file_id: str) -> Payload:
    """Return what was imported, with the way back."""
    outcomes = report.outcomes
    here = outcomes[Outcome.TAKEN] + outcomes[Outcome.THERE]
    left = f" {counted(outcomes[Outcome.LEFT], 'patient')} left." if outcomes[Outcome.LEFT] else ""
    asking = confirm(
        "Undo the import?",
        "Every patient it brought is deleted, with the history, unless somebody changed one since.",
        "Undo",
        "Keep",
        style="danger",
    )
    return message(
        NOTIFICATION,
        [
            section(f"✅ *Imported:* {counted(here, 'patient')} of this file.{left}"),
            *_safety(report),
            actions(button("Undo the import", UNDO, file_id, style="danger", confirm=asking)),
            context(DELETE),
        ],
    )


def undone_message() -> Payload:
    """Return that an import was taken back."""
    return said("The import is taken back: the registry is as it was before it.")


def unfinished_message(why: str, imported: int, file_id: str) -> Payload:
    """Return why an import did not come to its end, with the way on and the way back."""
    words = (
        f"{escape(why)} Imported already: {counted(imported, 'patient')}, each whole. Share the same "
        "file with me again to go on, or undo it."
    )
    return message(NOTIFICATION, [section(words), actions(button("Undo the import", UNDO, file_id))])


def still_imported_message(why: str, file_id: str) -> Payload:
    """Return why an import was not taken back, with the button to try again."""
    tried = actions(button("Undo the import", UNDO, file_id))
    return message(NOTIFICATION, [section(f"Not undone: {escape(why)}"), tried])


def _apply(new: int, file_id: str) -> Block:
    asking = confirm(
        "Import?",
        f"{counted(new, 'patient')} will be added. You can undo it while nobody changed them.",
        "Import",
        "Not yet",
    )
    return button(f"Import {counted(new, 'patient')}", APPLY, file_id, style="primary", confirm=asking)


def _safety(report: Report) -> list[Block]:
    """Return the rows of patients who need somebody today, in case the report does not arrive."""
    if not report.first:
        return []
    number = counted(len(report.first), "line")
    places = _listed([each.place.cell for each in report.first])
    return [
        section(f"🔴 *Somebody needs you:* {number} “safety” of the report, about {places}. Nobody is paged.")
    ]


def _line(problem: Problem) -> str:
    cells = _listed(problem.cells)
    named = f" ({cells})" if cells else ""
    number = f"{len(problem.cells):,} × " if len(problem.cells) > 1 else ""
    about = " · ".join(filter(None, (problem.sheet, problem.field)))
    return f"{MARKS[problem.kind]} · {escape(clip(f'{number}{about}{named}: {problem.why}', 400))}"


def _listed(cells: Iterable[str]) -> str:
    """Return the first few of some cells or rows; empty where none has a place."""
    placed = list(dict.fromkeys(filter(None, cells)))
    more = f" and {len(placed) - CELLS_SHOWN:,} more" if len(placed) > CELLS_SHOWN else ""
    return f"{', '.join(placed[:CELLS_SHOWN])}{more}"
