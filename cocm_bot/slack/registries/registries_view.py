"""The modals about registries: a person's own, setting one up, and its name."""

from collections.abc import Sequence

from cocm_bot.domain.access import Actor
from cocm_bot.operations.registries.registries import Membership
from cocm_bot.slack.kit import (
    Block,
    Element,
    Payload,
    actions,
    button,
    context,
    divider,
    escape,
    fit_view,
    modal,
    section,
)
from cocm_bot.slack.shared_views.command_names import CommandName
from cocm_bot.slack.shared_views.list_lines import patients_told, registry_line

TITLE = "Registries"
NEW, CREATE = "registry-new", "registry-create"
SWITCH = "registry-switch"
RENAME, RENAMED = "registry-rename", "registry-renamed"
SETTINGS, STATS = "registry-settings", "registry-stats"


def list_view(
    actor: Actor, own: Sequence[Membership], *, creator: bool, figures: bool, banner: str = ""
) -> Payload:
    """The person's registries, and what they can do there."""
    offered = [
        *([button("Settings", SETTINGS), button("Rename", RENAME)] if actor.is_admin else []),
        *([button("Figures", STATS)] if figures else []),
        *([button("New registry", NEW)] if creator else []),
    ]
    head = [section(banner)] if banner else []
    foot = [divider(), actions(*offered)] if offered else []
    more = "`/cocm registry switch` with a name finds the others."
    return modal(
        TITLE, fit_view([_row(actor, each) for each in own], head=head, foot=foot, more=more), "registries"
    )


def _row(actor: Actor, own: Membership) -> Block:
    registry, here = own.registry, own.registry.id == actor.registry.id
    members = "1 member" if registry.members == 1 else f"{registry.members} members"
    what = f"{escape(own.role)}{', admin' if own.is_admin else ''}"
    return section(
        f"*{escape(registry.name)}*{' · you work here' if here else ''}\n"
        f"{what} · {members} · {patients_told(registry.active_patients)}",
        accessory=None if here else _work_here(own),
    )


def _work_here(own: Membership) -> Element:
    label = f"Work in {own.registry.name}"
    return button("Work here", SWITCH, own.registry.id, accessibility_label=label)


def new_view(inputs: Sequence[Block], memo: str) -> Payload:
    """Return what a new registry needs to begin."""
    return modal(
        "New registry",
        [section("One registry holds one population of patients and the team that treats it."), *inputs],
        CREATE,
        submit="Set up",
        close="Cancel",
        private_metadata=memo,
    )


def created_view(actor: Actor, memo: str) -> Payload:
    """Return what there is now, and what to do next."""
    return modal(
        TITLE,
        [
            section(f"✅ *{escape(actor.registry.name)}* is set up, and you work in it now as its admin."),
            section(
                "What comes next:\n"
                "• Invite your team.\n"
                "• Look at the settings: days, hours, care policy. Each has a default.\n"
                "• Add the first patient with `/cocm add`."
            ),
            actions(
                button("Team", CommandName.TEAM.action_id, style="primary"), button("Settings", SETTINGS)
            ),
            registry_line(actor),
        ],
        "registry-created",
        private_metadata=memo,
    )


def rename_view(actor: Actor, inputs: Sequence[Block], memo: str) -> Payload:
    """The registry's name."""
    return modal(
        "Rename the registry",
        [*inputs, context(f"Everybody in *{escape(actor.registry.name)}* sees the new name from then on.")],
        RENAMED,
        submit="Rename",
        close="Cancel",
        private_metadata=memo,
    )
