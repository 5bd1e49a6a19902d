"""The progress and outcome of recalculating a registry's patients: counts alone."""

from cocm_bot.operations.registries.recalculation import Progress
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.shared_views.notices import notice_message


def progress_message(progress: Progress) -> Payload:
    """Return how far it came; drawn again as it goes on."""
    looked, total = f"{progress.looked:,}", f"{progress.total:,}"
    if progress.looked >= progress.total:
        return notice_message(f"Your change of the settings is applied to all {total} patients.")
    return notice_message(
        f"Applying your change of the settings. Working through {looked} of {total} patients; "
        "you need not wait."
    )


def done_message(progress: Progress) -> Payload:
    """Return what the change of the settings changed."""
    moved = (
        "No due date changed" if not progress.moved else f"{_patients(progress.moved)} got another due date"
    )
    sentence = f"Your change of the settings is applied. {moved}, of {_patients(progress.looked)} in all."
    if progress.failed:
        sentence += (
            f" {_patients(progress.failed)} could not be recalculated: "
            "ask whoever runs the bot to run cocm-bot check."
        )
    return notice_message(sentence)


def _patients(number: int) -> str:
    return "1 patient" if number == 1 else f"{number:,} patients"
