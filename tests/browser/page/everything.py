"""A message with every block and a modal with every input, and how such are written."""

from typing import Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def words(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, more: str | None = None) -> dict[str, Any]:
    return {"text": plain(text), "value": value} | ({"description": plain(more)} if more else {})


def field(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    block_id = label.lower().replace(" ", "_")
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element | {"action_id": block_id},
        **more,
    }


FLAGS = [option("Needs discussion", "talk"), option("Safety risk", "risk", "Same day")]
GROUPS = [
    {"label": plain("Public"), "options": [option("Medicare", "mcr"), option("Medicaid", "mcd")]},
    {"label": plain("Private"), "options": [option("Acme Health", "acme"), option("Self-pay", "self")]},
]
CONFIRM = {
    "title": plain("Remove the flag?"),
    "text": words("It stays in the *history*."),
    "confirm": plain("Remove"),
    "deny": plain("Keep"),
    "style": "danger",
}
PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='640' height='160'%3E%3Cpolyline points='0,20 160,40 320,90 480,80 640,140' fill='none' stroke='%231c6863' stroke-width='4'/%3E%3C/svg%3E"  # noqa: E501 (one address)

MESSAGE: list[dict[str, Any]] = [
    {"type": "header", "text": plain("Everything at once :sunrise:")},
    {
        "type": "section",
        "text": words(
            "*bold* _italic_ ~struck~ `code` <https://example.org|a link> <@U0IRIS> <#C0CARETEAM> <!here>\n"
            "> a quotation\n```a block\n  of code```\n&lt;b&gt;not a tag&lt;/b&gt; "
            "<!date^1780000000^due {date_short}|some day>"
        ),
        "accessory": {"type": "button", "text": plain("Danger"), "action_id": "danger", "confirm": CONFIRM}
        | {"style": "danger"},
    },
    {
        "type": "section",
        "fields": [words("*Status*\nTreatment"), words("*Minutes*\n45"), words("*Sessions*\n7")],
    },
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "text": plain("Primary"),
                "action_id": "go",
                "value": "17",
                "style": "primary",
            },
            {"type": "static_select", "action_id": "sort", "placeholder": plain("Sort by"), "options": FLAGS},
            {"type": "overflow", "action_id": "more", "options": FLAGS},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-02-03"},
        ],
    },
    {"type": "image", "image_url": PICTURE, "alt_text": "PHQ-9 falling", "title": plain("PHQ-9")},
    {
        "type": "table",
        "column_settings": [{"align": "left"}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "Patient"}, {"type": "raw_text", "text": "PHQ-9"}],
            [{"type": "raw_text", "text": "K7Q4"}, {"type": "raw_text", "text": "18"}],
            [{"type": "raw_text", "text": "M2P9"}, {"type": "raw_text", "text": "7"}],
        ],
    },
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "rich", "style": {"bold": True}},
                    {"type": "emoji", "name": "tada"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "an item"}]}
                ],
            },
        ],
    },
    {
        "type": "context",
        "elements": [words("small print"), {"type": "image", "image_url": PICTURE, "alt_text": "mark"}],
    },
    {"type": "markdown", "text": "# plain *markdown*"},
]

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Every input"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "blocks": [
        field("Note", {"type": "plain_text_input", "multiline": True, "placeholder": plain("A short note")}),
        field("Name", {"type": "plain_text_input", "initial_value": "Ana"}, hint=plain("As on the card")),
        field("Minutes", {"type": "number_input", "is_decimal_allowed": False, "max_value": "600"}),
        field("Mail", {"type": "email_text_input"}, optional=True),
        field("Site", {"type": "url_text_input"}, optional=True),
        field("Flag", {"type": "static_select", "options": FLAGS, "placeholder": plain("Choose one")}),
        field("Payer", {"type": "static_select", "option_groups": GROUPS}, optional=True),
        field("Reasons", {"type": "multi_static_select", "options": FLAGS}),
        field(
            "Patient",
            {"type": "external_select", "min_query_length": 1, "placeholder": plain("Type to search")},
        ),
        field("Colleague", {"type": "users_select"}),
        field("Place", {"type": "conversations_select"}, optional=True),
        field("Visit", {"type": "radio_buttons", "options": FLAGS}),
        field("Consent", {"type": "checkboxes", "options": FLAGS, "initial_options": FLAGS[:1]}),
        field("Day", {"type": "datepicker", "initial_date": "2026-02-03"}),
        field("Hour", {"type": "timepicker"}),
        field("Moment", {"type": "datetimepicker"}),
    ],
}
