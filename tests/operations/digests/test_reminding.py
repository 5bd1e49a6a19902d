import pytest

from cocm_bot.domain.errors import InvalidInput, NotFound
from cocm_bot.domain.settings.registry_settings import Reminders
from cocm_bot.domain.vocabulary import Role
from cocm_bot.operations.digests.reminding import own_reminders, remind
from cocm_bot.store import jobs
from cocm_bot.store.audit import access_log
from cocm_bot.store.jobs import JobKind
from cocm_bot.store.team import people
from tests.operations.conftest import Office
from tests.store.build import REGISTRY


def stored(office: Office) -> Reminders:
    member = people.membership(office.table, REGISTRY, "user-1")
    assert member is not None
    return member.reminders


def test_what_was_decided_is_kept_and_written_down(office: Office) -> None:
    wanted = Reminders(on=False, time="07:30", days=(0, 2), quiet_when_empty=True)
    after = remind(office.ctx, office.actor(), wanted)
    now = office.moment.timestamp()
    assert after.reminders == stored(office) == wanted.model_copy(update={"since": now})
    entries = access_log.entries(office.table, REGISTRY, office.moment.date())
    assert [(entry.user_id, entry.action) for entry in entries] == [("user-1", "set_reminders")]


@pytest.mark.parametrize(
    ("wanted", "at_once"),
    [
        (Reminders(time="07:30"), True),
        (Reminders(days=(0,)), True),
        (Reminders(on=False), True),
        (Reminders(quiet_when_empty=True), False),
        (Reminders(), False),
    ],
)
def test_the_clock_follows_another_time_at_once(wanted: Reminders, at_once: bool, office: Office) -> None:
    remind(office.ctx, office.actor(), wanted)
    looked = jobs.get(office.table, JobKind.DIGEST, REGISTRY)
    now = office.moment.timestamp()
    assert (looked is not None and looked.visible_at == now) is at_once
    assert stored(office).since == (now if at_once else 0.0)


def test_a_day_on_which_the_registry_never_works_is_refused(office: Office) -> None:
    with pytest.raises(InvalidInput, match="Choose at least one of the days"):
        remind(office.ctx, office.actor(), Reminders(days=(5, 6)))
    assert stored(office) == Reminders()


def test_every_role_decides_for_itself(office: Office) -> None:
    for role in Role:
        assert own_reminders(office.ctx, office.actor(role)).user_id == "user-1"


def test_who_left_decides_nothing(office: Office) -> None:
    actor = office.actor(user_id="user-9")
    with pytest.raises(NotFound, match="no longer a member"):
        remind(office.ctx, actor, Reminders(on=False))
