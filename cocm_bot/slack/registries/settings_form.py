"""The inputs of a registry's settings, by section; labels, hints and bounds come from the settings' table."""

import re
from collections.abc import Mapping
from datetime import time
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import create_model

from cocm_bot.domain.registries.configure import LONGEST_CRISIS_TEXT
from cocm_bot.domain.registries.ehr_link import LONGEST_TEMPLATE, PLACE
from cocm_bot.domain.registries.formatting import SHOWN, WEEKDAYS
from cocm_bot.domain.registries.setting_table import CHANNEL, DIRECT, SCREENS, YES_OR_NO, Setting
from cocm_bot.domain.settings.calendars import calendar
from cocm_bot.domain.settings.registry_settings import Shown
from cocm_bot.slack.forms import (
    ChannelInput,
    CheckboxesInput,
    Choice,
    ExternalSelectInput,
    Form,
    NumberInput,
    RadioInput,
    SelectInput,
    TextInput,
    TimeInput,
)
from cocm_bot.slack.kit import Block
from cocm_bot.slack.registries.settings_view import IN_SECTION, NAMED, Section, hint

ZONE, HOLIDAYS = "settings-zone", "settings-holidays"
NOBODY = "nobody"
"""The value for nothing chosen, where a menu can't be emptied."""
LONGEST_LIST = 900
_DAYS = [Choice(str(number), day) for number, day in enumerate(WEEKDAYS)]
_COUNTED = [Choice("no", "Do not count"), Choice("yes", "Count")]
_SENT = [Choice("no", "Do not send"), Choice("yes", "Send")]

Settings = dict[str, Any]
"""Values by the settings' names, as a registry holds them or JSON would."""


def _shown(choices: tuple[Shown, ...]) -> list[Choice]:
    return [Choice(each, SHOWN[each].capitalize()) for each in choices]


def _asked(kind: type[Any], name: str, **more: Any) -> Any:
    return kind(NAMED[name].label, hint=hint(NAMED[name]), **more)


_INPUTS: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "timezone": (str, _asked(ExternalSelectInput, "timezone", action_id=ZONE)),
        "digest_time": (time, _asked(TimeInput, "digest_time")),
        "working_days": (tuple[int, ...], _asked(CheckboxesInput, "working_days", options=_DAYS)),
        "holidays_of": (str | None, _asked(ExternalSelectInput, "holidays_of", action_id=HOLIDAYS)),
        "quiet_days": (
            str | None,
            _asked(TextInput, "quiet_days", multiline=True, max_length=LONGEST_LIST),
        ),
        "review_day": (int, _asked(SelectInput, "review_day", options=_DAYS)),
        "review_time": (time, _asked(TimeInput, "review_time")),
        "report_day": (int, _asked(SelectInput, "report_day", options=_DAYS)),
        "team_channel": (str | None, _asked(ChannelInput, "team_channel")),
        "screens": (Shown, _asked(RadioInput, "screens", options=_shown(SCREENS))),
        "direct": (Shown, _asked(RadioInput, "direct", options=_shown(DIRECT))),
        "finance": (Shown, _asked(RadioInput, "finance", options=_shown(DIRECT))),
        "physician_minutes": (str, _asked(RadioInput, "physician_minutes", options=_COUNTED)),
        "monthly_figures": (str, _asked(RadioInput, "monthly_figures", options=_SENT)),
        "channel": (Shown, _asked(RadioInput, "channel", options=_shown(CHANNEL))),
        "crisis_text": (
            str | None,
            _asked(TextInput, "crisis_text", multiline=True, max_length=LONGEST_CRISIS_TEXT),
        ),
        "phone_country": (str, _asked(TextInput, "phone_country", max_length=2)),
        "ehr_url": (
            str | None,
            _asked(
                TextInput,
                "ehr_url",
                max_length=LONGEST_TEMPLATE,
                placeholder=f"https://ehr.example.org/chart/{PLACE}",
            ),
        ),
        "cover": (str | None, _asked(SelectInput, "cover")),
    }
)
"""The type and the input of each setting that is not a number within bounds."""


def _field(setting: Setting) -> Any:
    if setting.least is not None:
        return Annotated[int, _asked(NumberInput, setting.name, minimum=setting.least, maximum=setting.most)]
    kind, asked = _INPUTS[setting.name]
    return Annotated[kind, asked]


def _form(shown: Section) -> type[Form]:
    fields: dict[str, Any] = {setting.name: (_field(setting), ...) for setting in IN_SECTION[shown]}
    return create_model(f"{shown.capitalize()}Form", __base__=Form, **fields)


FORMS: Mapping[Section, type[Form]] = MappingProxyType({shown: _form(shown) for shown in Section})


def inputs(shown: Section, settings: Mapping[str, Any], members: Mapping[str, str]) -> list[Block]:
    """The inputs of a section with what is set; `members` are those who can cover, by user id."""
    # A menu shows a hundred: who covers now is among them.
    coverers = dict(sorted(members.items(), key=lambda member: member[0] != settings["cover"]))
    return FORMS[shown].blocks(_drawn(settings), options=_options(shown, coverers))


def read(shown: Section, answers: Any, members: Mapping[str, str]) -> Settings:
    """Return what was entered in a section; raises FormErrors."""
    form = FORMS[shown].read(answers, options=_options(shown, members))
    return {name: _stored(name, value) for name, value in form.model_dump().items()}


def _options(shown: Section, members: Mapping[str, str]) -> dict[str, list[Choice]] | None:
    if shown is not Section.MESSAGES:
        return None
    named = [Choice(user_id, name) for user_id, name in members.items()]
    return {"cover": [Choice(NOBODY, "Nobody: the admins are notified"), *named]}


def _drawn(settings: Mapping[str, Any]) -> Settings:
    """Return what is set, as the inputs take it."""
    kept = calendar(settings["holidays_of"] or "")
    zone = settings["timezone"]
    return dict(settings) | {
        "timezone": Choice(zone, zone.replace("_", " ")),
        "holidays_of": Choice(kept.code, kept.name) if kept else None,
        "quiet_days": "\n".join(settings["quiet_days"]),
        "cover": settings["cover"] or NOBODY,
        **{name: "yes" if settings[name] else "no" for name in YES_OR_NO},
    }


def _stored(name: str, entered: Any) -> Any:
    """Return what was entered, as it is kept."""
    match name, entered:
        case "quiet_days", text:
            return tuple(sorted(set(re.split(r"[\s,;]+", text or "")) - {""}))
        case name, _ if name in YES_OR_NO:
            return entered == "yes"
        case (("crisis_text" | "ehr_url" | "phone_country"), text):
            return (text or "").strip()
        case _, time():
            return f"{entered:%H:%M}"
        case (("cover" | "holidays_of"), "nobody"):
            return None
    return entered
