"""The Bolt app with every feature registered. Nothing is made at import."""

import logging
from concurrent.futures import Executor

from slack_bolt import App, BoltResponse
from slack_sdk import WebClient

from cocm_bot.logs import where
from cocm_bot.operations.context import Context
from cocm_bot.slack import commands, direct_messages, home, patient_menu, registry_choice
from cocm_bot.slack import unsaved_forms as drafts
from cocm_bot.slack.access import audit
from cocm_bot.slack.billing import billing
from cocm_bot.slack.care import care_details, medication
from cocm_bot.slack.caseload import bulk, caseload, snooze
from cocm_bot.slack.contacts import contact_line, correction, history, log_contact, plan, timer
from cocm_bot.slack.digests import digest
from cocm_bot.slack.patients import (
    card,
    consent,
    edit_patient,
    enrolment,
    merging,
    patient_status,
    trend,
)
from cocm_bot.slack.recommendations import recommendation
from cocm_bot.slack.registries import measures, registries, settings
from cocm_bot.slack.review import review
from cocm_bot.slack.runtime import outsiders, sharing
from cocm_bot.slack.runtime.auth import Authenticator
from cocm_bot.slack.runtime.gateway import Gateway
from cocm_bot.slack.runtime.request import RunSoon
from cocm_bot.slack.runtime.responder import Responder
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.safety import alerts, flags, risk_screen, safety_plan
from cocm_bot.slack.team import absence, assignment, invites, remind, team

logger = logging.getLogger(__name__)

FEATURES = (
    commands,
    billing,
    caseload,
    card,
    log_contact,
    contact_line,
    correction,
    timer,
    review,
    alerts,
    risk_screen,
    safety_plan,
    enrolment,
    flags,
    history,
    patient_status,
    consent,
    plan,
    edit_patient,
    merging,
    care_details,
    medication,
    absence,
    assignment,
    bulk,
    team,
    registries,
    settings,
    recommendation,
    trend,
    measures,
    snooze,
    patient_menu,
    digest,
    drafts,
    remind,
    audit,
    invites,
    home,
    direct_messages,
    registry_choice,
    sharing,
    outsiders,
)


def build_app(
    ctx: Context,
    client: WebClient,
    gateway: Gateway,
    run_soon: RunSoon,
    *,
    listeners: Executor,
    submissions: Executor,
) -> App:
    """Make the app; it takes what it is given as Slack's: signatures are `http`'s, before anything is parsed.

    `listeners` run what Slack calls, `submissions` the work of a modal's answers, so that the one never
    waits for a place that the other holds.
    """
    app = App(
        # Without a name, Bolt goes through the source of all modules to find that of its caller. It names a
        # logger too, whose level Bolt sets: so it is among Bolt's own.
        name="slack_bolt.cocm",
        client=client,
        request_verification_enabled=False,
        token_verification_enabled=False,
        listener_executor=listeners,
        # Without a logger, Bolt sets its own to the root's level, at which it logs whole request bodies.
        logger=logging.getLogger("slack_bolt"),
        raise_error_for_unhandled_request=False,
    )
    app.error(_lost)
    responder = Responder(ctx, Authenticator(ctx, gateway), gateway, run_soon, submissions.submit)
    router = Router(app, responder, submissions)
    for feature in FEATURES:
        feature.register(router)
    return app


def _lost(error: Exception) -> BoltResponse:
    """Keep the kind of an error that could be shown to nobody; its text, which Bolt would log, may quote."""
    logger.error("lost error=%s at=%s", type(error).__name__, where(error))
    return BoltResponse(status=500, body="")
