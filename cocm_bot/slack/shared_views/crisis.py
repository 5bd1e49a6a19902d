"""Show what to do in a crisis, wherever an answer about self-harm is entered."""

from cocm_bot.slack.kit import Block, context, escape

CONTACT_FORM = "contact"
CORRECTION_FORM = "correction"
RISK_SCREEN_FORM = "risk-screen"
"""The modals in which answers about self-harm are entered, by their callback ids."""

NO_EMERGENCY_SERVICE = (
    "This is not an emergency service. Nobody monitors it. If somebody may be in danger now, call your local "
    "emergency number or crisis line, as your clinic's procedure says."
)


def crisis_lines(crisis_text: str) -> list[Block]:
    """Return what the institution says of a crisis, else what holds everywhere; shown where self-harm is
    asked.
    """
    own = f"*If there is danger now:* {escape(crisis_text)}" if crisis_text else NO_EMERGENCY_SERVICE
    return [context(own)]
