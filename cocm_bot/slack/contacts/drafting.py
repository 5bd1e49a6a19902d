"""Keep what is typed in a modal, and notify its person when the modal was closed instead of sent off."""

import json
import logging

from cocm_bot.domain.errors import CocmError
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.operations.contacts import drafts as operation
from cocm_bot.operations.contacts.drafts import Unsaved
from cocm_bot.slack.contacts.contact_form import Shape
from cocm_bot.slack.kit import written
from cocm_bot.slack.runtime.memo import DraftMemo
from cocm_bot.slack.runtime.request import MemberRequest
from cocm_bot.slack.shared_views.crisis import CONTACT_FORM as CONTACT
from cocm_bot.slack.shared_views.crisis import CORRECTION_FORM as CORRECTION
from cocm_bot.slack.shared_views.crisis import RISK_SCREEN_FORM as RISK_SCREEN
from cocm_bot.slack.shared_views.unsaved import closed_message
from cocm_bot.store.drafts import Draft

logger = logging.getLogger(__name__)


def keep(request: MemberRequest) -> None:
    """Keep the modal as it is now, once something was written or answered in it.

    Never raises: whoever types goes on, and the next change is kept again.
    """
    try:
        _keep(request)
    except CocmError as error:
        logger.warning("draft not kept error=%s", type(error).__name__)


def _keep(request: MemberRequest) -> None:
    view, memo = request.shown, request.memo(DraftMemo)
    at_risk = _at_risk(request, request.actor.registry.policy)
    if memo.request_id is None:
        return
    # An answer taken back must reach the draft too: what is kept already is kept as it is now.
    if not (at_risk or written(view)) and not operation.is_kept(request.ctx, request.actor, memo.request_id):
        return
    draft = Draft(
        id=memo.request_id,
        registry_id=request.actor.registry.id,
        form=str(view["callback_id"]),
        title=str(view["title"]["text"]),
        handle=memo.handle,
        view=json.dumps(view, separators=(",", ":")),
        at_risk=at_risk,
        typed_at=float(request.body["actions"][0].get("action_ts") or request.ctx.now().timestamp()),
    )
    tell(request, operation.keep(request.ctx, request.actor, draft))


def tell(request: MemberRequest, unsaved: Unsaved | None) -> None:
    """Notify the person, in their direct messages, of a form they closed."""
    if unsaved is not None:
        message = closed_message(request.actor, unsaved)
        request.gateway.tell(request.actor.slack_user_id, message, request.actor.registry.id)


def _at_risk(request: MemberRequest, policy: CarePolicy) -> bool:
    """Return whether what is entered shows self-harm: an item above 0, or a yes in the risk screen."""
    match request.shown["callback_id"]:
        case form if form in (CONTACT, CORRECTION):
            return bool(Shape.of(request.answers, policy).risky)
        case form if form == RISK_SCREEN:
            return "yes" in _chosen(request)
    return False


def _chosen(request: MemberRequest) -> set[str]:
    states = (state for actions in request.answers.values() for state in actions.values())
    chosen = (state.get("selected_option") or {} for state in states)
    return {str(option.get("value", "")) for option in chosen}
