"""Notify a registry's admins, or all its clinicians, unasked of what no longer reaches its recipients."""

from enum import StrEnum

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.people import full_name
from cocm_bot.operations.context import Context
from cocm_bot.store import jobs, registries, requests
from cocm_bot.store.audit import checkpoints
from cocm_bot.store.jobs import Job, JobKind, JobRef
from cocm_bot.store.table.errors import AlreadyApplied
from cocm_bot.store.team import people


class Notice(StrEnum):
    """A fault, whose subject is the thing it happened to."""

    CHANNEL_SHARED = "channel-shared"
    """People of other companies can be in the team channel; the subject is the Slack channel's id."""
    CHANNEL_ORG_SHARED = "channel-org-shared"
    """People of other workspaces of the organization can be in the team channel, and the bot is not to post
    there; the subject is the Slack channel's id."""
    CHANNEL_GONE = "channel-gone"
    """The bot can no longer post to the team channel; the subject is the Slack channel's id."""
    MEMBER_GONE = "member-gone"
    """The bot can no longer write to a member; the subject is their user id."""
    RISK_UNREAD = "risk-unread"
    """A record that can't be read says that a safety risk is open; the subject is the patient's handle, or
    the fingerprint of the record's key."""
    RISK_UNALERTED = "risk-unalerted"
    """A patient is at risk, and nobody was notified; the subject is their handle."""
    DUE_UNLISTED = "due-unlisted"
    """Patients are due whom the lists of that day leave out; the subject is the local day."""
    ALERT_UNREADABLE = "alert-unreadable"
    """The job of a safety alert can't be read; the subject is the fingerprint of its key."""
    DAY_SKIPPED = "day-skipped"
    """The digests of a local day came too late to be sent; the subject is that day, `YYYY-MM-DD`, or the
    first and the last of several, with a slash between."""
    UNUSUAL_ACCESS = "unusual-access"
    """A member was shown very many patients in a short time; the subject is their user id and the local day,
    with a slash between."""
    ALERT_UNDELIVERED = "alert-undelivered"
    """A safety alert does not reach whom it should; the subject is the alert's id."""
    RETENTION = "retention"
    """Records are past the registry's retention period; the subject is the local month."""
    CHECKPOINT = "checkpoint"
    """Once a week, to be kept outside of the table: the newest checkpoint; the subject is the week."""


CLINICAL = frozenset({Notice.RISK_UNREAD, Notice.RISK_UNALERTED, Notice.DUE_UNLISTED})
"""Notices for the clinicians as well as the admins: somebody may need care now."""


def tell_admins(ctx: Context, registry_id: str, notice: Notice, subject: str) -> JobRef | None:
    """Have the admins notified, once for the same notice and subject; where it lasts, again after a week.

    Returns the job that does so, to be run soon, or None when they were notified before. Raises Unavailable.
    """
    at = ctx.now().timestamp()
    job = job_of(registry_id, notice, subject, at)
    try:
        ctx.table.transact([requests.mark(f"{job.kind}-{job.id}", "", at), jobs.adding(job)])
    except AlreadyApplied:
        return None
    return JobRef(job.kind, job.id)


def job_of(registry_id: str, notice: Notice, subject: str, at: float) -> Job:
    """Return the job that sends a notice at an instant (seconds UTC)."""
    state = {"notice": notice, "subject": subject}
    return jobs.new_job(JobKind.ADMIN_NOTICE, f"{registry_id}-{notice}-{subject}", registry_id, at, state)


def channel_shared(ctx: Context, channel_id: str) -> list[JobRef]:
    """Have the admins notified of each registry whose team channel became shared. Raises Unavailable."""
    found = []
    for registry_id in registries.of_channel(ctx.table, channel_id):
        registry = registries.get(ctx.table, registry_id)
        if registry is not None and registry.team_channel == channel_id:
            found.append(tell_admins(ctx, registry_id, Notice.CHANNEL_SHARED, channel_id))
    return [each for each in found if each]


def admins(ctx: Context, registry_id: str) -> list[str]:
    """Return the user ids of a registry's admins. Raises Unavailable."""
    return [each.user_id for each in people.members(ctx.table, registry_id) if each.is_admin]


def recipients(ctx: Context, registry_id: str, notice: Notice) -> list[str]:
    """Return the user ids of those a notice is for: the admins; where it is clinical, the clinicians as well.

    Raises Unavailable.
    """
    if notice not in CLINICAL:
        return admins(ctx, registry_id)
    team = people.members(ctx.table, registry_id)
    return [each.user_id for each in team if each.is_admin or may(each.role, Action.TAKE_ALERT)]


def subject_in_words(ctx: Context, job: Job) -> str:
    """Return the subject as the admins know it: a member by name, the newest checkpoint, all else as it is.

    Raises BrokenItem or Unavailable.
    """
    subject = str(job.state["subject"])
    if job.state["notice"] == Notice.CHECKPOINT:
        latest = checkpoints.latest(ctx.table)
        return latest.copy_for_people if latest else subject
    if job.state["notice"] not in {Notice.MEMBER_GONE, Notice.UNUSUAL_ACCESS}:
        return subject
    member = people.membership(ctx.table, job.registry_id, subject.partition("/")[0])
    return full_name(member) if member else "a former member"
