"""Return a member's unasked message of the day, as things are now: the digest of their role.

`registry_snapshot` reads a registry once, `digest_of` makes one reader's digest of it. Whoever is in a
digest is in the access log by then, as seen by its reader. `program_digests.team_digest` is the channel's.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.figures.periods import Period
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.access.access_logging import authorise
from cocm_bot.operations.context import Context
from cocm_bot.operations.digests.clinical_digests import (
    AnswersDigest,
    CaseloadDigest,
    ReviewDigest,
    answers_digest,
    caseload_digest,
    review_digest,
)
from cocm_bot.operations.digests.program_digests import (
    BillingDigest,
    FiguresDigest,
    billing_digest,
    figures_digest,
)
from cocm_bot.operations.digests.registry_snapshot import RegistrySnapshot


class Kind(StrEnum):
    """The subject of a digest; a recipient gets one of a kind on a local day."""

    CASELOAD = "caseload"
    REVIEW = "review"
    ANSWERS = "answers"
    FIGURES = "figures"
    BILLING = "billing"
    TEAM = "team"


KINDS: Mapping[Role, Kind] = MappingProxyType(
    {
        Role.CARE_MANAGER: Kind.CASELOAD,
        Role.PSYCHIATRIST: Kind.REVIEW,
        Role.PCP: Kind.ANSWERS,
        Role.CLINICAL_OPS: Kind.FIGURES,
        Role.FINANCE: Kind.BILLING,
    }
)
"""The kind of digest for each role. The team's channel has its own."""

Digest = CaseloadDigest | ReviewDigest | AnswersDigest | FiguresDigest | BillingDigest

SEEN: Mapping[Kind, Action] = MappingProxyType(
    {Kind.FIGURES: Action.VIEW_FIGURES, Kind.BILLING: Action.VIEW_BILLING}
)
"""The right that a kind of digest requires, where that is not viewing the caseload."""


def digest_of(
    ctx: Context,
    snapshot: RegistrySnapshot,
    actor: Actor,
    *,
    asked: bool = False,
    quiet: bool = False,
    month: Period | None = None,
) -> Digest | None:
    """Return the actor's digest now; None when there is nothing.

    `asked`: they want it now, whatever day it is and whatever they were sent before. `quiet`: they want to
    hear nothing on a day without work. `month`: the month that Clinical Ops and Finance were not sent yet.
    Raises Unavailable.
    """
    authorise(ctx, actor, SEEN.get(KINDS[actor.role], Action.VIEW_CASELOAD))
    if KINDS[actor.role] in SEEN:
        return _of_program(ctx, snapshot, KINDS[actor.role], asked=asked, month=month)
    weekly = snapshot.registry.rhythm.reports_on(snapshot.day)
    match KINDS[actor.role]:
        case Kind.CASELOAD:
            return caseload_digest(
                ctx, snapshot, actor, weekly=weekly, asked=asked, quiet=quiet and not asked
            )
        case Kind.REVIEW:
            return review_digest(ctx, snapshot, actor, asked=asked)
        case Kind.ANSWERS:
            return answers_digest(ctx, snapshot, actor, asked=asked)
    return None


def _of_program(
    ctx: Context, snapshot: RegistrySnapshot, kind: Kind, *, asked: bool, month: Period | None
) -> FiguresDigest | BillingDigest | None:
    """The week's figures on their day, or last month's billing until it was sent; either when asked for."""
    if kind is Kind.BILLING:
        if month is None and not asked:
            return None
        billed = billing_digest(ctx, snapshot)
        return billed if asked or billed.month.rows or billed.month.broken else None
    if not (asked or snapshot.registry.rhythm.reports_on(snapshot.day)):
        return None
    return figures_digest(ctx, snapshot, month)


def handles(digest: Digest) -> list[str]:
    """Return the patients of a digest's rows, which are struck through once they are handled."""
    return [] if isinstance(digest, FiguresDigest | BillingDigest) else digest.handles
