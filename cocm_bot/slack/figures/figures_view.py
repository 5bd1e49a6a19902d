"""The program's figures, as sections of a screen: counts only, each with what it is of."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from cocm_bot.domain.access import Action, Actor, may
from cocm_bot.domain.figures.counts import Figures
from cocm_bot.domain.figures.outcome import ESTABLISHED_DAYS, SCORE_DAYS
from cocm_bot.domain.figures.process import CONTACT_DAYS, Waits
from cocm_bot.domain.figures.program import ProgramFigures
from cocm_bot.domain.figures.published import Result
from cocm_bot.domain.figures.shares import Tally
from cocm_bot.domain.figures.small_counts import HIDDEN, SmallCounts, parts_of_shares
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.figures.report import RECALCULATING, ErasedShown, Report
from cocm_bot.operations.gaps import Gaps
from cocm_bot.slack.kit import (
    Block,
    Payload,
    actions,
    button,
    context,
    escape,
    modal,
    section,
    uploaded_image,
)
from cocm_bot.slack.shared_views.gaps import all_clear, gap_lines
from cocm_bot.slack.shared_views.lines.formatting import who
from cocm_bot.slack.shared_views.list_lines import counted, patients_told, registry_line

IN_PROGRAM = (Status.ENROLLED, Status.TREATMENT, Status.RELAPSE_PREVENTION)
NOTE = "The patients in the program now. `/cocm figures` counts any month, those who left included."
MOST_CARE_MANAGERS = 50
MOST_LISTED = 20
"""Care managers with a line of their own in the figures of a period."""
TITLE = "Figures"
WHO_IS_COUNTED, WHO_TITLE = "figures-counted", "Who is counted"
FIGURES_FILE, FILE_TITLE = "figures-file", "File"
FILES = ("xlsx", "csv")
COMING = "The file comes to you as a direct message from me. I delete it after {} hours."
DRAWING = "Drawing the pictures…"
NOT_TAKEN = "Slack did not take the pictures. The figures above say the same of this period."
ERASED: Mapping[ErasedShown, str] = MappingProxyType(
    {
        ErasedShown.COUNTED: "Patients who were erased are still counted here, but with no care manager.",
        ErasedShown.LEFT_OUT: (
            "Patients who were erased are not counted here: only in a whole month, quarter or year of all "
            "patients."
        ),
    }
)
COUNTED = (
    f"Outcome: in the program {ESTABLISHED_DAYS} days or more with a first score at the line or above, by "
    f"the latest score of the last {SCORE_DAYS} days; those who left are judged on that day. A patient is "
    "counted with the care manager of the last day. Arrows compare with the period before."
)


def figures_view(
    actor: Actor,
    report: Report,
    names: Mapping[str, str],
    *,
    picture: tuple[str, str] | None = None,
    note: str = "",
) -> Payload:
    """The figures of a period; the picture (a file's id, and its words) or a note in its place."""
    figures, told = report.figures, report.narrowing.told
    blocks = [
        section(f"*{figures.period.told}*{told and f': {escape(told)}'}"),
        *(section(f"*{title}*\n{text}") for title, text in _sections(report, names)),
        *([uploaded_image(*picture)] if picture else []),
        *([context(note)] if note else []),
        *doubts(report),
        *([context(ERASED[report.erased])] if report.erased in ERASED else []),
        context(COUNTED),
        *_buttons(actor, report),
        registry_line(actor),
    ]
    return modal(TITLE, blocks, "stats")


def doubts(report: Report) -> list[Block]:
    """Return what keeps the figures from being whole, if anything does."""
    running = [f"⏳ {RECALCULATING}"] if report.recalculating else []
    missing = f"⚠️ Not counted, since they can't be read: {patients_told(report.unread)}. Tell your admin."
    return [context(line) for line in (*running, *([missing] if report.unread else []))]


def file_view(actor: Actor) -> Payload:
    """Return that the file is being made."""
    hours = actor.registry.privacy.file_hours
    return modal(FILE_TITLE, [section(COMING.format(hours)), registry_line(actor)], FIGURES_FILE)


def _buttons(actor: Actor, report: Report) -> Iterator[Block]:
    """Yield the buttons for the files, and to the patients' handles for those who may see patients."""
    if not report.records:
        return
    period = report.figures.period
    words = f"{period.first} {period.last} {report.narrowing.words}".strip()
    listed = (
        [button("Who is counted", WHO_IS_COUNTED, words)] if may(actor.role, Action.VIEW_CASELOAD) else []
    )
    files = [button(f"Get as {form.upper()}", f"{FIGURES_FILE}:{form}", words) for form in FILES]
    yield actions(*listed, *files)


def figures_blocks(figures: Figures, names: Mapping[str, str], gaps: Gaps) -> list[Block]:
    """A section for each count of today's caseload, or one that says nobody is there; then its gaps."""
    if not figures.patients:
        return [section(all_clear("There are no patients in this registry yet.", gaps)), *gap_lines(gaps)]
    return [*(section(f"*{title}*\n{text}") for title, text in _today(figures, names)), *gap_lines(gaps)]


def _today(figures: Figures, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
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
    yield "From enrollment to assessment", f"{wait} · assessed: {figures.assessed.told}"
    yield "This month", f"{figures.minutes:,} min · enough for a code: {figures.billable.told}"


def _sections(report: Report, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    figures, before, small = report.figures, report.before, report.small
    yield "Caseload", "\n".join(_caseload(figures, before, small))
    yield (
        f"Outcome of those in the program for {ESTABLISHED_DAYS} days or more",
        "\n".join(_outcomes(figures, before, small)),
    )
    yield "Process", "\n".join(_process(figures, before, small))
    yield "Work", "\n".join(_work(figures, before, small))
    yield "By care manager", "\n".join(_by_care_manager(report, names))
    closed = [result for result in report.published if result.tally.whole]
    yield "Published measures whose windows closed in this period", "\n".join(_published(closed, small))


def headlines(report: Report) -> Iterator[str]:
    """Yield the caseload, the outcome and the work of a period, for a message."""
    figures, before, small = report.figures, report.before, report.small
    yield from _caseload(figures, before, small)
    yield from _outcomes(figures, before, small)
    yield next(_work(figures, before, small))


def _caseload(figures: ProgramFigures, before: ProgramFigures, small: SmallCounts) -> Iterator[str]:
    now, then = figures.caseload, before.caseload
    by_status = small.parts_told([len(now.by_status.get(status, ())) for status in IN_PROGRAM])
    statuses = " · ".join(f"{count} {status}" for count, status in zip(by_status, IN_PROGRAM, strict=True))
    if small.hides(now.at_end):
        yield f"{small.few} patients at the end"
    else:
        arrow = "" if small.hides(then.at_end) else _arrow(now.at_end, then.at_end)
        yield f"{patients_told(now.at_end)} at the end{arrow}: {statuses}"
    yield f"{small.told(len(now.served))} in the program on any day"
    reopened, first = len(now.reopened), len(now.enrolled) - len(now.reopened)
    again = f", {small.parts_told([reopened, first])[0]} of them reopened" if reopened else ""
    back = f" · {small.told(len(now.resumed))} came back into the same episode" if now.resumed else ""
    yield f"{small.told(len(now.enrolled))} new{again}{back}"
    reasons = small.parts_told([len(handles) for handles in now.left.values()])
    left = " · ".join(
        f"{count} {reason or 'without a reason'}" for count, reason in zip(reasons, now.left, strict=True)
    )
    total = sum(map(len, now.left.values()))
    yield f"{small.told(total)} left{f': {left}' if left and not small.hides(total) else ''}"
    if now.per_full_time is not None and not small.hides(now.assigned):
        of = f"{patients_told(now.assigned)}, {now.full_time:g} full-time"
        yield f"{now.per_full_time:.0f} per full-time care manager ({of})"


def _outcomes(figures: ProgramFigures, before: ProgramFigures, small: SmallCounts) -> Iterator[str]:
    now, then = figures.outcomes, before.outcomes
    yield _line("Improved", now.improved, then.improved, small)
    yield _line("Response", now.response, then.response, small)
    yield _line("Remission", now.remission, then.remission, small)
    yield f"Not measured in the last {SCORE_DAYS} days: {small.told(len(now.improved.unmeasured))}"


def _process(figures: ProgramFigures, before: ProgramFigures, small: SmallCounts) -> Iterator[str]:
    now, then = figures.process, before.process
    stuck = f"Not improved at {ESTABLISHED_DAYS} days"
    yield _line("Two contacts or more in the month", now.contacted_twice, then.contacted_twice, small)
    yield _line("Measured in the month", now.measured, then.measured, small)
    yield _line(f"Contacted within {CONTACT_DAYS} days", now.contacted_early, then.contacted_early, small)
    yield _wait("Referral to assessment", now.referral_to_assessment, small)
    yield _wait("Enrollment to assessment", now.enrollment_to_assessment, small)
    yield _wait("Assessment to first follow-up", now.assessment_to_follow_up, small)
    yield _line(f"{stuck}, with a consult since", now.consulted, then.consulted, small)
    yield _line(f"{stuck}, with a changed treatment since", now.changed, then.changed, small)
    yield _line("Graduated with a relapse prevention plan", now.planned, then.planned, small)


def _work(figures: ProgramFigures, before: ProgramFigures, small: SmallCounts) -> Iterator[str]:
    work, process = figures.work, figures.process
    yield (
        f"{work.minutes:,} min{_arrow(work.minutes, before.work.minutes)} · "
        f"{counted(process.contacts, 'contact')} · {counted(process.consults, 'consult')}"
    )
    yield f"Months of patients that give a code: {small.share(work.coded.share)}"
    codes = " · ".join(f"{small.told(units)} × {code}" for code, units in work.codes.items())
    yield f"Codes proposed: {codes or 'none'}"


def _by_care_manager(report: Report, names: Mapping[str, str]) -> Iterator[str]:
    def size(each: tuple[str | None, ProgramFigures]) -> tuple[int, int]:
        return -each[1].caseload.at_end, -each[1].work.minutes

    worked = sorted(report.by_care_manager.items(), key=size)
    worked = [each for each in worked if each[1].caseload.served or each[1].work.minutes]
    at_end = report.small.parts_told([theirs.caseload.at_end for _, theirs in worked])
    improved = parts_of_shares(report.small, [theirs.outcomes.improved.share for _, theirs in worked])
    rows = list(zip(worked, at_end, improved, strict=True))
    for (manager, theirs), patients, share in rows[:MOST_LISTED]:
        yield (
            f"{who(manager, names) if manager else 'Nobody'}: {patients} at the end · improved {share} · "
            f"{theirs.work.minutes:,} min"
        )
    if len(worked) > MOST_LISTED:
        yield f"…and {len(worked) - MOST_LISTED} more"
    if not worked:
        yield "–"


def _published(results: Sequence[Result], small: SmallCounts) -> Iterator[str]:
    for result in results:
        without, title = len(result.tally.unmeasured), result.definition.title
        aside = f", {small.told(without)} of them without a score" if without else ""
        yield f"{result.definition.name} · {title}: {small.share(result.tally.share)}{aside}"
    if not results:
        yield "None."
        return
    yield from (f"_{escape(each)}_" for each in results[0].missing)


def _line(words: str, now: Tally, then: Tally, small: SmallCounts) -> str:
    arrow = _arrow(_percent(now, small), _percent(then, small))
    return f"{words}: {small.share(now.share)}{arrow and f'{arrow} %'}"


def _percent(tally: Tally, small: SmallCounts) -> int | None:
    percent = small.percent(tally.share)
    return None if percent is None else round(percent)


def _arrow(now: float | None, then: float | None) -> str:
    if now is None or then is None:
        return ""
    return f" {'▲' if now > then else '▼'} from {then:,g}" if now != then else ""


def _wait(words: str, waits: Waits, small: SmallCounts) -> str:
    if waits.median is None or small.hides(len(waits.days)):
        return f"{words}: {'–' if waits.median is None else HIDDEN}"
    return f"{words}: {waits.median:g} days (median of {len(waits.days):,})"
