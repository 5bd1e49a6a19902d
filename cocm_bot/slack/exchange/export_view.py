"""The choice of a file's form, and where the file comes."""

from cocm_bot.operations.exchange.export_files import ExportFormat
from cocm_bot.slack.kit import Payload, actions, button, escape, message, modal, section

EXPORT_FILE = "export-file"
EVERYBODY = "-"
"""The value of a button that exports the whole registry."""
LABELS = {
    ExportFormat.PDF: "Summary to print",
    ExportFormat.XLSX: "Excel",
    ExportFormat.CSV: "CSV",
    ExportFormat.FHIR: "FHIR",
    ExportFormat.JSONL: "JSON lines",
}
NOTIFICATION = "An export of your registry"
COMING = (
    "The file comes to you as a direct message from me. I delete it from Slack after {} hours: save it where "
    "your clinic keeps such files."
)
ONE_ONLY = "Say which patient: `/cocm export K7Q4`. Only an admin can export the whole registry."
SEVERAL = "That may be more than one patient. Find the handle with `/cocm patient`, then export by it."


def choice_message(handle: str) -> Payload:
    """Return the forms to choose from, of one patient or, without a handle, of the registry."""
    whom = f"*{escape(handle)}*" if handle else "*The whole registry*"
    forms = [form for form in LABELS if handle or form is not ExportFormat.PDF]
    buttons = [button(LABELS[form], f"{EXPORT_FILE}:{form}", handle or EVERYBODY) for form in forms]
    said = f"{whom}: choose the form of the file. JSON lines can be imported again without loss."
    return message(NOTIFICATION, [section(said), actions(*buttons)])


def coming_message(hours: int) -> Payload:
    """Return where the file comes, and for how long it is there."""
    return message(NOTIFICATION, [section(COMING.format(hours))])


def coming_view(hours: int) -> Payload:
    """Return the same as a modal."""
    return modal("Print summary", [section(COMING.format(hours))], "print")
