"""Send a recommendation to those it is for, and what became of it back to who gave it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cocm_bot.domain.access import Action, may
from cocm_bot.domain.errors import no_such_patient
from cocm_bot.domain.members import Registry, RegistryUser
from cocm_bot.domain.recommendations.recommendations import still_open
from cocm_bot.domain.records.agreements import Recommendation
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.team.physicians import addressees
from cocm_bot.domain.vocabulary import Status
from cocm_bot.operations.context import Context
from cocm_bot.operations.roster import named
from cocm_bot.store import jobs, registries, sent_messages
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.patients import patients
from cocm_bot.store.sent_messages import SentMessage
from cocm_bot.store.table.writes import Write
from cocm_bot.store.team import people


@dataclass(frozen=True)
class RecommendationCase:
    """A recommendation with all that its messages say, as it is now."""

    registry: Registry
    team: Sequence[RegistryUser]
    patient: Patient
    given: Recommendation | None
    """None once it no longer exists: withdrawn by a correction, or closed long since."""
    sent: Sequence[SentMessage]
    today: date
    """The local day, by which members are away."""

    @property
    def names(self) -> Mapping[str, str]:
        """Return the members' names by user id."""
        return named(self.team)

    @property
    def waiting(self) -> list[RegistryUser]:
        """Return who lacks a message: the addressees while it is open, and who gave it once answered.

        One that only informs goes to its addressees all the same.
        """
        given = self.given
        if given is None:
            return []
        reached = {each.user_id for each in self.sent}
        asked: frozenset[str] = frozenset()
        informs = given.informs and self.patient.status is not Status.DEACTIVATED
        if informs or given in still_open(self.patient):
            asked = addressees(given, self.patient, self.team, self.today)
        answered = given.latest is not None and given.latest.user_id != given.by
        return [
            each
            for each in self.team
            if each.user_id not in reached
            and (
                (each.user_id in asked and may(each.role, Action.ANSWER_RECOMMENDATION))
                or (answered and each.user_id == given.by)
            )
        ]


def sending(registry: Registry, patient: Patient, recommendation_id: str, by: str, at: float) -> Write:
    """Return the write of a job that notifies all whom a recommendation concerns, because of what `by` did.

    It goes into the transaction of that, and takes the place of the same job that waits. `at`: seconds UTC.
    """
    state = {"handle": patient.handle, "by": by}
    return jobs.adding(jobs.new_job(JobKind.RECOMMENDATION, recommendation_id, registry.id, at, state))


def case_of(ctx: Context, registry_id: str, handle: str, recommendation_id: str) -> RecommendationCase:
    """Return a recommendation with all that its messages need. Raises NotFound or Unavailable."""
    registry = registries.get(ctx.table, registry_id)
    patient = patients.by_handle(ctx.table, registry_id, handle)
    if registry is None or patient is None:
        raise no_such_patient()
    return RecommendationCase(
        registry=registry,
        team=people.members(ctx.table, registry_id).records,
        patient=patient,
        given=next((each for each in patient.recommendations if each.id == recommendation_id), None),
        sent=sent_messages.of(ctx.table, recommendation_id).records,
        today=registry.policy.local_date(ctx.now().timestamp()),
    )
