"""The modal in which admins set what their registry decides for itself: shown by section, saved at once."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cocm_bot.domain.members import Registry
from cocm_bot.domain.registries.formatting import shown
from cocm_bot.domain.registries.setting_table import (
    BILLING,
    CALENDAR,
    CARE,
    MESSAGES,
    PRIVACY,
    RECORDS,
    SETTINGS,
    Setting,
)
from cocm_bot.slack.kit import Block, Payload, actions, button, context, escape, modal, section
from cocm_bot.slack.shared_views.command_names import CommandName

TITLE = "Registry settings"
CALLBACK = "settings"
SECTION = "settings-section"


class Section(StrEnum):
    """A part of the settings that is shown at a time."""

    CARE = "care"
    BILLING = "billing"
    CALENDAR = "calendar"
    MESSAGES = "messages"
    PRIVACY = "privacy"
    RECORDS = "records"


LABELS: Mapping[Section, str] = MappingProxyType(
    {
        Section.CARE: "Care policy",
        Section.BILLING: "Billing",
        Section.CALENDAR: "Days and hours",
        Section.MESSAGES: "Messages and alerts",
        Section.PRIVACY: "Privacy",
        Section.RECORDS: "Health record",
    }
)
IN_SECTION: Mapping[Section, Sequence[Setting]] = MappingProxyType(
    {
        Section.CARE: CARE,
        Section.BILLING: BILLING,
        Section.CALENDAR: CALENDAR,
        Section.MESSAGES: MESSAGES,
        Section.PRIVACY: PRIVACY,
        Section.RECORDS: RECORDS,
    }
)
NAMED: Mapping[str, Setting] = MappingProxyType({setting.name: setting for setting in SETTINGS})


def settings_view(
    registry: Registry, shown: Section, inputs: Sequence[Block], memo: str, banner: Sequence[Block] = ()
) -> Payload:
    """The inputs of one section, under the choice of others; Save saves what was changed in all of them."""
    buttons = [
        button(
            LABELS[each],
            f"{SECTION}:{each}",
            each,
            style="primary" if each is shown else None,
            accessibility_label=f"{LABELS[each]}{', shown now' if each is shown else ''}",
        )
        for each in Section
    ]
    return modal(
        TITLE,
        [
            section(f"*{escape(registry.name)}*"),
            actions(*buttons, button("Measures", CommandName.MEASURES.action_id)),
            *banner,
            *inputs,
        ],
        CALLBACK,
        submit="Save",
        private_metadata=memo,
    )


def saved(*, rederives: bool) -> list[Block]:
    """Return the notice that it was saved, and what follows."""
    follows = " What is due for each patient is being recalculated. I write to you when it is done."
    return [section(f"✅ Saved.{follows if rederives else ''}")]


def nothing_changed() -> list[Block]:
    """Return the notice that there was nothing to save."""
    return [context("Nothing to save: nothing was changed.")]


def unsaved(settings: Sequence[Setting]) -> list[Block]:
    """Return what was changed in the sections that are not shown."""
    return [context(f"Not saved yet: {_listed(settings)}.")] if settings else []


def complaints(sentences: Mapping[str, str]) -> list[Block]:
    """Return what is wrong in a section that was to be left, by setting."""
    lines = [f"⚠️ *{NAMED[name].label}*: {escape(sentence)}" for name, sentence in sentences.items()]
    return [section("\n".join(lines))]


def overtaken(differences: Sequence[tuple[Setting, Any, Any]], names: Mapping[str, str]) -> list[Block]:
    """Return the notice that somebody else saved settings, and what saving again replaces."""
    lines = [
        f"• {setting.label}: {_value(setting, now, names)} → {_value(setting, wanted, names)}"
        for setting, now, wanted in differences
    ]
    return [
        section(
            "⚠️ *Somebody else saved settings of this registry meanwhile.* What you entered is still here.\n"
            f"Save again to change, from what holds now:\n{chr(10).join(lines)}"
        )
    ]


def hint(setting: Setting) -> str:
    """Return what a setting means, with its default."""
    return f"{setting.meaning} Default: {shown(setting, setting.default)}."


def _value(setting: Setting, value: Any, names: Mapping[str, str]) -> str:
    return escape(names.get(str(value)) or shown(setting, value))


def _listed(settings: Sequence[Setting]) -> str:
    return ", ".join(setting.label for setting in settings)
