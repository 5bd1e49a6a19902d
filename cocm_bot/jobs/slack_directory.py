"""Find users of a registry in Slack: asked one by one while they are few, all at once when many.

Slack answers 50 to 100 questions about single people a minute; on the hour at which hundreds of digests fall
due that would take longer than the digests themselves.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.members import User
from cocm_bot.operations.access.slack_users import SlackUser, Unproven
from cocm_bot.slack.runtime.client.failures import Gone, RateLimited
from cocm_bot.slack.runtime.client.gateway import Gateway

FRESH_SECONDS = 120.0
"""Seconds for which a list of everybody is used."""
ONE_BY_ONE = 10
"""Questions about single people within that time, before everybody is listed instead."""


@dataclass
class _Listing:
    """Count of questions since an instant (seconds); everybody by id and by address once they are listed."""

    since: float
    asked: int = 0
    people: Mapping[str, SlackUser] = field(default_factory=dict)


class Directory:
    """The people of the workspace; `now` counts seconds."""

    def __init__(self, gateway: Gateway, now: Callable[[], float]) -> None:
        self._gateway = gateway
        self._now = now
        self._listing = _Listing(now())
        self._lock = threading.Lock()

    def member(self, user: User) -> SlackUser | None:
        """The full member of the workspace a user is; None when nobody may be notified.

        Raises Unavailable when Slack does not say.
        """
        people = self._everybody()
        if people:
            found = people.get(user.slack_user_id or normal_email(user.email))
        elif user.slack_user_id is None:
            return self._gateway.member_with(user.email)
        else:
            found = self._person(user.slack_user_id)
        return found if found and _may_be_notified(user, found) else None

    def _person(self, slack_user_id: str) -> SlackUser | None:
        try:
            return self._gateway.person(slack_user_id)
        except Gone:
            return None

    def _everybody(self) -> Mapping[str, SlackUser]:
        """Everybody, once it is worth it; empty until then."""
        with self._lock:
            if self._now() - self._listing.since > FRESH_SECONDS:
                self._listing = _Listing(self._now())
            listing = self._listing
            listing.asked += 1
            if listing.asked == ONE_BY_ONE + 1:
                try:
                    listing.people = _by_name(self._gateway)
                except RateLimited:
                    # A workspace too large to be listed: one by one it takes its time, and comes to an end.
                    listing.people = {}
            return listing.people


def _may_be_notified(user: User, person: SlackUser) -> bool:
    """Return whether this is the user's account, by what they are known by, and a full member's."""
    if person.outsider:
        return False
    if user.slack_user_id is None:
        return person.unproven is None
    return person.unproven is not Unproven.UNANSWERED or user.let_in_by is not None


def _by_name(gateway: Gateway) -> Mapping[str, SlackUser]:
    everybody = list(gateway.everybody())
    # Of the accounts with the same address, some perhaps deactivated or elsewhere, the one to notify counts.
    known = sorted(
        (each for each in everybody if each.email), key=lambda each: not (each.outsider or each.unproven)
    )
    return {each.id: each for each in everybody} | {normal_email(each.email): each for each in known}
