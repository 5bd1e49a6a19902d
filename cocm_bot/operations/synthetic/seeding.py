"""Filling a registry with a synthetic caseload."""

from collections.abc import Iterator

from cocm_bot.domain.errors import NotFound
from cocm_bot.domain.people import full_name
from cocm_bot.domain.records.care_details import Clinician
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.billing.ledger import begun
from cocm_bot.operations.context import Context, new_id
from cocm_bot.operations.figures import records
from cocm_bot.operations.synthetic.patients import caseload
from cocm_bot.store import counters, registries
from cocm_bot.store.patients import patients
from cocm_bot.store.table.errors import HandleTaken, MrnTaken
from cocm_bot.store.team import people


def seed(ctx: Context, registry_id: str, count: int, random_seed: int) -> Iterator[bool]:
    """Add patients one by one: True for each added, False for one whose MRN or handle is there already.

    The same seed on the same day makes the same patients, so seeding twice adds none twice.
    Raises NotFound for an unknown registry, or Unavailable.
    """
    registry = registries.get(ctx.table, registry_id)
    if registry is None:
        raise NotFound("There is no registry with this id.")
    members = people.members(ctx.table, registry_id).records
    managers = [member.user_id for member in members if member.role is Role.CARE_MANAGER]
    psychiatrists = [member.user_id for member in members if member.role is Role.PSYCHIATRIST]
    physicians = [
        Clinician(name=full_name(member), user_id=member.user_id)
        for member in members
        if member.role is Role.PCP
    ]
    anyone = [member.user_id for member in members]
    made = caseload(
        count,
        registry.policy,
        ctx.now(),
        random_seed,
        managers or anyone,
        (psychiatrists or anyone)[0],
        physicians,
    )
    for invented, logs, audits in made:
        patient = records.tracked(invented, audits)
        try:
            first, *others = audits
            patients.add(
                ctx.table,
                registry_id,
                patient,
                first,
                logs=logs,
                extra_audits=others,
                along=[
                    *begun(ctx, registry, patient, logs),
                    *records.begun(registry, patient, logs),
                ],
                ring=ctx.trail.keyring,
                request_id=new_id(),
            )
        except (MrnTaken, HandleTaken):
            yield False
        else:
            yield True
    counters.settle(ctx.table, registry_id)
