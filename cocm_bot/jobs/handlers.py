"""The handler of each kind of job; those of a few lines are here."""

from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.jobs import (
    billing_job,
    bulk_job,
    clearing_job,
    erased_job,
    import_job,
    invite_job,
    recalculation_job,
    recommendation_job,
)
from cocm_bot.jobs.clock.tick import JobContext, JobHandler
from cocm_bot.jobs.digests import digest_job
from cocm_bot.jobs.notifier import Notifier
from cocm_bot.jobs.safety import alert_job, watch_job
from cocm_bot.operations.admin_notices import Notice, recipients, subject_in_words
from cocm_bot.operations.team.offboarding import Left, settle
from cocm_bot.slack.kit import Payload
from cocm_bot.slack.registries.admin_notice_view import admin_notice
from cocm_bot.slack.team.offboarding_view import admins_message, removed_message, uncovered_message
from cocm_bot.store import jobs, registries
from cocm_bot.store.jobs import Job, JobKind


def send_admin_notice(job_context: JobContext, job: Job) -> None:
    """Send a notice to each of those it is for who does not have it yet."""
    ctx = job_context.ctx
    registry = registries.get(ctx.table, job.registry_id)
    if registry is None:
        jobs.complete(ctx.table, job)
        return
    notice = Notice(job.state["notice"])
    message = admin_notice(notice, subject_in_words(ctx, job), registry.name)
    Notifier(job_context, job).send_each(dict.fromkeys(recipients(ctx, job.registry_id, notice), message))


def offboard(job_context: JobContext, job: Job) -> None:
    """Settle what somebody left behind; then notify them, those they covered, and the admins."""
    left = settle(job_context.ctx, job)
    Notifier(job_context, job).send_each(_offboarding_messages(left) if left else {})


def _offboarding_messages(left: Left) -> dict[str, Payload]:
    """Return each person's message, by user id; whoever is concerned twice gets that of an admin."""
    own = {left.person.id: removed_message(left)} if left.removed else {}
    return {
        **own,
        **dict.fromkeys(left.uncovered, uncovered_message(left)),
        **{admin.user_id: admins_message(left, admin) for admin in left.admins},
    }


def delete_upload(job_context: JobContext, job: Job) -> None:
    """Delete a file whose hours are over; one already gone is done. What Slack refuses is retried."""
    job_context.gateway.delete_file(job.id)
    jobs.complete(job_context.ctx.table, job)


HANDLERS: Mapping[JobKind, JobHandler] = MappingProxyType(
    {
        JobKind.ALERT: alert_job.alert,
        JobKind.CLEARING: clearing_job.clear,
        JobKind.RECOMMENDATION: recommendation_job.send,
        JobKind.OFFBOARDING: offboard,
        JobKind.ADMIN_NOTICE: send_admin_notice,
        JobKind.WATCH: watch_job.keep_watch,
        JobKind.DIGEST: digest_job.serve,
        JobKind.BILLING_CHANGE: billing_job.tell_changes,
        JobKind.BILLED_TWICE: billing_job.tell_billed_twice,
        JobKind.BULK: bulk_job.work,
        JobKind.RECALCULATION: recalculation_job.recalculate,
        JobKind.INVITE: invite_job.send,
        JobKind.IMPORT: import_job.work,
        JobKind.UPLOAD: delete_upload,
        JobKind.ERASED: erased_job.empty_messages,
    }
)
"""Gravest first: in this order a tick does what is due."""
