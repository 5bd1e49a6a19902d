"""Show a form that was closed unsaved: a private message at once, and a line until it is settled."""

from collections.abc import Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.operations.contacts.drafts import Unsaved
from cocm_bot.slack.kit import Block, Payload, actions, button, escape, message, section
from cocm_bot.slack.shared_views.crisis import CONTACT_FORM as CONTACT
from cocm_bot.slack.shared_views.crisis import CORRECTION_FORM as CORRECTION
from cocm_bot.slack.shared_views.crisis import RISK_SCREEN_FORM as RISK_SCREEN
from cocm_bot.slack.shared_views.crisis import crisis_lines
from cocm_bot.slack.shared_views.identity import told_apart

CONTINUE = "draft-continue"
DROP = "draft-drop"
HOME = "home"
AT_RISK = "🔴 *A self-harm answer above 0 was entered. Nobody has been notified.*"
NOT_SETTLED = "Nothing else is due today, but the self-harm answer above is not saved: see to it first."
DROPPED = "Dropped. Nothing was saved."
GOING_ON = "You went on with it."
WITH_ANSWERS = frozenset({CONTACT, CORRECTION, RISK_SCREEN})
"""The forms in which answers about self-harm are entered."""


def closed_message(actor: Actor, unsaved: Unsaved) -> Payload:
    """Return the message sent to the person at once; the notification says nothing of the patient."""
    risk = (
        [section(AT_RISK), *crisis_lines(actor.registry.alerts.crisis_text)] if unsaved.draft.at_risk else []
    )
    return message(
        "A window was closed: nothing was saved",
        [section(f"*Nothing was saved.* {_closed(actor, unsaved)}"), *risk, *_ways_on(unsaved, "")],
    )


def settled_message(said: str) -> Payload:
    """The same message, once the person has said what it was."""
    return message(said, [section(said)])


def nothing_due(sentence: str, unsaved: Sequence[Unsaved]) -> str:
    """Return the sentence, unless a self-harm answer waits unsaved: then nothing may sound settled."""
    return NOT_SETTLED if any(each.draft.at_risk for each in unsaved) else sentence


def unsaved_blocks(actor: Actor, unsaved: Sequence[Unsaved], behind: str) -> list[Block]:
    """The closed forms that wait for their person, in the list that `behind` names."""
    return [block for each in unsaved for block in _line(actor, each, behind)]


def _line(actor: Actor, unsaved: Unsaved, behind: str) -> list[Block]:
    mark = f"{AT_RISK}\n" if unsaved.draft.at_risk else "📝 "
    return [section(f"{mark}*Not saved:* {_closed(actor, unsaved)}"), *_ways_on(unsaved, behind)]


def _closed(actor: Actor, unsaved: Unsaved) -> str:
    about = f" for *{escape(told_apart(unsaved.patient, actor.registry))}*" if unsaved.patient else ""
    return f"You closed “{escape(unsaved.draft.title)}”{about}; what you typed is kept for you."


def _ways_on(unsaved: Unsaved, behind: str) -> list[Block]:
    draft = unsaved.draft
    value = f"{draft.id} {behind}".rstrip()
    drop = "It was a slip" if draft.form in WITH_ANSWERS else "Drop it"
    return [
        actions(
            button("Continue with what I typed", CONTINUE, value, style="primary"),
            button(drop, DROP, value),
        )
    ]
