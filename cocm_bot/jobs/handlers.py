"""What the clock does, by kind of work."""

from collections.abc import Mapping
from types import MappingProxyType

from cocm_bot.jobs import admin_notice_job, digest_job, invite_job
from cocm_bot.jobs.alert_job import alert
from cocm_bot.jobs.clearing_job import clear
from cocm_bot.jobs.offboarding_job import unassign
from cocm_bot.jobs.recalculation_job import rederive
from cocm_bot.jobs.recommendation_job import letter
from cocm_bot.jobs.tick import JobHandler
from cocm_bot.jobs.upload_job import delete
from cocm_bot.operations import uploads
from cocm_bot.operations.access import clearing
from cocm_bot.operations.recommendations import sending
from cocm_bot.operations.registries import recalculation
from cocm_bot.operations.safety import alerts
from cocm_bot.operations.team import offboarding
from cocm_bot.operations.team.invites import WORK as INVITE
from cocm_bot.store import registries

HANDLERS: Mapping[str, JobHandler] = MappingProxyType(
    {
        alerts.KIND: alert,
        clearing.KIND: clear,
        sending.KIND: letter,
        offboarding.KIND: unassign,
        "notice": admin_notice_job.tell,
        registries.DAY: digest_job.serve,
        recalculation.KIND: rederive,
        INVITE: invite_job.tell,
        uploads.KIND: delete,
    }
)
"""Gravest first: in this order a tick does what is due."""
