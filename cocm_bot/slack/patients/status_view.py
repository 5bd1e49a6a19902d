"""The modals that move a patient on, end an episode and begin another."""

from collections.abc import Iterator, Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.patients.status_changes import keeps_from_leaving
from cocm_bot.domain.records.patient import Departure, Patient
from cocm_bot.domain.safety.flags import open_types
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import Block, Payload, context, escape, modal, section
from cocm_bot.slack.shared_views.identity import subject
from cocm_bot.slack.shared_views.lines.formatting import day_of

MOVE = "status-move"
DEACTIVATE = "status-deactivate"
REOPEN = "status-reopen"
UNDO = "status-undo"


def move_view(patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str) -> Payload:
    """Return the patient's status, and the input for the new one."""
    return modal(
        "Change status",
        [_current(patient, registry), *inputs],
        MOVE,
        submit="Change",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def deactivate_view(
    patient: Patient,
    registry: Registry,
    inputs: Sequence[Block],
    memo: str,
    *,
    concerns: Sequence[str] = (),
) -> Payload:
    """Return what deactivating does, asked for with its reason; or what must be done first.

    `concerns` is what speaks against it: the person reads it, and submits again to go on.
    """
    if kept := keeps_from_leaving(patient):
        return modal("Deactivate", [_current(patient, registry), section(f"🔴 {kept}")], DEACTIVATE)
    ends = "This ends the episode: the patient leaves the worklist and the caseload. The record is kept."
    against = [
        section(
            f"⚠️ *Before this patient leaves:* {escape('; '.join(concerns))}.\n"
            "Press Deactivate again to continue."
        )
    ]
    closing = open_types(patient)
    flags = [section(f"Resolved with it: {', '.join(closing)}.")] if closing else []
    return modal(
        "Deactivate",
        [_current(patient, registry), *(against if concerns else []), section(ends), *flags, *inputs],
        DEACTIVATE,
        submit="Deactivate",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def reopen_view(
    patient: Patient, registry: Registry, inputs: Sequence[Block], memo: str, *, undoable: bool
) -> Payload:
    """The episodes there were, and which one it is now; a mistake is better undone while it can be."""
    mistake = "Deactivated by mistake? Close this and choose *Undo the deactivation* on the card."
    return modal(
        "Reopen",
        [
            _current(patient, registry),
            section("\n".join(episodes(patient, registry.policy))),
            *([context(mistake)] if undoable else []),
            *inputs,
        ],
        REOPEN,
        submit="Reopen",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def undo_view(patient: Patient, before: Departure, registry: Registry, memo: str) -> Payload:
    """Return what undoing a deactivation brings back."""
    policy = registry.policy
    ended = day_of(before.at, policy)
    back = f"Status is *{before.status}* again, since {day_of(before.status_since, policy)}."
    rest = "The flags it resolved are open again. Both entries stay in the history."
    return modal(
        "Undo",
        [_current(patient, registry), section(f"This undoes the deactivation of {ended}.\n{back} {rest}")],
        UNDO,
        submit="Undo",
        close="Cancel",
        private_metadata=memo,
    )


def episodes(patient: Patient, policy: CarePolicy) -> Iterator[str]:
    """Each episode in a line, oldest first."""
    for number, episode in enumerate(patient.episodes, 1):
        why = ": ".join(filter(None, (episode.reason, escape(episode.note))))
        ended = "now" if episode.ended is None else f"{day_of(episode.ended, policy)}{why and f' ({why})'}"
        yield f"Episode {number}: {day_of(episode.started, policy)} to {ended}"


def _current(patient: Patient, registry: Registry) -> Block:
    return context(f"{subject(patient, registry)} since {day_of(patient.status_since, registry.policy)}")
