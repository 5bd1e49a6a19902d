"""The program's figures, as sections of a screen: counts only."""

from collections.abc import Iterator, Mapping

from cocm_bot.domain.figures.counts import ESTABLISHED_DAYS, Figures
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.gaps import Gaps
from cocm_bot.slack.kit import Block, section
from cocm_bot.slack.shared_views.formatting import who
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.list_lines import patients_told

IN_PROGRAM = (Status.ENROLLED, Status.TREATMENT, Status.RELAPSE_PREVENTION)
NOTE = "Counted over the patients in the program now; those who left are not among them."
MOST_CARE_MANAGERS = 50


def figures_blocks(figures: Figures, names: Mapping[str, str], gaps: Gaps) -> list[Block]:
    """A section for each figure, or one that says there is nobody to count; then what they leave out."""
    if not figures.patients:
        return [section(all_clear("There are no patients in this registry yet.", gaps)), *gap_lines(gaps)]
    return [*(section(f"*{title}*\n{text}") for title, text in _figures(figures, names)), *gap_lines(gaps)]


def _figures(figures: Figures, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield (
        "Caseload",
        f"{patients_told(figures.patients)}: "
        + " · ".join(f"{figures.by_status.get(status, 0)} {status}" for status in IN_PROGRAM),
    )
    managers = sorted(figures.by_care_manager.items(), key=lambda each: -each[1])[:MOST_CARE_MANAGERS]
    yield (
        "Patients by care manager",
        " · ".join(f"{who(user, names) if user else 'nobody'} {count}" for user, count in managers),
    )
    wait = "–" if figures.days_to_assessment is None else f"{figures.days_to_assessment:g} days (median)"
    yield "From enrolment to assessment", f"{wait} · assessed: {figures.assessed.told}"
    outcome = [
        f"Improved: {figures.improved.told}",
        f"Response: {figures.response.told}",
        f"Remission: {figures.remission.told}",
        f"Of the not improved, with a consult: {figures.consulted.told}",
    ]
    yield (
        f"Outcome of the {figures.established} in the program for {ESTABLISHED_DAYS} days or more",
        "\n".join(outcome),
    )
    yield "This month", f"{figures.minutes:,} min · enough for a code: {figures.billable.told}"
