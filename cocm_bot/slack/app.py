"""The Bolt app with every feature registered. Nothing is made at import."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
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
from cocm_bot.slack.exchange import export, imports
from cocm_bot.slack.figures import counted, figures_file
from cocm_bot.slack.patients import card, consent, edit_patient, enrolment, merging, patient_status
from cocm_bot.slack.patients.course import trend
from cocm_bot.slack.recommendations import recommendation
from cocm_bot.slack.registries import measures, registries, settings
from cocm_bot.slack.review import review
from cocm_bot.slack.runtime.app_home import AppHome
from cocm_bot.slack.runtime.auth import Authenticator
from cocm_bot.slack.runtime.client.gateway import Gateway
from cocm_bot.slack.runtime.events import outsiders, sharing, uninstalled
from cocm_bot.slack.runtime.gate import Gate
from cocm_bot.slack.runtime.home_redraws import HomeRedraws
from cocm_bot.slack.runtime.request import RunSoon
from cocm_bot.slack.runtime.responder import Responder
from cocm_bot.slack.runtime.router import Router
from cocm_bot.slack.runtime.server.pools import Pools
from cocm_bot.slack.safety import alerts, flags, risk_screen, safety_plan
from cocm_bot.slack.team import absence, assignment, invites, remind, team

T = TypeVar("T")
BOLT_LOG = "slack_bolt"

logger = logging.getLogger(__name__)

FEATURES = (
    commands,
    billing,
    counted,
    figures_file,
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
    export,
    imports,
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
    uninstalled,
)


def build_app(
    ctx: Context,
    client: WebClient,
    gateway: Gateway,
    run_soon: RunSoon,
    pools: Pools,
    sentences: Executor,
    homes: HomeRedraws,
) -> App:
    """Make the app; it takes what it is given as Slack's: signatures are `http`'s, before anything is parsed.

    Listeners run in the thread that acknowledges, and leave all work to the pools. `client` has no token:
    Bolt is to call nothing of Slack before it acknowledges.
    """
    # Below that it logs whole requests and answers. Without a logger, Bolt sets its own to the root's level.
    logging.getLogger(BOLT_LOG).setLevel(max(logging.WARNING, logging.getLogger().level))
    app = App(
        # Without a name, Bolt goes through the source of all modules to find that of its caller. It names a
        # logger too, whose level Bolt sets: so it is among Bolt's own.
        name=f"{BOLT_LOG}.cocm",
        client=client,
        authorize=_authorized,
        request_verification_enabled=False,
        token_verification_enabled=False,
        listener_executor=_InPlace(),
        logger=logging.getLogger(BOLT_LOG),
        # Otherwise it logs the whole body of what it has no listener for.
        raise_error_for_unhandled_request=True,
    )
    app.error(_lost)
    gate = Gate(ctx, Authenticator(ctx, gateway), gateway, run_soon, pools)
    router = Router(app, gate, Responder(gate, AppHome(gate, homes), sentences))
    for feature in FEATURES:
        feature.register(router)
    return app


class _InPlace(Executor):
    """Runs a listener in the thread that acknowledges: it does nothing that takes time."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Do it now."""
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def _authorized() -> AuthorizeResult:
    """Vouch for no one: who asks is looked up by `auth`, once the request is acknowledged."""
    return AuthorizeResult(enterprise_id=None, team_id=None)


def _lost(error: Exception) -> BoltResponse:
    """Keep the kind of an error that could be shown to nobody; its text, which Bolt would log, may quote."""
    if isinstance(error, BoltUnhandledRequestError):
        logger.warning("unhandled")
        return BoltResponse(status=404, body="")
    logger.error("lost error=%s at=%s", type(error).__name__, where(error))
    return BoltResponse(status=500, body="")
