"""The modals that raise and resolve flags, and the line about a flag. Modals only: they show names."""

from collections.abc import Iterable, Mapping, Sequence

from cocm_bot.domain.members import Registry
from cocm_bot.domain.records.course import PatientFlag
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.safety.flags import open_flags
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import Block, Payload, context, modal, section
from cocm_bot.slack.shared_views.identity import subject
from cocm_bot.slack.shared_views.lines.patient_lines import flag_line

RAISE = "flag-raise"
RESOLVE = "flag-resolve"
REASON_SHOWN = 200
EARLIER_SHOWN = 5


def raise_view(
    patient: Patient, registry: Registry, names: Mapping[str, str], inputs: Sequence[Block], memo: str
) -> Payload:
    """The inputs, under the flags that are open and the latest that were."""
    earlier = [flag for flag in patient.flags if flag.resolved_date is not None][-EARLIER_SHOWN:]
    return modal(
        "Raise a flag",
        [
            context(subject(patient, registry)),
            *_listed(open_flags(patient), names, registry.policy),
            *([context(_lines(reversed(earlier), names, registry.policy))] if earlier else []),
            *inputs,
        ],
        RAISE,
        submit="Raise",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def resolve_view(
    patient: Patient, registry: Registry, names: Mapping[str, str], inputs: Sequence[Block], memo: str
) -> Payload:
    """The inputs, under the flags that are open."""
    return modal(
        "Resolve a flag",
        [context(subject(patient, registry)), *_listed(open_flags(patient), names, registry.policy), *inputs],
        RESOLVE,
        submit="Resolve",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def _listed(flags: Sequence[PatientFlag], names: Mapping[str, str], policy: CarePolicy) -> list[Block]:
    return [section(_lines(flags, names, policy))] if flags else []


def _lines(flags: Iterable[PatientFlag], names: Mapping[str, str], policy: CarePolicy) -> str:
    return "\n".join(flag_line(flag, names, policy) for flag in flags)
