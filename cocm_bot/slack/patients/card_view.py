"""The patient's card: what a clinician needs to know in ten seconds. Modals only: it may show the name."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from cocm_bot.domain.access import Actor
from cocm_bot.domain.billing.claims import Claim, current_claim
from cocm_bot.domain.members import Registry
from cocm_bot.domain.ordering import in_order
from cocm_bot.domain.patients.derive import as_of
from cocm_bot.domain.records.patient import TAIL, Patient
from cocm_bot.domain.safety.flags import open_flags
from cocm_bot.domain.settings.policy import CarePolicy
from cocm_bot.domain.vocabulary import Flag
from cocm_bot.operations.patients.card import Card
from cocm_bot.slack.kit import (
    Block,
    Payload,
    alert,
    context,
    divider,
    escape,
    header,
    modal,
    section,
)
from cocm_bot.slack.shared_views.card_actions import actions_bar
from cocm_bot.slack.shared_views.identity import heading, identity, reach
from cocm_bot.slack.shared_views.item_table import item_tables
from cocm_bot.slack.shared_views.lines.care_lines import clinician_line, ehr_line, treated_lines
from cocm_bot.slack.shared_views.lines.consent_lines import agreed_lines, earlier
from cocm_bot.slack.shared_views.lines.contact_lines import contact_line
from cocm_bot.slack.shared_views.lines.formatting import day, day_of, reading, responder, score, signed
from cocm_bot.slack.shared_views.lines.patient_lines import (
    alert_lines,
    care_manager_line,
    flag_line,
    snooze_line,
)
from cocm_bot.slack.shared_views.lines.recommendation_lines import recommendation_lines
from cocm_bot.slack.shared_views.lines.safety_lines import plan_line, screen_lines


def card_view(
    actor: Actor,
    card: Card,
    memo: str,
    now: datetime,
    banner: str | None = None,
    *,
    offer: Sequence[Block] = (),
    picture: Block | None = None,
) -> Payload:
    """The whole card; `banner` says what was just saved, `offer` what comes next.

    At the top how to reach the patient and when they come next, then a risk. Above the line what is so now,
    with what can be done about it; below it how it came to be. The `picture` of the trend is beside the
    numbers.
    """
    patient, policy = card.patient, actor.registry.policy
    today = policy.local_date(now.timestamp())
    claim = current_claim(as_of(patient, policy, now), policy)
    return modal(
        "Patient",
        [
            header(heading(patient, actor.registry)),
            section(_reach(patient, actor.registry, today)),
            context(
                " · ".join(
                    [_identity(patient, actor.registry, today), *ehr_line(actor.registry.ehr_url, patient)]
                ),
                care_manager_line(patient, card.names),
                clinician_line(patient, card.names),
            ),
            *([section(f"✅ {banner}")] if banner else []),
            *offer,
            *_risk(card, policy),
            *actions_bar(actor, patient),
            section("\n".join([_standing(patient, policy), *treated_lines(patient)])),
            *_snoozed(card),
            *_flags(card, policy),
            *screen_lines(patient, card.names, policy),
            *_due(card),
            section(_measures(patient, policy)),
            *([picture] if picture else []),
            *item_tables(patient, policy),
            section(_minutes(patient, claim)),
            context(*_billing(claim), *agreed_lines(card, policy), *_safety_planned(card, policy)),
            divider(),
            context(_milestones(patient, policy)),
            *_contacts(patient, policy),
            *_recommendations(card, policy, now),
        ],
        "card",
        private_metadata=memo,
    )


def _reach(patient: Patient, registry: Registry, today: date) -> str:
    """Return how to reach the patient, and the next appointment, or when something is due next."""
    parts = [reach(patient, registry)]
    if patient.course.appointment:
        agreed = date.fromisoformat(patient.course.appointment)
        left = (agreed - today).days
        when = {0: ", today", 1: ", tomorrow"}.get(left, "")
        parts.append(f"📅 *{'Next appointment' if left >= 0 else 'Appointment of'} {day(agreed)}{when}*")
    else:
        parts.append("📅 No appointment")
    return " · ".join(parts)


def _identity(patient: Patient, registry: Registry, today: date) -> str:
    parts = identity(patient, registry, today)
    if patient.sex_at_birth:
        parts.insert(2, patient.sex_at_birth.lower())
    if patient.payer:
        parts.append(escape(patient.payer))
    return " · ".join(parts)


def _standing(patient: Patient, policy: CarePolicy) -> str:
    """The status with its date, why the patient left, which time this is, and the sessions."""
    episode, sessions = len(patient.episodes), patient.total_sessions or 0
    ended = patient.episodes[-1].reason if patient.episodes else None
    since = ": ".join(filter(None, (day_of(patient.status_since, policy), ended)))
    parts = [
        f"*{responder(patient, patient.weeks_since_initial_assessment)}*, since {since}",
        *([f"episode {episode}"] if episode > 1 else []),
        f"{sessions} session{'' if sessions == 1 else 's'}",
    ]
    return " · ".join(parts)


def _snoozed(card: Card) -> list[Block]:
    return [section(snooze_line(card.patient.snoozed, card.names))] if card.patient.snoozed else []


def _due(card: Card) -> list[Block]:
    if not card.due:
        following = card.patient.next_due
        soon = f" Next: {day(date.fromisoformat(following))}." if following else ""
        return [section(f"Nothing is due.{soon}")]
    lines = "\n".join(f"• *{due.reason}* – {escape(due.why)}" for due in card.due)
    return [section(f"*Due now*\n{lines}")]


def _minutes(patient: Patient, claim: Claim) -> str:
    return f"*{patient.minutes_this_month or 0} min this month* · {claim.codes}"


def _billing(claim: Claim) -> Iterator[str]:
    """Yield how the codes follow from the minutes, and what a claim still lacks; nothing without minutes."""
    proposal, facts = claim.proposal, claim.facts
    if not facts.minutes_worked:
        return
    parts = [proposal.arithmetic]
    if facts.unconsented:
        parts.append(f"{facts.minutes_before_consent} min before the consent do not count")
    if proposal.to_next and facts.consented:
        parts.append("{} min more for {}".format(*proposal.to_next))
    if proposal.over_cap:
        parts.append("⚠️ more add-on units than payers usually take")
    yield " · ".join([*parts, "proposed; a person bills"])
    yield _readiness(claim)


def _readiness(claim: Claim) -> str:
    """Each requirement of the month's claim, met or missing."""
    marks = " · ".join(f"{'✅' if line.met else '◻️'} {line.requirement}" for line in claim.lines)
    return f"This month's claim: {marks}"


def _milestones(patient: Patient, policy: CarePolicy) -> str:
    course = patient.course
    attempts = f"{course.attempts} attempt{'' if course.attempts == 1 else 's'} since the last contact"
    referred = patient.date_referred
    return " · ".join(
        (
            *([f"Referred {day(date.fromisoformat(referred))}"] if referred else []),
            f"Assessed {day_of(patient.initial_assessment, policy)}",
            f"Last follow-up {day_of(patient.last_follow_up, policy)}",
            f"Last consult {day_of(patient.last_psychiatric_consult, policy)}",
            *([attempts] if course.attempts else []),
            *([f"Own interval: every {_counted(course.follow_up_days)}"] if course.follow_up_days else []),
        )
    )


def _counted(days: int) -> str:
    return "day" if days == 1 else f"{days} days"


def _measures(patient: Patient, policy: CarePolicy) -> str:
    lines = []
    for measure in policy.measures:
        course = patient.course.scores.get(measure.name)
        if course is not None:
            lines.append(f"*{escape(measure.name)}*  {score(course)}  {reading(course, measure)}")
    return "\n".join(lines) if lines else "No scores yet."


def _safety_planned(card: Card, policy: CarePolicy) -> list[str]:
    plan = card.patient.safety_plan
    return [plan_line(plan, card.names, policy)] if plan else []


def _risk(card: Card, policy: CarePolicy) -> list[Block]:
    """Return the banner of a safety risk: the alerts nobody has taken, and the flag."""
    risks = [flag for flag in open_flags(card.patient) if flag.flag_type is Flag.SAFETY_RISK]
    lines = alert_lines(card.patient, policy)
    lines += [flag_line(flag, card.names, policy) for flag in risks]
    return [alert("\n".join(lines))] if lines else []


def _flags(card: Card, policy: CarePolicy) -> list[Block]:
    others = [flag for flag in open_flags(card.patient) if flag.flag_type is not Flag.SAFETY_RISK]
    lines = [flag_line(flag, card.names, policy) for flag in others]
    return [section("\n".join(lines))] if lines else []


def _recommendations(card: Card, policy: CarePolicy, now: datetime) -> list[Block]:
    lines = recommendation_lines(card.patient, card.names, policy, now)
    if not lines:
        return []
    when = ", in an earlier episode" if earlier(card.patient, card.patient.recommendations[-1].at) else ""
    latest, *older = lines
    before = ["*Still open from before*", *older] if older else []
    return [section("\n".join((f"*Recommended at the last consult{when}*", latest, *before)))]


def _contacts(patient: Patient, policy: CarePolicy) -> list[Block]:
    latest = in_order((*patient.treatment_logs, *patient.work_logs), policy)[-TAIL:]
    if not latest:
        return [section("*Contacts*\nNone yet.")]
    lines = "\n".join(contact_line(log, policy) for log in reversed(latest))
    return [section(f"*Latest contacts*\n{lines}")]


def saved_banner(before: Patient | None, card: Card, policy: CarePolicy) -> str:
    """Return what a saved contact changed, in one line."""
    changes = [] if before is None else list(_changes(before, card.patient, policy))
    return "Saved. " + " · ".join([*changes, _following(card)])


def _following(card: Card) -> str:
    if card.due:
        return f"due now: {card.due[0].reason}"
    following = card.patient.next_due
    return f"next due {day(date.fromisoformat(following))}" if following else "nothing due ahead"


def _changes(before: Patient, after: Patient, policy: CarePolicy) -> Iterator[str]:
    if before.status is not after.status:
        yield f"Status {before.status} → *{after.status}*"
    for measure in policy.measures:
        course, earlier = after.course.scores.get(measure.name), before.course.scores.get(measure.name)
        if course is None or course == earlier:
            continue
        name = escape(measure.name)
        if earlier is None:
            yield f"{name} *{course.latest:g}*, the first score"
        else:
            change = signed(course.latest - earlier.latest)
            yield f"{name} {earlier.latest:g} → *{course.latest:g}* ({change})"
    if before.minutes_this_month != after.minutes_this_month:
        yield f"{before.minutes_this_month or 0} → {after.minutes_this_month or 0} min this month"
