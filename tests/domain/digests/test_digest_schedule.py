"""Turns day by day: worked out by hand, by walking through whole years, and as laws."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocm_bot.domain.digests.digest_schedule import (
    CATCH_UP,
    TEAM_CHANNEL,
    Kind,
    Turn,
    instant,
    next_moment,
    retimed,
    turns,
)
from cocm_bot.domain.members import Questionnaire, Registry, RegistryUser
from cocm_bot.domain.settings.registry_settings import Reminders, Rhythm
from cocm_bot.domain.vocabulary import Role

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
MAYA, IRIS, LENA = "maya", "iris", "lena"


def registry(zone: str = "America/New_York", **changes: object) -> Registry:
    made = Registry(
        id="registry-1",
        name="Riverside Clinic",
        modified_date=0.0,
        created_date=0.0,
        members=1,
        active_patients=0,
        questionnaires=(Questionnaire(name="PHQ-9"),),
        timezone=zone,
    )
    return made.model_copy(update=changes)


def member(name: str = MAYA, role: Role = Role.CARE_MANAGER, **changes: object) -> RegistryUser:
    made = RegistryUser(
        registry_id="registry-1",
        user_id=name,
        date_created=0,
        first_name=name,
        last_name="Example",
        role=role,
        is_admin=False,
    )
    return made.model_copy(update=changes)


def at(local: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Clock:
    """The clock as it is run: it looks only when it was to look, and sends what it did not send before."""

    def __init__(self, wanted: Registry, team: Iterable[RegistryUser], start: datetime) -> None:
        self.registry, self.team = wanted, list(team)
        self.waits_until = self.since = start
        self.told: dict[tuple[date, Kind, str], datetime] = {}
        self.missed: list[Turn] = []

    def look(self, now: datetime) -> None:
        if now < self.waits_until:
            return
        for turn in turns(self.registry, self.team, self.since, now):
            key = (turn.day, turn.kind, turn.recipient)
            if key in self.told:
                continue
            if now - turn.at > CATCH_UP:
                self.missed.append(turn)
            else:
                self.told[key] = now
        self.waits_until = self.since = next_moment(self.registry, self.team, now)

    def change(self, now: datetime, **changes: object) -> None:
        after = self.registry.model_copy(update=changes)
        self.registry = retimed(self.registry, after, now.timestamp())
        self.look_at_once(now)

    def look_at_once(self, now: datetime) -> None:
        """A look was asked for: what the one before may have left is looked at again."""
        self.waits_until, self.since = now, now - CATCH_UP

    def days(self, recipient: str = MAYA) -> list[date]:
        return sorted(day for day, _, name in self.told if name == recipient)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("America/New_York", "2031-03-03 08:00", "2031-03-03 13:00"),
        # 2:00 to 3:00 do not exist on 9 March: the next minute there is is 3:00, at 7:00 UTC.
        ("America/New_York", "2031-03-09 02:30", "2031-03-09 07:00"),
        ("America/New_York", "2031-03-09 02:00", "2031-03-09 07:00"),
        ("America/New_York", "2031-03-09 03:00", "2031-03-09 07:00"),
        ("America/New_York", "2031-03-09 01:59", "2031-03-09 06:59"),
        # 1:30 comes twice on 2 November: the first time, still summer, at 5:30 UTC.
        ("America/New_York", "2031-11-02 01:30", "2031-11-02 05:30"),
        # Half an hour is missing on 5 October from 2:00, and 1:30 to 2:00 come twice on 6 April.
        ("Australia/Lord_Howe", "2031-10-05 02:10", "2031-10-04 15:30"),
        ("Australia/Lord_Howe", "2031-04-06 01:45", "2031-04-05 14:45"),
        # Midnight itself is missing on 9 March.
        ("America/Havana", "2031-03-09 00:15", "2031-03-09 05:00"),
        ("Asia/Kolkata", "2031-03-03 08:00", "2031-03-03 02:30"),
        # 30 December 2011 never came.
        ("Pacific/Apia", "2011-12-30 08:00", None),
        ("Pacific/Apia", "2011-12-29 08:00", "2011-12-29 18:00"),
        ("Pacific/Apia", "2011-12-31 08:00", "2011-12-30 18:00"),
    ],
)
def test_the_instant_of_a_local_time(zone: str, local: str, expected: str | None) -> None:
    wanted = datetime.fromisoformat(local)
    found = instant(wanted.date(), wanted.time(), ZoneInfo(zone))
    assert found == (expected and datetime.fromisoformat(expected).replace(tzinfo=UTC))


YEARS = [
    ("America/New_York", 2031, ("08:00", "02:30", "01:30")),
    ("Asia/Kolkata", 2031, ("08:00", "00:00", "23:59")),
    ("Australia/Lord_Howe", 2031, ("08:00", "02:10", "01:45")),
    ("Pacific/Apia", 2011, ("08:00", "03:30", "00:00")),
    ("Africa/Casablanca", 2031, ("08:00", "02:30", "03:00")),
    ("UTC", 2031, ("08:00", "00:00", "12:30")),
]


NEAR = timedelta(days=2)
"""Before and after a change of the clocks, and after the year's begin: there each minute is looked at."""


def looks(zone: ZoneInfo, start: datetime, days: int) -> Iterator[datetime]:
    """Each minute near a change of the clocks; on all other days the half hours, and the minute before."""
    hours = [start + timedelta(hours=hour) for hour in range(days * 24)]
    changes = [
        later
        for before, later in pairwise(hours)
        if before.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset()
    ]
    for hour in hours:
        near = any(abs(hour - each) <= NEAR for each in (start + NEAR, *changes))
        for minute in range(60) if near else (0, 29, 30, 59):
            yield hour + timedelta(minutes=minute)


@pytest.mark.parametrize(("zone", "year", "times"), YEARS, ids=[zone for zone, *_ in YEARS])
def test_a_year_of_looks(zone: str, year: int, times: tuple[str, ...]) -> None:
    """Each member has one digest on each day that there is, at the first look that shows their time."""
    rhythm = Rhythm(digest_time=times[0], working_days=EVERY_DAY)
    team = [member(time_, reminders=Reminders(time=time_)) for time_ in times]
    local_zone = ZoneInfo(zone)
    start = datetime(year, 1, 1, tzinfo=UTC) - timedelta(days=2)
    clock = Clock(registry(zone, rhythm=rhythm), team, start)
    expected: dict[tuple[date, str], datetime] = {}
    wanted = [(time_, time.fromisoformat(time_)) for time_ in times]
    for now in looks(local_zone, start, 369):
        clock.look(now)
        shown = now.astimezone(local_zone)
        today, wall = shown.date(), shown.time()
        for name, own in wanted:
            if wall >= own and (today, name) not in expected:
                expected[today, name] = now
    told = {(day, name): at for (day, _, name), at in clock.told.items() if day.year == year}
    assert told == {key: at for key, at in expected.items() if key[0].year == year}
    assert clock.missed == []
    days = 364 if zone == "Pacific/Apia" else 365
    assert len(told) == 3 * days


@pytest.mark.parametrize("zone", [zone for zone, *_ in YEARS])
def test_a_year_of_working_days(zone: str) -> None:
    """Looking every minute or once an hour, Monday to Friday but for the holidays of the country."""
    rhythm = Rhythm(holidays_of="US", quiet_days=("2031-08-15",))
    clock = Clock(registry(zone, rhythm=rhythm), [member()], at("2031-01-01 00:00", zone))
    for hour in range(365 * 24):
        clock.look(at("2031-01-01 00:00", zone) + timedelta(hours=hour))
    # 2031 has 261 days from Monday to Friday. None of the eleven federal holidays is on a weekend: 1 and
    # 20 January, 17 February, 26 May, 19 June, 4 July, 1 September, 13 October, 11 and 27 November,
    # 25 December.
    assert len(clock.days()) == 261 - 11 - 1
    assert date(2031, 7, 4) not in clock.days()
    assert date(2031, 8, 15) not in clock.days()
    assert {day.weekday() for day in clock.days()} == {0, 1, 2, 3, 4}


def test_each_role_has_its_turns() -> None:
    """A week from Monday 3 March 2031: the report on Monday, the review on Wednesday."""
    roles = {MAYA: Role.CARE_MANAGER, IRIS: Role.PSYCHIATRIST, "samuel": Role.PCP}
    roles |= {LENA: Role.CLINICAL_OPS, "omar": Role.FINANCE}
    team = [member(name, role) for name, role in roles.items()]
    found = turns(registry(team_channel="C1"), team, at("2031-03-03 00:00"), at("2031-03-10 00:00"))
    days = {
        name: [turn.day.day for turn in found if turn.recipient == name] for name in (*roles, TEAM_CHANNEL)
    }
    week = [3, 4, 5, 6, 7]
    assert days == {
        MAYA: week,
        IRIS: week,
        "samuel": week,
        LENA: [3],
        "omar": week,
        TEAM_CHANNEL: week,
    }


def test_a_report_that_falls_on_a_quiet_day_comes_on_the_next_working_day() -> None:
    quiet = registry(rhythm=Rhythm(quiet_days=("2031-03-03", "2031-03-04")))
    found = turns(quiet, [member(LENA, Role.CLINICAL_OPS)], at("2031-03-01 00:00"), at("2031-03-11 00:00"))
    assert [turn.day for turn in found] == [date(2031, 3, 5), date(2031, 3, 10)]


@pytest.mark.parametrize(
    ("digest", "review", "expected"),
    [
        ("08:00", "12:00", "08:00"),
        ("12:00", "12:00", "11:00"),
        ("12:00", "08:30", "07:30"),
        ("12:00", "00:30", "00:00"),
    ],
)
def test_the_agenda_comes_before_the_review(digest: str, review: str, expected: str) -> None:
    wanted = registry(rhythm=Rhythm(digest_time=digest, review_time=review))
    team = [member(IRIS, Role.PSYCHIATRIST), member()]
    on_wednesday = turns(wanted, team, at("2031-03-05 00:00"), at("2031-03-06 00:00"))
    assert {turn.recipient: turn.at for turn in on_wednesday} == {
        IRIS: at(f"2031-03-05 {expected}"),
        MAYA: at(f"2031-03-05 {digest}"),
    }
    on_thursday = turns(wanted, team, at("2031-03-06 00:00"), at("2031-03-07 00:00"))
    assert {turn.at for turn in on_thursday} == {at(f"2031-03-06 {digest}")}


def test_who_is_away_or_wants_no_digest_has_no_turn() -> None:
    away = member("away", covered_by=MAYA, cover_until="2031-03-04")
    off = member("off", reminders=Reminders(on=False))
    found = turns(registry(), [away, off, member()], at("2031-03-03 00:00"), at("2031-03-05 23:59"))
    assert {(turn.recipient, turn.day.day) for turn in found} == {
        (MAYA, 3),
        (MAYA, 4),
        (MAYA, 5),
        ("away", 5),
    }


def test_a_member_has_no_turn_before_they_were_one() -> None:
    joined = member(date_created=int(at("2031-03-03 08:01").timestamp()))
    found = turns(registry(), [joined], at("2031-03-03 00:00"), at("2031-03-04 12:00"))
    assert [turn.day.day for turn in found] == [4]


OUTAGES = [
    ("none", [], {3, 4, 5, 6, 7}),
    ("three hours", [("2031-03-04 08:00", "2031-03-04 10:59")], {3, 4, 5, 6, 7}),
    ("a minute longer", [("2031-03-04 08:00", "2031-03-04 11:00")], {3, 5, 6, 7}),
    ("before and after", [("2031-03-03 20:00", "2031-03-04 10:30")], {3, 4, 5, 6, 7}),
    ("over two mornings", [("2031-03-04 07:00", "2031-03-05 12:00")], {3, 6, 7}),
    (
        "two short ones",
        [("2031-03-04 07:00", "2031-03-04 09:00"), ("2031-03-05 07:00", "2031-03-05 09:00")],
        {3, 4, 5, 6, 7},
    ),
]


@pytest.mark.parametrize(
    ("outages", "expected"), [case[1:] for case in OUTAGES], ids=[case[0] for case in OUTAGES]
)
def test_an_outage(outages: list[tuple[str, str]], expected: set[int]) -> None:
    """Turns come for the days that an outage left within three hours; the others are known to be missed."""
    down = [(at(start), at(end)) for start, end in outages]
    clock = Clock(registry(), [member()], at("2031-03-03 00:00"))
    for minute in range(5 * 24 * 60):
        now = at("2031-03-03 00:00") + timedelta(minutes=minute)
        if not any(start <= now <= end for start, end in down):
            clock.look(now)
    assert {day.day for day in clock.days()} == expected
    assert {turn.day.day for turn in clock.missed} == {3, 4, 5, 6, 7} - expected


CHANGES: list[tuple[str, str, str, str, dict[str, object]]] = [
    ("east before the digest", "America/New_York", "2031-03-05 07:00", "08:00", {"timezone": "Asia/Kolkata"}),
    ("east after the digest", "America/New_York", "2031-03-05 09:00", "08:00", {"timezone": "Asia/Kolkata"}),
    ("east in the evening", "America/New_York", "2031-03-05 22:00", "23:00", {"timezone": "Asia/Kolkata"}),
    ("west before the digest", "Asia/Kolkata", "2031-03-05 07:00", "08:00", {"timezone": "America/New_York"}),
    ("west after the digest", "Asia/Kolkata", "2031-03-05 09:00", "08:00", {"timezone": "America/New_York"}),
    ("over the date line", "Pacific/Apia", "2031-03-05 09:00", "08:00", {"timezone": "Pacific/Pago_Pago"}),
    ("and back", "Pacific/Pago_Pago", "2031-03-05 09:00", "08:00", {"timezone": "Pacific/Apia"}),
    (
        "earlier, after the new time",
        "UTC",
        "2031-03-05 14:00",
        "15:00",
        {"rhythm": Rhythm(digest_time="08:00")},
    ),
    (
        "later, after the old time",
        "UTC",
        "2031-03-05 09:00",
        "08:00",
        {"rhythm": Rhythm(digest_time="15:00")},
    ),
]


@pytest.mark.parametrize(
    ("zone", "when", "digest", "change"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES]
)
def test_a_change_neither_repeats_nor_skips_a_day(
    zone: str, when: str, digest: str, change: dict[str, object]
) -> None:
    clock = Clock(registry(zone, rhythm=Rhythm(digest_time=digest)), [member()], at("2031-03-03 00:00", zone))
    changed = at(when, zone)
    for minute in range(8 * 24 * 60):
        now = at("2031-03-03 00:00", zone) + timedelta(minutes=minute)
        if now == changed:
            clock.change(now, **change)
        clock.look(now)
    assert [day.day for day in clock.days()][:5] == [3, 4, 5, 6, 7]
    assert (clock.missed, {day.weekday() for day in clock.days()}) == ([], {0, 1, 2, 3, 4})


def test_a_member_who_changes_their_time_is_told_once_that_day() -> None:
    changed = at("2031-03-03 14:00")
    for before, after in (("15:00", "08:00"), ("08:00", "15:00"), ("13:00", "14:30")):
        clock = Clock(registry(), [member(reminders=Reminders(time=before))], at("2031-03-03 00:00"))
        for minute in range(2 * 24 * 60):
            now = at("2031-03-03 00:00") + timedelta(minutes=minute)
            if now == changed:
                clock.team = [member(reminders=Reminders(time=after, since=now.timestamp()))]
                clock.look_at_once(now)
            clock.look(now)
        assert [day.day for day in clock.days()] == [3, 4]
        assert clock.missed == []


ZONES = st.sampled_from(
    [
        "Africa/Casablanca",
        "America/Havana",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "UTC",
    ]
)
TIMES = st.times().map(lambda at: at.strftime("%H:%M"))
STEPS = st.integers(min_value=1, max_value=170)
"""Minutes between two looks, whatever comes in between."""


@given(
    zone=ZONES,
    digest=TIMES,
    own=TIMES,
    start=st.integers(0, 2 * 365 * 24 * 60).map(
        lambda n: datetime(2030, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
    ),
    steps=st.lists(STEPS, min_size=1, max_size=5),
)
def test_however_the_looks_fall_each_day_has_one_digest(
    zone: str, digest: str, own: str, start: datetime, steps: list[int]
) -> None:
    local_zone = ZoneInfo(zone)
    rhythm = Rhythm(digest_time=digest, working_days=EVERY_DAY)
    team = [member(), member(IRIS, reminders=Reminders(time=own))]
    clock = Clock(registry(zone, rhythm=rhythm), team, start)
    now, number = start, 0
    while now < start + timedelta(days=6):
        clock.look(now)
        now += timedelta(minutes=steps[number % len(steps)])
        number += 1
    first = start.astimezone(local_zone).date()
    inner = [first + timedelta(days=ahead) for ahead in range(1, 5)]
    for name in (MAYA, IRIS):
        assert [day for day in clock.days(name) if day in inner] == inner
    assert clock.missed == []
    late = [
        told - local_instant(day, name, digest, own, local_zone)
        for (day, _, name), told in clock.told.items()
    ]
    assert all(timedelta() <= each <= timedelta(minutes=max(steps)) for each in late)


def local_instant(day: date, name: str, digest: str, own: str, zone: ZoneInfo) -> datetime:
    """Found by looking at the wall clock, minute by minute."""
    wanted = time.fromisoformat(digest if name == MAYA else own)
    now = datetime.combine(day, time.min, UTC) - timedelta(hours=15)
    while True:
        shown = now.astimezone(zone)
        if shown.date() == day and shown.time() >= wanted:
            return now
        now += timedelta(minutes=1)


@given(
    digest=TIMES,
    zones=st.lists(ZONES, min_size=2, max_size=5),
    hours=st.lists(st.integers(13, 80), min_size=4, max_size=4),
)
@example("02:41", ["Africa/Casablanca", "Pacific/Pago_Pago", "Australia/Lord_Howe"], [13, 13, 13, 13])
def test_however_often_the_zone_changes_no_day_is_skipped_or_repeated(
    digest: str, zones: list[str], hours: list[int]
) -> None:
    """With a change at most twice a day."""
    begin = datetime(2031, 3, 3, 12, tzinfo=UTC)
    rhythm = Rhythm(digest_time=digest, working_days=EVERY_DAY)
    clock = Clock(registry(zones[0], rhythm=rhythm), [member()], begin)
    now = begin
    for zone, pause in zip(zones[1:], hours, strict=False):
        end = now + timedelta(hours=pause)
        while now < end:
            clock.look(now)
            now += timedelta(minutes=20)
        clock.change(now, timezone=zone)
    for _ in range(3 * 72):
        clock.look(now)
        now += timedelta(minutes=20)
    days = clock.days()
    assert days == [days[0] + timedelta(days=ahead) for ahead in range(len(days))]
    assert clock.missed == []


@pytest.mark.parametrize(
    "now_without_a_turn",
    [member(role=Role.CLINICAL_OPS), member(covered_by="user-2", cover_until="2031-03-31")],
)
def test_who_has_no_turn_now_but_an_own_time_is_not_looked_at_too_late(
    now_without_a_turn: RegistryUser,
) -> None:
    """Their absence may end, or their role change, before it; nothing asks the clock to look for that."""
    early = now_without_a_turn.model_copy(update={"reminders": Reminders(time="07:00")})
    assert next_moment(registry(), [early], at("2031-03-03 20:00")) == at("2031-03-04 07:00")


def test_a_registry_that_rests_for_long_is_looked_at_all_the_same() -> None:
    resting = registry(rhythm=Rhythm(working_days=()))
    now = at("2031-03-03 08:00")
    assert next_moment(resting, [member()], now) == now + timedelta(days=7)


@pytest.mark.parametrize(
    ("changes", "own", "days"),
    [
        ({}, Reminders(), ["2026-01-01", "2026-02-02", "2026-03-02", "2026-04-01"]),
        (
            {"rhythm": Rhythm(holidays_of="US")},
            Reminders(),
            ["2026-01-02", "2026-02-02", "2026-03-02", "2026-04-01"],
        ),
        (
            {"rhythm": Rhythm(quiet_days=("2026-02-02", "2026-02-03"))},
            Reminders(),
            ["2026-01-01", "2026-02-04", "2026-03-02", "2026-04-01"],
        ),
        ({}, Reminders(days=(4,)), ["2026-01-02", "2026-02-06", "2026-03-06", "2026-04-03"]),
        (
            {"rhythm": Rhythm(working_days=(5, 6))},
            Reminders(),
            ["2026-01-03", "2026-02-01", "2026-03-01", "2026-04-04"],
        ),
        ({}, Reminders(on=False), []),
    ],
)
def test_finance_has_the_first_turn_of_a_month_on_its_first_working_day(
    changes: dict[str, Any], own: Reminders, days: list[str]
) -> None:
    """1 January 2026 is a Thursday and a holiday; 1 February and 1 March are Sundays."""
    omar = member("omar", Role.FINANCE, reminders=own)
    where = registry().model_copy(update=changes)
    found = []
    for month in (1, 2, 3, 4):
        turns_then = turns(where, [omar], at(f"2026-{month:02}-01"), at(f"2026-{month:02}-14"))
        found += [turn.day.isoformat() for turn in turns_then if turn.kind is Kind.DIGEST][:1]
    assert found == days


def test_finance_that_is_away_on_that_day_has_it_on_the_first_one_back() -> None:
    omar = member("omar", Role.FINANCE, covered_by="lena", cover_until="2026-04-03")
    found = turns(registry(), [omar], at("2026-04-01"), at("2026-04-14"))
    assert [turn.day.isoformat() for turn in found][:2] == ["2026-04-06", "2026-04-07"]
