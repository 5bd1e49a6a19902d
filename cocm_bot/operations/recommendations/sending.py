"""Letters: a recommendation on its way to those it is for, and what became of it on its way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.agreements import Answer, Recommendation
from cocm_bot.domain.errors import no_such_patient
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.patient import Patient
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.team.assignment import with_covers
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import named
from cocm_bot.store import jobs, registries, sent_messages
from cocm_bot.store.patients import patients
from cocm_bot.store.sent_messages import Delivery
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people

KIND = "letter"
"""The clock's work that sends one."""


@dataclass(frozen=True)
class Letter:
    """A recommendation with all that is told of it, as things stand."""

    registry: Registry
    team: Sequence[RegistryUser]
    patient: Patient
    given: Recommendation | None
    """None once it no longer stands: withdrawn by a correction, or closed long since."""
    sent: Sequence[Delivery]
    today: date
    """The local day, which says who is away."""

    @property
    def names(self) -> Mapping[str, str]:
        """The members' names by user id."""
        return named(self.team)

    @property
    def waiting(self) -> list[RegistryUser]:
        """Who is to be told and was not yet: the addressees, while it is open; who gave it, of a refusal."""
        given = self.given
        if given is None:
            return []
        reached = {each.user_id for each in self.sent}
        if declined(given):
            return [each for each in self.team if each.user_id == given.by and given.by not in reached]
        if given not in still_open(self.patient):
            return []
        addressees = with_covers(given.addressed_to, self.team, self.today)
        return [
            each
            for each in self.team
            if each.user_id in addressees
            and each.user_id not in reached
            and may(each.role, Action.ANSWER_RECOMMENDATION)
        ]


def declined(given: Recommendation) -> bool:
    """Whether the answer that counts is a refusal."""
    return given.latest is not None and given.latest.answer is Answer.DECLINED


def sending(registry: Registry, patient: Patient, recommendation_id: str, by: str, at: float) -> Write:
    """The clock's work to tell all whom a recommendation concerns how it stands, because of what `by` did.

    It goes into the transaction of that, and takes the place of such work that waits. `at` is in seconds UTC.
    """
    state = {"handle": patient.handle, "by": by}
    return jobs.adding(jobs.new_job(KIND, recommendation_id, registry.id, at, state))


def letter_of(ctx: Context, registry_id: str, handle: str, recommendation_id: str) -> Letter:
    """A recommendation as the clock tells of it. Raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    patient = patients.by_handle(ctx.table, registry_id, handle)
    if registry is None or patient is None:
        raise no_such_patient()
    return Letter(
        registry=registry,
        team=people.members(ctx.table, registry_id).records,
        patient=patient,
        given=next((each for each in patient.recommendations if each.id == recommendation_id), None),
        sent=sent_messages.of(ctx.table, recommendation_id).records,
        today=registry.policy.local_date(ctx.now().timestamp()),
    )
