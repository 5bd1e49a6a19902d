"""Going through the caseload, one patient at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from cocm_bot.domain.access import Action, Actor
from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.records.agreements import RecommendationKind
from cocm_bot.domain.records.patient import DirectoryEntry, Patient
from cocm_bot.domain.review.agenda import (
    Decision,
    Point,
    Review,
    agenda,
    decided,
    point,
    recorded,
    resumed,
    returned,
    with_posted,
)
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.access.access_logging import authorise, record_view
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.gaps import NO_GAPS, Gaps, all_gaps
from cocm_bot.operations.patients.card import Card, card_of
from cocm_bot.store.patients import lists, patients, reviews
from cocm_bot.store.table.errors import ReviewMoved

RESTED_SECONDS = 24 * 3600
"""A session nobody touched for so long is not simply gone on with."""


@dataclass(frozen=True)
class Outcome:
    """A patient of a finished review, and their outcome."""

    handle: str
    entry: DirectoryEntry | None
    """None for a patient whom the directory no longer has."""
    decision: Decision
    recommended: Sequence[RecommendationKind] = ()
    """In the consultation that was recorded."""


@dataclass(frozen=True)
class Step:
    """A session's position: at a patient, or at its end with the outcomes."""

    review: Review
    card: Card | None = None
    point: Point | None = None
    """The reason the patient is on the agenda now; None when there is none left."""
    passed: Sequence[str] = ()
    """The handles that were passed over to get here, as they left the program meanwhile."""
    outcomes: Sequence[Outcome] = ()
    gaps: Gaps = NO_GAPS
    """At the end, and where there is nobody to review: what no agenda shows."""


@dataclass(frozen=True)
class Rested:
    """An unfinished session of an earlier day: to be resumed, or started over."""

    review: Review


def come_to(ctx: Context, actor: Actor) -> Step | Rested:
    """Go on with the actor's session, or start one when there is none or it is finished.

    Raises NotAllowed or Unavailable.
    """
    review = _mine(ctx, actor)
    if review is None or review.current is None:
        return _start(ctx, actor, review)
    if ctx.now().timestamp() - review.touched >= RESTED_SECONDS:
        return Rested(review)
    return _step(ctx, actor, review)


def resume(ctx: Context, actor: Actor) -> Step:
    """Go on with the actor's session, however old. Raises NotAllowed or Unavailable."""
    review = _mine(ctx, actor)
    if review is None:
        return _start(ctx, actor, None)
    if review.current is not None:
        review = _save(ctx, actor, review, resumed(review, ctx.now().timestamp()))
    return _step(ctx, actor, review)


def start_over(ctx: Context, actor: Actor, review_id: str) -> Step:
    """Make a new agenda in the place of that session, once. Raises NotAllowed or Unavailable."""
    review = _mine(ctx, actor)
    if review is not None and review.id != review_id:
        return _step(ctx, actor, review)
    return _start(ctx, actor, review)


def decide(ctx: Context, actor: Actor, review_id: str, position: int, decision: Decision) -> Step:
    """Decide on the patient at a position and go on; a position that was left already changes nothing.

    Raises NotAllowed, NotFound when the session is no longer there, or Unavailable.
    """
    review = _this(ctx, actor, review_id)
    if review.position == position and review.current is not None:
        review = _save(ctx, actor, review, decided(review, decision, ctx.now().timestamp()))
    return _step(ctx, actor, review)


def back(ctx: Context, actor: Actor, review_id: str, position: int) -> Step:
    """Go back to the patient before a position who is still in the program; at the first, stay there.

    A position that was left already changes nothing. Raises NotAllowed, NotFound or Unavailable.
    """
    review = _this(ctx, actor, review_id)
    if review.position == position:
        for earlier in range(position - 1, -1, -1):
            patient = patients.by_handle(ctx.table, actor.registry.id, review.handles[earlier])
            if patient is not None and patient.status is not Status.DEACTIVATED:
                review = _save(ctx, actor, review, returned(review, earlier, ctx.now().timestamp()))
                break
    return _step(ctx, actor, review)


def finished(ctx: Context, actor: Actor, review_id: str) -> Step:
    """Return a session as it is, for its summary. Raises NotAllowed, NotFound or Unavailable."""
    return _step(ctx, actor, _this(ctx, actor, review_id))


def claim_post(ctx: Context, actor: Actor, review_id: str) -> bool:
    """Return whether this call may post the session's counts; False where another has.

    Raises NotAllowed, NotFound or Unavailable.
    """
    review = _this(ctx, actor, review_id)
    if review.posted:
        return False
    after = with_posted(review, posted=True, at=ctx.now().timestamp())
    try:
        reviews.save(ctx.table, actor.registry.id, actor.user_id, review, after)
    except ReviewMoved:
        return False
    return True


def release_post(ctx: Context, actor: Actor, review_id: str) -> None:
    """Let the counts be posted again, which were not. Raises NotAllowed, NotFound or Unavailable."""
    review = _this(ctx, actor, review_id)
    _save(ctx, actor, review, with_posted(review, posted=False, at=ctx.now().timestamp()))


def consulted(ctx: Context, actor: Actor, review_id: str, handle: str) -> Step | None:
    """Note that a consultation about a patient of the session was recorded; None if it is not that session.

    Raises NotAllowed or Unavailable.
    """
    review = _mine(ctx, actor)
    if review is None or review.id != review_id or handle not in review.handles:
        return None
    while review.decisions.get(handle) is not Decision.RECORDED:
        review = _save(ctx, actor, review, recorded(review, handle, ctx.now().timestamp()))
    return _step(ctx, actor, review)


def standing(ctx: Context, actor: Actor, review_id: str) -> Step | None:
    """Return the session's current step; None if another session has replaced it.

    Raises NotAllowed or Unavailable.
    """
    review = _mine(ctx, actor)
    return _step(ctx, actor, review) if review is not None and review.id == review_id else None


def _mine(ctx: Context, actor: Actor) -> Review | None:
    authorise(ctx, actor, Action.REVIEW_CASELOAD)
    return reviews.get(ctx.table, actor.registry.id, actor.user_id)


def _this(ctx: Context, actor: Actor, review_id: str) -> Review:
    review = _mine(ctx, actor)
    if review is None or review.id != review_id:
        raise NotFound("This review was started over or is long past. Type /cocm review.")
    return review


def _save(ctx: Context, actor: Actor, before: Review | None, after: Review) -> Review:
    """The session as saved; the one that is there when another click came first."""
    try:
        reviews.save(ctx.table, actor.registry.id, actor.user_id, before, after)
    except ReviewMoved:
        return reviews.get(ctx.table, actor.registry.id, actor.user_id) or after
    return after


def _start(ctx: Context, actor: Actor, before: Review | None) -> Step:
    now = ctx.now()
    found = lists.caseload(ctx.table, actor.registry.id)
    handles = tuple(each.summary.handle for each in agenda(found, actor.registry.policy, now))
    at = now.timestamp()
    review = Review(id=new_id(), started=at, touched=at, handles=handles)
    return _step(ctx, actor, _save(ctx, actor, before, review) if handles else review)


def _step(ctx: Context, actor: Actor, review: Review) -> Step:
    """The patient whose turn it is, as they are now; who left the program meanwhile is passed over."""
    passed: list[str] = []
    while (handle := review.current) is not None:
        patient = patients.by_handle(ctx.table, actor.registry.id, handle)
        if patient is not None and patient.status is not Status.DEACTIVATED:
            return _shown(ctx, actor, review, patient, passed)
        passed.append(handle)
        review = _save(ctx, actor, review, decided(review, Decision.LEFT, ctx.now().timestamp()))
    return Step(
        review, passed=passed, outcomes=_outcomes(ctx, actor, review), gaps=all_gaps(ctx, actor.registry)
    )


def _shown(ctx: Context, actor: Actor, review: Review, patient: Patient, passed: Sequence[str]) -> Step:
    record_view(ctx, actor, Action.REVIEW_CASELOAD, (patient.id,))
    found = point(patient, actor.registry.policy, ctx.now())
    return Step(review, card_of(ctx, actor, patient), found, passed)


def _outcomes(ctx: Context, actor: Actor, review: Review) -> list[Outcome]:
    if not review.handles:
        return []
    known = patients.entries(ctx.table, actor.registry.id, review.handles)
    entries = {entry.handle: entry for entry in known}
    record_view(ctx, actor, Action.REVIEW_CASELOAD, (entry.patient_id for entry in known))
    return [
        Outcome(
            handle,
            entries.get(handle),
            review.decisions[handle],
            _recommended(ctx, actor, review, handle),
        )
        for handle in review.handles
        if handle in review.decisions
    ]


def _recommended(ctx: Context, actor: Actor, review: Review, handle: str) -> Sequence[RecommendationKind]:
    """Return what was recommended for a patient of the session since it began."""
    if review.decisions.get(handle) is not Decision.RECORDED:
        return ()
    patient = patients.by_handle(ctx.table, actor.registry.id, handle)
    given = patient.recommendations if patient else ()
    return next((each.kinds for each in reversed(given) if each.at >= review.started), ())
