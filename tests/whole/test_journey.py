"""A year of one patient, with a relapse and coming back: every number on the card against a table by hand.

The year is 2031, the place New York. The days that matter, by the calendar:

    Mar  3 Mon  referred                     Jun 30 Mon  116 days: 16 weeks
    Mar  6 Thu  initial assessment           Jul 14 Mon  130 days: 18 weeks
    Mar  9 Sun  the clocks go forward        Jul 28 Mon  144 days: 20 weeks
    Mar 13 Thu  1 week after it              Jul 30 Wed  30 days after 30 June
    Mar 20 Thu  2 weeks                      Aug 11 Mon  158 days: 22 weeks
    Mar 31 Mon  25 days: 3 weeks             Sep 10 Wed  188 days: 26 weeks, 30 after 11 August
    Apr 14 Mon  39 days: 5 weeks             Sep 24 Wed  202 days: 28 weeks, 14 after 10 September
    May  1 Thu  56 days: 8 weeks             Oct  1 Wed  209 days: 29 weeks
    May  2 Fri  57 days: 8 weeks             2032:
    May 15 Thu  10 weeks                     Apr  1 Thu  six months after it
    May 29 Thu  12 weeks                     May  3 Mon  215 days after 1 October
    Jun 12 Thu  14 weeks                     May  6 Thu  assessed again
    Jun 26 Thu  16 weeks                     May 13 Thu  1 week after it
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cocm_bot.playground import cast
from cocm_bot.playground.seats.finding import text_of
from cocm_bot.playground.seats.seat import Seat
from tests.rig.clinic import ZONE, Clinic
from tests.rig.scenes import ANA, handle_on, log_contact, sees, with_item

pytestmark = pytest.mark.slow

MAYA, IRIS, SAMUEL = "Maya Okafor", "Iris Lindqvist", "Samuel Adeyemi"


@dataclass(frozen=True)
class Shown:
    """The card's lines; each as it is there, without the marks for bold."""

    standing: str
    """Status, week since the initial assessment, since when; the sessions."""
    due: tuple[str, ...]
    """The due reasons and why, or when somebody is due next."""
    scores: tuple[str, ...]
    """First → latest, change, band, word."""
    minutes: str
    """Of the month, and the code they would give."""
    why: str | None
    """The arithmetic behind the code."""
    dates: str
    """Of the assessment, the latest follow-up, the latest consult."""
    flags: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    """The recommendation, its outcome, and in which episode if it was an earlier one."""


@dataclass(frozen=True)
class Step:
    """A day, what is done on it, and what the card then says."""

    at: str
    """By the clock on the wall."""
    does: Callable[["Journey"], None]
    shown: Shown


NO_SCORES = ("No scores yet.",)
NO_CODE = "0 min this month · no code yet"
STUCK = "• Consult due: not improving – "
WORSE = "PHQ-9 18 → 23 in 5 weeks (best 17)"
WORSE_AT_8 = f"• Consult due: worsening – {WORSE}, last scored 2 weeks ago, no consult yet"
STUCK_AT_5 = f"{STUCK}{WORSE}, GAD-7 14 → 12 in 5 weeks, last scored 2 weeks ago, no consult yet"
STUCK_AT_8 = f"{STUCK}PHQ-9 18 → 17 in 8 weeks, GAD-7 14 → 12 in 8 weeks, last scored today, no consult yet"
WELL_AGAIN = "PHQ-9 3, GAD-7 2, last scored today: in remission at two measures in a row"
RELAPSE = "PHQ-9 18 → 12 in 18 weeks (best 3), last scored today"
ADVICE = "Medication, Measure again: Raise sertraline to 100 mg. (2 May 2031 by Iris Lindqvist)"
ACCEPTED = "👍 Accepted by Samuel Adeyemi, 5 May 2031 09:00"
BEFORE = (
    "Recommended at the last consult, in an earlier episode",
    "Plan of an earlier episode written 11 Aug 2031 by Maya Okafor, next check 10 Sep 2031",
)
DONE = "✅ Done by Maya Okafor, 15 May 2031 09:00"
KEPT = "Continue as is: Keep sertraline at 100 mg. (15 Jul 2031 by Iris Lindqvist)"
INFORMED = "ℹ️ For information: no answer asked for"


def dates(assessed: str = "–", followed: str = "–", consulted: str = "–") -> str:
    return f"Assessed {assessed} · Last follow-up {followed} · Last consult {consulted}"


class Journey:
    """The people, the patient, and what is done for her."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.maya, self.iris, self.samuel = (clinic.seat(name) for name in (MAYA, IRIS, SAMUEL))
        self.handle = ""

    def come_to(self, at: str) -> None:
        """Another time: nobody has a window open now."""
        self.leave(self.maya, self.iris)
        self.clinic.clock.moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(ZONE))

    def leave(self, *seats: Seat) -> None:
        for seat in seats:
            if seat.view:
                seat.close(everything=True)

    def shown(self) -> Shown:
        """The card as it is when it is opened, line by line."""
        self.leave(self.maya)
        self.maya.command(f"/cocm patient {self.handle}")
        years = f"{48 if self.clinic.clock.moment.year == 2032 else 47} years (born 29 Feb 1984)"
        sees(self.maya, "Ana Muñoz", f"{self.handle} · {years} · MRN A-1001 · Medicaid")
        sees(self.maya, "Consent: Verbal, 3 Mar 2031")
        assert self.maya.view is not None
        texts = [text_of(block).replace("*", "") for block in self.maya.view.blocks]
        lines = [line for text in texts for line in text.splitlines()]

        def after(first: str) -> tuple[str, ...]:
            [text] = [text for text in texts if text.startswith(first)]
            return tuple(text.splitlines()[1:])

        def starting(*firsts: str) -> tuple[str, ...]:
            return tuple(line for line in lines if line.startswith(firsts))

        advised = next((line for line in lines if line.startswith("Recommended at the last consult")), "")
        earlier = tuple(line for line in (advised, *starting("Plan of")) if "earlier episode" in line)
        return Shown(
            standing=starting("Enrolled", "Treatment,", "Relapse Prevention Plan,", "Deactivated,")[0],
            due=after("Due now") if "Due now" in lines else starting("Nothing is due"),
            scores=starting("PHQ-9 ", "GAD-7 ", "No scores"),
            minutes=next(line for line in lines if "min this month" in line),
            why=next((line for line in lines if "a person bills" in line), None),
            dates=starting("Assessed ")[0],
            flags=starting("🔴", "🟠", "🟡"),
            advice=(*earlier, *after(advised)) if advised else (),
        )

    # --- what is done -------------------------------------------------------------------------------------

    def looks(self) -> None:
        """Nothing: time alone has passed."""

    def refers(self) -> None:
        self.maya.command("/cocm add")
        consent = {"Consent": "Verbal", "Consent given on": "2031-03-03", "Payer": "Medicaid"}
        self.maya.fill({**ANA, **consent})
        assert self.maya.submit() is None
        self.handle = handle_on(sees(self.maya, "Added. Handle"))

    def sees_no_show(self) -> None:
        self.meets({"Attendance": ["No-show (missed visit or no answer)"], "Minutes": "10"})

    def raises_flag(self) -> None:
        self.maya.command(f"/cocm patient {self.handle}")
        self.maya.press("Raise a flag")
        self.maya.fill({"Flag": ["Review with Psychiatrist"], "Why": "No better in 8 weeks"})
        assert self.maya.submit() is None
        sees(self.maya, "Raised: Review with Psychiatrist.")

    def meets(self, values: dict[str, object]) -> None:
        assert log_contact(self.maya, self.handle, **values) is None
        sees(self.maya, "Saved.")

    def reviews(self) -> None:
        """Iris finds her on the agenda with the reason, recommends something, and resolves the flag."""
        self.iris.command("/cocm review")
        sees(
            self.iris,
            "1 of 1",
            "Ana Muñoz",
            "Not improving – PHQ-9 18 → 17 in 8 weeks, GAD-7 14 → 12 in 8 weeks, last scored yesterday",
            "PHQ-9 18 → 17 (−1)",
        )
        self.iris.press("Record consultation")
        sees(self.iris, "Recommendation")
        self.iris.fill(
            {
                "Recommendation": ["Medication", "Measure again"],
                "In words": "Raise sertraline to 100 mg.",
                "Minutes": "15",
            }
        )
        assert self.iris.submit() is None
        sees(self.iris, "Consultation recorded", "Not answered, given today (2 May)")
        self.iris.press("Next")
        sees(self.iris, "Review finished", "1 patient: 1 consultation recorded")
        self.iris.close(everything=True)
        self.iris.command(f"/cocm patient {self.handle}")
        self.iris.choose("More…", "Resolve a flag")
        self.iris.fill({"What was done": "Reviewed, dose raised"})
        assert self.iris.submit() is None
        sees(self.iris, "Resolved: Review with Psychiatrist.")

    def accepts(self) -> None:
        """Samuel answers by the button of the direct message."""
        self.samuel.go(cast.BOT)
        sees(self.samuel, f"Recommendation for {self.handle} · A.M.", "Raise sertraline to 100 mg.")
        self.samuel.press("Accept")
        sees(self.samuel, "Accepted by Samuel Adeyemi, 5 May 2031 09:00")

    def gets_better(self) -> None:
        """A follow-up, and Maya marks what was recommended as done."""
        self.meets({"PHQ-9 total": "12", "GAD-7 total": "9"})
        self.maya.press("Answer the recommendation")
        self.maya.fill({"Your answer": "Done"})
        assert self.maya.submit() is None
        sees(self.maya, "Recommendation: done.")

    def consults(self) -> None:
        """Iris looks at the relapse and leaves the medication as it is."""
        self.iris.command(f"/cocm log {self.handle}")
        self.iris.fill({"Contact type": "Psychiatric Consultation"})
        advice = {"Recommendation": ["Continue as is"], "In words": "Keep sertraline at 100 mg."}
        self.iris.fill({**advice, "Minutes": "10"})
        assert self.iris.submit() is None
        sees(self.iris, "Saved.")

    def recovers(self) -> None:
        """A follow-up in remission; the second recommendation, to go on, asked nobody for an answer."""
        self.meets({"PHQ-9 total": "4", "GAD-7 total": "3"})
        sees(self.maya, "For information: no answer asked for")

    def writes_plan(self) -> None:
        self.writes("2031-07-30", "next check 30 Jul 2031")

    def writes_second_plan(self) -> None:
        self.writes("2031-09-10", "next check 10 Sep 2031")

    def writes(self, next_check: str, told: str) -> None:
        self.maya.command(f"/cocm patient {self.handle}")
        self.maya.choose("More…", "Relapse prevention plan")
        self.maya.fill(
            {
                "Warning signs": "Sleeps badly",
                "What helps": "Walks",
                "Who to call": "The clinic",
                "Next check": next_check,
                "Minutes": "30",
            }
        )
        assert self.maya.submit() is None
        sees(self.maya, "Plan saved. Status is Relapse Prevention Plan.", told)

    def graduates(self) -> None:
        self.maya.command(f"/cocm patient {self.handle}")
        self.maya.choose("More…", "Deactivate")
        self.maya.fill({"Reason": "Graduated"})
        assert self.maya.submit() is None
        sees(self.maya, "Deactivated: Graduated.")

    def undoes(self) -> None:
        self.maya.command(f"/cocm patient {self.handle}")
        self.maya.press("Undo the deactivation")
        sees(self.maya, "This undoes the deactivation of 10 Sep 2031.", "Status is Relapse Prevention Plan")
        assert self.maya.submit() is None
        sees(self.maya, "Deactivation undone: status is Relapse Prevention Plan again.")

    def goes_on(self) -> None:
        """Fourteen days after leaving the same episode is proposed."""
        self.maya.command(f"/cocm patient {self.handle}")
        self.maya.press("Reopen")
        sees(self.maya, "Episode 1: 3 Mar 2031 to 10 Sep 2031 (Graduated)")
        self.maya.fill({"Why": "Wants the monthly calls after all"})
        assert self.maya.submit() is None
        sees(self.maya, "Reopened: the same episode goes on.")

    def is_checked(self) -> None:
        """Scores six months after leaving reopen nothing."""
        self.maya.command(f"/cocm patient {self.handle}")
        self.maya.choose("More…", "Outcome check")
        self.maya.fill(with_item({"Minutes": "10", "PHQ-9 total": "6", "GAD-7 total": "5"}))
        assert self.maya.submit() is None
        sees(self.maya, "Saved.")

    def comes_back(self) -> None:
        """More than sixty days after leaving a new episode is proposed."""
        self.maya.command(f"/cocm patient {self.handle}")
        self.maya.press("Reopen")
        sees(self.maya, "Episode 1: 3 Mar 2031 to 1 Oct 2031 (Graduated)")
        self.maya.fill({"Why": "Sleeps badly again"})
        assert self.maya.submit() is None
        sees(self.maya, "Reopened: a new episode begins.")


def contact(**values: object) -> Callable[[Journey], None]:
    """A contact of Maya's, by phone and of 20 minutes unless said otherwise."""
    names = {"type": "Contact type", "minutes": "Minutes", "phq": "PHQ-9 total", "gad": "GAD-7 total"}
    return lambda journey: journey.meets({names[name]: value for name, value in values.items()})


IN_SEPTEMBER = Shown(
    "Relapse Prevention Plan, week 26, since 30 Jun 2031 · 14 sessions",
    (
        "• Follow-up due – last contact 30 days ago (11 Aug)",
        "• Plan check – the plan's next check was set for today (10 Sep)",
    ),
    ("PHQ-9  18 → 3 (−15)  minimal, remission", "GAD-7  14 → 2 (−12)  minimal, remission"),
    NO_CODE,
    None,
    dates("6 Mar 2031", "11 Aug 2031", "15 Jul 2031"),
    advice=(KEPT, INFORMED),
)
"""On 10 September, 188 days after the assessment; and again once a deactivation was undone."""

JOURNEY = [
    Step(  # Referral. An assessment falls due 7 days on: the 10th.
        "2031-03-03 09:00",
        Journey.refers,
        Shown(
            "Enrolled, since 3 Mar 2031 · 0 sessions",
            ("Nothing is due. Next: 10 Mar 2031.",),
            NO_SCORES,
            NO_CODE,
            None,
            dates(),
        ),
    ),
    Step(  # Assessment, 45 min: the initial month's 36–85. A week later the follow-up: the 13th.
        "2031-03-06 09:00",
        contact(type="Initial Assessment", minutes="45", phq="18", gad="14"),
        Shown(
            "Treatment, week 0, since 6 Mar 2031 · 1 session",
            ("Nothing is due. Next: 13 Mar 2031.",),
            ("PHQ-9  18  moderately severe", "GAD-7  14  moderate"),
            "45 min this month · 99492",
            "45 min in the initial month: 36–85 give 99492 · 41 min more for 99494"
            " · proposed; a person bills",
            dates("6 Mar 2031"),
        ),
    ),
    Step(  # Contact 1, over the clock change: still 7 days to the 20th. 45 + 20 = 65 min; 86 − 65 = 21.
        "2031-03-13 09:00",
        contact(phq="17", gad="13"),
        Shown(
            "Treatment, week 1, since 6 Mar 2031 · 2 sessions",
            ("Nothing is due. Next: 20 Mar 2031.",),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 13 (−1)  moderate, not improved",
            ),
            "65 min this month · 99492",
            "65 min in the initial month: 36–85 give 99492 · 21 min more for 99494"
            " · proposed; a person bills",
            dates("6 Mar 2031", "13 Mar 2031"),
        ),
    ),
    Step(  # A no-show is no session and excuses nothing: due since today, 7 days after the 13th. 65 + 10 min.
        "2031-03-20 09:00",
        Journey.sees_no_show,
        Shown(
            "Treatment, week 2, since 6 Mar 2031 · 2 sessions",
            ("• Follow-up due – last contact 7 days ago (13 Mar), no-show today (20 Mar)",),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 13 (−1)  moderate, not improved",
            ),
            "75 min this month · 99492",
            "75 min in the initial month: 36–85 give 99492 · 11 min more for 99494"
            " · proposed; a person bills",
            dates("6 Mar 2031", "13 Mar 2031"),
        ),
    ),
    Step(  # Contact 2 at 23:30, which is April already in Greenwich: March's 75 + 20 = 95, 116 − 95 = 21.
        # The follow-up would be due on 7 April; before it, on 3 April, 4 weeks without a consult are over.
        "2031-03-31 23:30",
        contact(phq="17", gad="12"),
        Shown(
            "Treatment, week 3, since 6 Mar 2031 · 3 sessions",
            ("Nothing is due. Next: 3 Apr 2031.",),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 12 (−2)  moderate, not improved",
            ),
            "95 min this month · 99492 + 1 × 99494",
            "95 min in the initial month: 86–115 give 99492 + 1 × 99494 · 21 min more for 99494"
            " · proposed; a person bills",
            dates("6 Mar 2031", "31 Mar 2031"),
        ),
    ),
    Step(  # An hour later it is April: no minutes.
        "2031-04-01 00:30",
        Journey.looks,
        Shown(
            "Treatment, week 3, since 6 Mar 2031 · 3 sessions",
            ("Nothing is due. Next: 3 Apr 2031.",),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 12 (−2)  moderate, not improved",
            ),
            NO_CODE,
            None,
            dates("6 Mar 2031", "31 Mar 2031"),
        ),
    ),
    Step(  # Contact 3, 35 min in a later month: 31–75, 76 − 35 = 41. No consult since 6 Mar: 25 + 14 days.
        # PHQ-9 rose by 5 from the first score: worse.
        "2031-04-14 09:00",
        contact(minutes="35", phq="23", gad="12"),
        Shown(
            "Treatment, week 5, since 6 Mar 2031 · 4 sessions",
            (
                f"• Consult due: worsening – {WORSE}, last scored today, no consult yet",
                "• Consult due: never reviewed – no consult yet, treatment began 39 days ago (6 Mar)",
            ),
            ("PHQ-9  18 → 23 (+5)  severe, worse", "GAD-7  14 → 12 (−2)  moderate, not improved"),
            "35 min this month · 99493",
            "35 min in a later month: 31–75 give 99493 · 41 min more for 99494 · proposed; a person bills",
            dates("6 Mar 2031", "14 Apr 2031"),
        ),
    ),
    Step(  # 8 weeks: not improving. Scores of 14 April are 39 days, 5 weeks, after the first, 17 days old.
        # The follow-up was due 14 days after 14 April, on the 28th: 17 days ago is the contact.
        "2031-05-01 08:00",
        Journey.looks,
        Shown(
            "Treatment, week 8, since 6 Mar 2031 · 4 sessions",
            (
                WORSE_AT_8,
                STUCK_AT_5,
                "• Consult due: never reviewed – no consult yet, treatment began 56 days ago (6 Mar)",
                "• Follow-up due – last contact 17 days ago (14 Apr)",
            ),
            ("PHQ-9  18 → 23 (+5)  severe, worse", "GAD-7  14 → 12 (−2)  moderate, not improved"),
            NO_CODE,
            None,
            dates("6 Mar 2031", "14 Apr 2031"),
        ),
    ),
    Step(  # Contact 4: 20 min give G2214 (16–30), 31 − 20 = 11 to the base code.
        "2031-05-01 09:00",
        contact(phq="17", gad="12"),
        Shown(
            "Treatment, week 8, since 6 Mar 2031 · 5 sessions",
            (
                STUCK_AT_8,
                "• Consult due: never reviewed – no consult yet, treatment began 56 days ago (6 Mar)",
            ),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 12 (−2)  moderate, not improved",
            ),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "1 May 2031"),
        ),
    ),
    Step(
        "2031-05-01 10:00",
        Journey.raises_flag,
        Shown(
            "Treatment, week 8, since 6 Mar 2031 · 5 sessions",
            (
                STUCK_AT_8,
                "• Consult due: flagged – review flag raised today (1 May), no consult since",
                "• Consult due: never reviewed – no consult yet, treatment began 56 days ago (6 Mar)",
            ),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 12 (−2)  moderate, not improved",
            ),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "1 May 2031"),
            flags=("🟠 Review with Psychiatrist since 1 May 2031 · Maya Okafor: No better in 8 weeks",),
        ),
    ),
    Step(  # A psychiatrist's 15 min count for nothing, a consult is no session. Next: an answer, in 3 days.
        "2031-05-02 09:00",
        Journey.reviews,
        Shown(
            "Treatment, week 8, since 6 Mar 2031 · 5 sessions",
            ("Nothing is due. Next: 5 May 2031.",),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 12 (−2)  moderate, not improved",
            ),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "1 May 2031", "2 May 2031"),
            advice=(ADVICE, "⏳ Not answered, given today (2 May)"),
        ),
    ),
    Step(
        "2031-05-05 08:00",
        Journey.looks,
        Shown(
            "Treatment, week 8, since 6 Mar 2031 · 5 sessions",
            ("• Recommendation unanswered – recommended 3 days ago (2 May), not answered",),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 12 (−2)  moderate, not improved",
            ),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "1 May 2031", "2 May 2031"),
            advice=(ADVICE, "⏳ Not answered, given 3 days ago (2 May)"),
        ),
    ),
    Step(  # Answered. Next: 14 days after the contact of 1 May.
        "2031-05-05 09:00",
        Journey.accepts,
        Shown(
            "Treatment, week 8, since 6 Mar 2031 · 5 sessions",
            ("Nothing is due. Next: 15 May 2031.",),
            (
                "PHQ-9  18 → 17 (−1)  moderately severe, not improved",
                "GAD-7  14 → 12 (−2)  moderate, not improved",
            ),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "1 May 2031", "2 May 2031"),
            advice=(ADVICE, ACCEPTED),
        ),
    ),
    Step(  # Contact 5: GAD-7 below 10 is improved, 9 is above half of 14. PHQ-9 12 is neither.
        # The next is 14 days on; not improving comes back on 30 May, 4 weeks after the consult. 20 + 20 min.
        "2031-05-15 09:00",
        Journey.gets_better,
        Shown(
            "Treatment, week 10, since 6 Mar 2031 · 6 sessions",
            ("Nothing is due. Next: 29 May 2031.",),
            ("PHQ-9  18 → 12 (−6)  moderate, not improved", "GAD-7  14 → 9 (−5)  mild, improved"),
            "40 min this month · 99493",
            "40 min in a later month: 31–75 give 99493 · 36 min more for 99494 · proposed; a person bills",
            dates("6 Mar 2031", "15 May 2031", "2 May 2031"),
            advice=(ADVICE, DONE),
        ),
    ),
    Step(  # Contact 6: 8 is below half of 18, 6 below half of 14: response. 40 + 15 min.
        "2031-05-29 09:00",
        contact(minutes="15", phq="8", gad="6"),
        Shown(
            "Treatment, week 12, since 6 Mar 2031 · 7 sessions",
            ("Nothing is due. Next: 12 Jun 2031.",),
            ("PHQ-9  18 → 8 (−10)  mild, response", "GAD-7  14 → 6 (−8)  mild, response"),
            "55 min this month · 99493",
            "55 min in a later month: 31–75 give 99493 · 21 min more for 99494 · proposed; a person bills",
            dates("6 Mar 2031", "29 May 2031", "2 May 2031"),
            advice=(ADVICE, DONE),
        ),
    ),
    Step(  # Contact 7: both below 5. 15 min are one too few.
        "2031-06-12 09:00",
        contact(minutes="15", phq="4", gad="3"),
        Shown(
            "Treatment, week 14, since 6 Mar 2031 · 8 sessions",
            ("Nothing is due. Next: 26 Jun 2031.",),
            ("PHQ-9  18 → 4 (−14)  minimal, remission", "GAD-7  14 → 3 (−11)  minimal, remission"),
            "15 min this month · no code yet",
            "15 min: below 16 nothing is billed · 1 min more for G2214 · proposed; a person bills",
            dates("6 Mar 2031", "12 Jun 2031", "2 May 2031"),
            advice=(ADVICE, DONE),
        ),
    ),
    Step(  # Contact 8: remission a second time. The consult of 55 days ago is not stale.
        "2031-06-26 09:00",
        contact(minutes="15", phq="3", gad="2"),
        Shown(
            "Treatment, week 16, since 6 Mar 2031 · 9 sessions",
            (f"• Plan due – {WELL_AGAIN}, no plan yet",),
            ("PHQ-9  18 → 3 (−15)  minimal, remission", "GAD-7  14 → 2 (−12)  minimal, remission"),
            "30 min this month · G2214",
            "30 min in a later month: 16–30 give G2214 · 1 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "26 Jun 2031", "2 May 2031"),
            advice=(ADVICE, DONE),
        ),
    ),
    Step(  # The plan is a contact with the patient: a tenth session, 30 + 30 min. Next: 30 days on.
        "2031-06-30 09:00",
        Journey.writes_plan,
        Shown(
            "Relapse Prevention Plan, week 16, since 30 Jun 2031 · 10 sessions",
            ("Nothing is due. Next: 30 Jul 2031.",),
            ("PHQ-9  18 → 3 (−15)  minimal, remission", "GAD-7  14 → 2 (−12)  minimal, remission"),
            "60 min this month · 99493",
            "60 min in a later month: 31–75 give 99493 · 16 min more for 99494 · proposed; a person bills",
            dates("6 Mar 2031", "26 Jun 2031", "2 May 2031"),
            advice=(ADVICE, DONE),
        ),
    ),
    Step(  # Relapse under the plan: at the line again. 12 is above half of 18; GAD-7 4 is in remission.
        # The consult of 2 May is 73 days ago. Weekly again: the 21st.
        "2031-07-14 09:00",
        contact(phq="12", gad="4"),
        Shown(
            "Relapse Prevention Plan, week 18, since 30 Jun 2031 · 11 sessions",
            (
                f"• Relapse signs – {RELAPSE}, no consult since, the last was 73 days ago (2 May)",
                f"{STUCK}{RELAPSE}, last consult 73 days ago (2 May)",
            ),
            ("PHQ-9  18 → 12 (−6)  moderate, not improved", "GAD-7  14 → 4 (−10)  minimal, remission"),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "14 Jul 2031", "2 May 2031"),
            advice=(ADVICE, DONE),
        ),
    ),
    Step(  # A consult ends both, and asks for no answer. The psychiatrist's minutes count for nothing.
        "2031-07-15 09:00",
        Journey.consults,
        Shown(
            "Relapse Prevention Plan, week 18, since 30 Jun 2031 · 11 sessions",
            ("Nothing is due. Next: 30 Jul 2031.",),
            ("PHQ-9  18 → 12 (−6)  moderate, not improved", "GAD-7  14 → 4 (−10)  minimal, remission"),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "14 Jul 2031", "15 Jul 2031"),
            advice=(KEPT, INFORMED),
        ),
    ),
    Step(  # Both below 5 again. The plan names the 30th. 20 + 20 min.
        "2031-07-28 09:00",
        Journey.recovers,
        Shown(
            "Relapse Prevention Plan, week 20, since 30 Jun 2031 · 12 sessions",
            ("Nothing is due. Next: 30 Jul 2031.",),
            ("PHQ-9  18 → 4 (−14)  minimal, remission", "GAD-7  14 → 3 (−11)  minimal, remission"),
            "40 min this month · 99493",
            "40 min in a later month: 31–75 give 99493 · 36 min more for 99494 · proposed; a person bills",
            dates("6 Mar 2031", "28 Jul 2031", "15 Jul 2031"),
            advice=(KEPT, INFORMED),
        ),
    ),
    Step(  # 6 March to 30 July are 146 days: 20 weeks.
        "2031-07-30 08:00",
        Journey.looks,
        Shown(
            "Relapse Prevention Plan, week 20, since 30 Jun 2031 · 12 sessions",
            ("• Plan check – the plan's next check was set for today (30 Jul)",),
            ("PHQ-9  18 → 4 (−14)  minimal, remission", "GAD-7  14 → 3 (−11)  minimal, remission"),
            "40 min this month · 99493",
            "40 min in a later month: 31–75 give 99493 · 36 min more for 99494 · proposed; a person bills",
            dates("6 Mar 2031", "28 Jul 2031", "15 Jul 2031"),
            advice=(KEPT, INFORMED),
        ),
    ),
    Step(  # In remission twice in a row since the relapse: another plan.
        "2031-08-11 09:00",
        contact(phq="3", gad="2"),
        Shown(
            "Relapse Prevention Plan, week 22, since 30 Jun 2031 · 13 sessions",
            (f"• Plan due – {WELL_AGAIN}, no plan since the relapse",),
            ("PHQ-9  18 → 3 (−15)  minimal, remission", "GAD-7  14 → 2 (−12)  minimal, remission"),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "11 Aug 2031", "15 Jul 2031"),
            advice=(KEPT, INFORMED),
        ),
    ),
    Step(  # The second plan: 20 + 30 min, and 76 − 50 = 26. Its check and the monthly contact: 10 September.
        "2031-08-11 10:00",
        Journey.writes_second_plan,
        Shown(
            "Relapse Prevention Plan, week 22, since 30 Jun 2031 · 14 sessions",
            ("Nothing is due. Next: 10 Sep 2031.",),
            ("PHQ-9  18 → 3 (−15)  minimal, remission", "GAD-7  14 → 2 (−12)  minimal, remission"),
            "50 min this month · 99493",
            "50 min in a later month: 31–75 give 99493 · 26 min more for 99494 · proposed; a person bills",
            dates("6 Mar 2031", "11 Aug 2031", "15 Jul 2031"),
            advice=(KEPT, INFORMED),
        ),
    ),
    Step("2031-09-10 08:00", Journey.looks, IN_SEPTEMBER),
    Step(
        "2031-09-10 09:00",
        Journey.graduates,
        replace(
            IN_SEPTEMBER,
            standing="Deactivated, since 10 Sep 2031: Graduated · 14 sessions",
            due=("Nothing is due.",),
        ),
    ),
    Step("2031-09-10 09:05", Journey.undoes, IN_SEPTEMBER),
    Step(
        "2031-09-10 09:10",
        Journey.graduates,
        replace(
            IN_SEPTEMBER,
            standing="Deactivated, since 10 Sep 2031: Graduated · 14 sessions",
            due=("Nothing is due.",),
        ),
    ),
    Step(  # Back after 14 days in the same episode: what was due still is, 44 days after 11 August.
        "2031-09-24 09:00",
        Journey.goes_on,
        replace(
            IN_SEPTEMBER,
            standing="Relapse Prevention Plan, week 28, since 24 Sep 2031 · 14 sessions",
            due=(
                "• Follow-up due – last contact 44 days ago (11 Aug)",
                "• Plan check – the plan's next check was set for 14 days ago (10 Sep)",
            ),
        ),
    ),
    Step(  # Met: the check is done, the next contact in 30 days.
        "2031-10-01 09:00",
        contact(phq="2", gad="2"),
        Shown(
            "Relapse Prevention Plan, week 29, since 24 Sep 2031 · 15 sessions",
            ("Nothing is due. Next: 31 Oct 2031.",),
            ("PHQ-9  18 → 2 (−16)  minimal, remission", "GAD-7  14 → 2 (−12)  minimal, remission"),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "1 Oct 2031", "15 Jul 2031"),
            advice=(KEPT, INFORMED),
        ),
    ),
    Step(
        "2031-10-01 10:00",
        Journey.graduates,
        Shown(
            "Deactivated, since 1 Oct 2031: Graduated · 15 sessions",
            ("Nothing is due.",),
            ("PHQ-9  18 → 2 (−16)  minimal, remission", "GAD-7  14 → 2 (−12)  minimal, remission"),
            "20 min this month · G2214",
            "20 min in a later month: 16–30 give G2214 · 11 min more for 99493 · proposed; a person bills",
            dates("6 Mar 2031", "1 Oct 2031", "15 Jul 2031"),
            advice=(KEPT, INFORMED),
        ),
    ),
    Step(  # The outcome check at six months: its minutes count, it is no session and moves no score.
        "2032-04-01 09:00",
        Journey.is_checked,
        Shown(
            "Deactivated, since 1 Oct 2031: Graduated · 15 sessions",
            ("Nothing is due.",),
            ("PHQ-9  18 → 2 (−16)  minimal, remission", "GAD-7  14 → 2 (−12)  minimal, remission"),
            "10 min this month · no code yet",
            "10 min: below 16 nothing is billed · 6 min more for G2214 · proposed; a person bills",
            dates("6 Mar 2031", "1 Oct 2031", "15 Jul 2031"),
            advice=(KEPT, INFORMED),
        ),
    ),
    Step(  # A new episode: assessment, weeks and scores again; sessions and the history stay. Due in 7 days.
        "2032-05-03 09:00",
        Journey.comes_back,
        Shown(
            "Enrolled, since 3 May 2032 · episode 2 · 15 sessions",
            ("Nothing is due. Next: 10 May 2032.",),
            NO_SCORES,
            NO_CODE,
            None,
            dates("–", "1 Oct 2031", "15 Jul 2031"),
            advice=(*BEFORE, KEPT, INFORMED),
        ),
    ),
    Step(  # Assessed. The outcome check of April was billable work, so the month is no initial one: 31–75.
        "2032-05-06 09:00",
        contact(type="Initial Assessment", minutes="40", phq="15", gad="10"),
        Shown(
            "Treatment, week 0, since 6 May 2032 · episode 2 · 16 sessions",
            ("Nothing is due. Next: 13 May 2032.",),
            ("PHQ-9  15  moderately severe", "GAD-7  10  moderate"),
            "40 min this month · 99493",
            "40 min in a later month: 31–75 give 99493 · 36 min more for 99494 · proposed; a person bills",
            dates("6 May 2032", "1 Oct 2031", "15 Jul 2031"),
            advice=(*BEFORE, KEPT, INFORMED),
        ),
    ),
]


@pytest.mark.timeout(300)
def test_every_number_on_the_card_from_referral_to_relapse(clinic: Clinic) -> None:
    journey = Journey(clinic)
    for step in JOURNEY:
        journey.come_to(step.at)
        step.does(journey)
        assert (step.at, journey.shown()) == (step.at, step.shown)
        if step.at == "2031-05-01 08:00":
            the_worklist_says_why(journey.maya, journey.handle)

    sees(
        journey.maya,
        "Latest contacts"
        " • 6 May 2032 · Initial Assessment · Phone · 40 min · PHQ-9 15 (item 9: 0) · GAD-7 10"
        " • 1 Apr 2032 · Outcome Check · 10 min · PHQ-9 6 (item 9: 0) · GAD-7 5"
        " • 1 Oct 2031 · Follow Up · Phone · 20 min · PHQ-9 2 (item 9: 0) · GAD-7 2"
        " • 11 Aug 2031 · Relapse Prevention Plan · Phone · 30 min"
        " • 11 Aug 2031 · Follow Up · Phone · 20 min · PHQ-9 3 (item 9: 0) · GAD-7 2"
        " Recommended at the last consult, in an earlier episode",
    )
    assert [each for each in clinic.workspace.refusals if not each.race] == []
    [ana] = clinic.patients()
    assert [each.reason for each in ana.episodes] == ["Graduated", None]
    assert clinic.registry.active_patients == 1


def the_worklist_says_why(maya: Seat, handle: str) -> None:
    maya.close()
    maya.command("/cocm today")
    sees(
        maya,
        "1 patient needs you today",
        "Follow-ups due: 1",
        f"{handle} · A.M.",
        "Also: consult due: worsening; consult due: not improving; consult due: never reviewed",
    )
    maya.press("Consults due: 1")
    sees(
        maya,
        "Consults due",
        f"Worsening: {WORSE}, last scored 2 weeks ago, no consult yet",
        "Also: consult due: not improving; consult due: never reviewed; follow-up due",
    )
