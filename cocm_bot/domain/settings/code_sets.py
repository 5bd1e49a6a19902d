"""Billing codes as data: the sets the bot ships, and what a payer names of them.

Codes and minutes: CPT 99492–99494 (midpoint rule) and HCPCS G2214, for the United States in 2026. G0568 and
G0569 are add-ons to APCM from 2026-01-01; their minutes are known from secondary summaries only. G0512 ended
for Medicare on 2026-01-01; some Medicaid programs still ask for it. G0512 and 99484 ask for the whole of
their minutes.
"""

import hashlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cocm_bot.domain.fields import folded
from cocm_bot.domain.records.record import Record


class MonthKind(StrEnum):
    """The months a code is for; the value is what is stored and typed."""

    INITIAL = "initial"
    LATER = "later"
    ANY = "any"


class BillingCode(Record):
    """One code: its minutes, and the whole minutes from which it is reached."""

    code: str
    month: Annotated[MonthKind, Field(strict=False)] = MonthKind.ANY
    minutes: int
    midpoint: int
    """The first minute at which it counts as reached; of an add-on, counted after its base's minutes."""
    add_on_to: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """The codes it adds units to; none for a base code."""
    cap: int | None = None
    """The most units of it in a month, whoever pays."""
    payers: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """The payers that take it; empty for all."""

    def serves(self, payer: str | None, *, initial: bool) -> bool:
        """Return whether it can stand on a claim to a payer, for an initial or a later month."""
        fits = self.month in (MonthKind.ANY, MonthKind.INITIAL if initial else MonthKind.LATER)
        return fits and (not self.payers or payer_key(payer) in {payer_key(each) for each in self.payers})


class CodeSet(Record):
    """Codes that belong together."""

    name: str
    codes: Annotated[tuple[BillingCode, ...], Field(strict=False)]
    needs_review: bool = True
    """True when the codes require a psychiatric consultant."""
    note: str = ""
    """A note on what to check before billing, beyond what the record shows."""


class Payer(Record):
    """A payer's own rules."""

    name: str
    code_set: str
    cap: int | None = None
    """The most units of an add-on in a month; None where the payer's figure is not known."""


COCM = CodeSet(
    name="CoCM",
    codes=(
        BillingCode(code="G2214", minutes=30, midpoint=16),
        BillingCode(code="99492", month=MonthKind.INITIAL, minutes=70, midpoint=36),
        BillingCode(code="99493", month=MonthKind.LATER, minutes=60, midpoint=31),
        BillingCode(code="99494", minutes=30, midpoint=16, add_on_to=("99492", "99493")),
    ),
)
APCM = CodeSet(
    name="APCM",
    codes=(
        BillingCode(code="G0568", month=MonthKind.INITIAL, minutes=70, midpoint=36),
        BillingCode(code="G0569", month=MonthKind.LATER, minutes=60, midpoint=31),
    ),
    note="Only beside an APCM code of the same practitioner in the same month.",
)
G0512 = CodeSet(
    name="G0512",
    codes=(BillingCode(code="G0512", minutes=60, midpoint=60),),
    note="Ended for Medicare on 2026-01-01; only for payers that still ask for it.",
)
GENERAL = CodeSet(
    name="99484",
    codes=(BillingCode(code="99484", minutes=20, midpoint=20),),
    needs_review=False,
    note="General behavioral health integration, without a psychiatric consultant.",
)
SHIPPED = (COCM, APCM, G0512, GENERAL)
"""The first one holds until a registry or a payer names another."""


class BillingRules(Record):
    """The rules that differ between payers and practices."""

    gap_months: int = 6
    """Whole calendar months without billable work after which a month is an initial one again."""
    most_add_ons: int = 2
    """Units of an add-on above which to warn, where the payer's own cap is not known."""
    review_weeks: int = 8
    """Weeks before the month in which a psychiatric review still counts."""
    physician_minutes: bool = False
    """True when a treating physician's minutes count (state guidance that restates CPT)."""
    code_set: str = COCM.name
    """The set for payers that name none."""
    own_sets: Annotated[tuple[CodeSet, ...], Field(strict=False)] = ()
    payers: Annotated[tuple[Payer, ...], Field(strict=False)] = ()

    @property
    def sets(self) -> tuple[CodeSet, ...]:
        """Every set there is to choose from."""
        return (*SHIPPED, *self.own_sets)

    def payer(self, name: str | None) -> Payer | None:
        """The rules of a payer, whose name is compared without case and accents."""
        return next((each for each in self.payers if payer_key(each.name) == payer_key(name)), None)

    def set_for(self, payer: str | None) -> CodeSet:
        """The set that applies to a payer; the first shipped one where a name leads nowhere."""
        found = self.payer(payer)
        return named(self.sets, found.code_set if found else self.code_set) or COCM


def named(sets: Iterable[CodeSet], name: str) -> CodeSet | None:
    """The set of that name."""
    return next((each for each in sets if each.name == name), None)


def payer_key(name: str | None) -> str:
    """A payer's name as it is compared."""
    return " ".join(folded(name or "").split())


def payer_mark(name: str | None) -> str:
    """Twelve hex digits that stand for a payer where its name has no room."""
    return hashlib.sha256(payer_key(name).encode()).hexdigest()[:12]


def bases(codes: Iterable[BillingCode]) -> Iterator[BillingCode]:
    """The codes that stand alone."""
    return (code for code in codes if not code.add_on_to)
