"""The modals that raise and resolve flags, and how a flag is told. Modals only: they show names."""

from collections.abc import Iterable, Mapping, Sequence

from cocm_bot.domain.measures.self_harm import quiet_alerts
from cocm_bot.domain.patient import Patient, PatientFlag
from cocm_bot.domain.safety.alerts import is_open
from cocm_bot.domain.safety.flags import open_flags
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.slack.kit import Block, Payload, clip, context, escape, modal, section
from cocm_bot.slack.shared_views.formatting import FLAG_MARKS, day_of, moment_of, subject, who

RAISE = "flag-raise"
RESOLVE = "flag-resolve"
REASON_SHOWN = 200
EARLIER_SHOWN = 5


def raise_view(
    patient: Patient, names: Mapping[str, str], policy: CarePolicy, inputs: Sequence[Block], memo: str
) -> Payload:
    """The inputs, under the flags that are open and the latest that were."""
    earlier = [flag for flag in patient.flags if flag.resolved_date is not None][-EARLIER_SHOWN:]
    return modal(
        "Raise a flag",
        [
            context(subject(patient)),
            *_listed(open_flags(patient), names, policy),
            *([context(_lines(reversed(earlier), names, policy))] if earlier else []),
            *inputs,
        ],
        RAISE,
        submit="Raise",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def resolve_view(
    patient: Patient, names: Mapping[str, str], policy: CarePolicy, inputs: Sequence[Block], memo: str
) -> Payload:
    """The inputs, under the flags that are open."""
    return modal(
        "Resolve a flag",
        [context(subject(patient)), *_listed(open_flags(patient), names, policy), *inputs],
        RESOLVE,
        submit="Resolve",
        close="Cancel",
        private_metadata=memo,
        draft=True,
    )


def flag_line(flag: PatientFlag, names: Mapping[str, str], policy: CarePolicy) -> str:
    """A flag with who raised it, when and why, and how it was resolved."""
    raised, mark = day_of(flag.created_date, policy), FLAG_MARKS[flag.flag_type]
    by = f"{who(flag.created_by_provider_id, names)}{_why(flag.reason)}"
    if flag.resolved_date is None or flag.resolved_by_provider_id is None:
        return f"{mark} *{flag.flag_type}* since {raised} · {by}{_taken(flag, names, policy)}"
    settled = f"{who(flag.resolved_by_provider_id, names)}{_why(flag.resolved_reason)}"
    until = day_of(flag.resolved_date, policy)
    return f"{mark} {flag.flag_type}, {raised} to {until} · {by} · resolved by {settled}"


def alert_lines(patient: Patient, policy: CarePolicy) -> list[str]:
    """The safety alerts that nobody has taken yet, those included that page nobody."""
    paged = [
        f"⏰ *Safety alert* since {moment_of(each.at, policy)}: nobody has taken it yet."
        for each in patient.alerts
        if is_open(each)
    ]
    quiet = [
        f"🔴 *Self-harm item of {escape(' and '.join(each.measures))} above 0* "
        f"on {day_of(each.contact_date, policy)}, typed in {day_of(each.at, policy)}: nobody was paged."
        for each in quiet_alerts(patient.alerts)
    ]
    return [*paged, *quiet]


def _taken(flag: PatientFlag, names: Mapping[str, str], policy: CarePolicy) -> str:
    if flag.taken_by_provider_id is None or flag.taken_date is None:
        return ""
    return f"\n      Taken by {who(flag.taken_by_provider_id, names)}, {moment_of(flag.taken_date, policy)}"


def _listed(flags: Sequence[PatientFlag], names: Mapping[str, str], policy: CarePolicy) -> list[Block]:
    return [section(_lines(flags, names, policy))] if flags else []


def _lines(flags: Iterable[PatientFlag], names: Mapping[str, str], policy: CarePolicy) -> str:
    return "\n".join(flag_line(flag, names, policy) for flag in flags)


def _why(reason: str) -> str:
    return f": {escape(clip(' '.join(reason.split()), REASON_SHOWN))}" if reason else ""
