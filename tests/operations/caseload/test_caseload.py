from datetime import datetime

import pytest

from cocm_bot.domain.caseload.work import Work
from cocm_bot.domain.due.rules import Reason
from cocm_bot.domain.errors import NotAllowed
from cocm_bot.domain.records.history import TreatmentLog
from cocm_bot.domain.records.patient import Patient
from cocm_bot.domain.vocabulary import Flag, Role, Status
from cocm_bot.operations.caseload.caseload import ROWS_PER_PAGE, Page, caseload
from cocm_bot.operations.caseload.rows import Show, Sort
from cocm_bot.operations.caseload.worklist import worklist
from cocm_bot.operations.gaps import NO_GAPS, Gaps
from cocm_bot.store.audit import access_log
from cocm_bot.store.table import keys
from cocm_bot.store.table.wire import to_wire, wire_key
from tests.domain import build
from tests.operations.conftest import Office
from tests.rig import crowd
from tests.store.build import REGISTRY, enrol, patient

TODAY = "2026-03-16"
NOW: datetime = build.moment(TODAY)


def assessed(when: str, score: int) -> TreatmentLog:
    return build.assessment(when, PHQ9=score)


def scored(when: str, score: int) -> TreatmentLog:
    return build.follow_up(when, PHQ9=score)


def people() -> list[Patient]:
    """Six patients: the comment beside each says what is due, and why."""
    bo = build.patient(Status.ENROLLED, enrolled="2026-03-01")  # assessment due since the 8th
    cy = build.patient()  # 18 → 8: improved; reviewed and seen lately: nothing due
    di = build.patient(flags=[build.flag(Flag.SAFETY_RISK, "2026-03-15")])  # safety risk since yesterday
    ed = build.patient()  # 16 → 15 in ten weeks without a consult: not improving since week 8
    fa = build.patient(Status.RELAPSE_PREVENTION)  # 14 → 3: remission, plan made this month: nothing due
    gu = build.patient(Status.DEACTIVATED)
    stories = [
        (bo, "Bo", "Zimmer", []),
        (
            cy,
            "Cy",
            "abel",
            [assessed("2026-02-16", 18), build.consult("2026-03-02"), scored("2026-03-12", 8)],
        ),
        (di, "Di", "Émile", [assessed("2026-03-10", 20)]),
        (ed, "Ed", "Berg", [assessed("2026-01-05", 16), scored("2026-01-19", 15), scored("2026-03-09", 15)]),
        (
            fa,
            "Fa",
            "Berg",
            [
                assessed("2025-11-03", 14),
                scored("2025-12-01", 3),
                scored("2026-02-23", 3),
                build.consult("2025-12-08"),
                build.plan("2026-03-02"),
            ],
        ),
        (gu, "Gu", "Aal", []),
    ]
    return [
        build.derived(who, logs, TODAY).model_copy(update={"first_name": first, "last_name": last})
        for who, first, last, logs in stories
    ]


@pytest.fixture
def clinic(office: Office) -> Office:
    office.moment = NOW
    for number, who in enumerate(people(), 1):
        # Everything but the ids, which are the store's own.
        changes = {name: getattr(who, name) for name in type(who).model_fields}
        for own in ("id", "handle", "patient_mrn", "version"):
            del changes[own]
        enrol(office.table, number, **changes)
    return office


def named(page: Page) -> list[str]:
    return [row.summary.first_name for row in page.rows]


def test_the_worklist_is_what_is_due_own_work_before_what_waits_for_others(clinic: Office) -> None:
    page = worklist(clinic.ctx, clinic.actor())
    assert [(row.summary.first_name, row.due[0].reason) for row in page.rows] == [
        ("Di", Reason.SAFETY_RISK),
        ("Bo", Reason.ASSESSMENT),
        ("Ed", Reason.NOT_IMPROVING),
    ]
    assert (page.matched, page.place.pages, page.gaps) == (3, 1, NO_GAPS)
    assert dict(page.counts) == {Work.SAFETY: 1, Work.ASSESSMENTS: 1, Work.CONSULTS: 2}


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.ALL, {"Bo", "Cy", "Di", "Ed", "Fa"}),
        (Show.DUE, {"Bo", "Di", "Ed"}),
        (Show.FLAGGED, {"Di"}),
        (Show.IMPROVING, {"Cy", "Fa"}),
        (Show.NOT_IMPROVING, {"Di", "Ed"}),
        (Show.REMISSION, {"Fa"}),
        (Show.ENROLLED, {"Bo"}),
        (Show.TREATMENT, {"Cy", "Di", "Ed"}),
        (Show.PREVENTION, {"Fa"}),
    ],
)
def test_the_caseload_can_be_narrowed(clinic: Office, show: Show, expected: set[str]) -> None:
    page = caseload(clinic.ctx, clinic.actor(), show, Sort.URGENCY)
    assert set(named(page)) == expected
    assert page.matched == len(expected)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.URGENCY, ["Di", "Ed", "Bo", "Cy", "Fa"]),
        (Sort.NAME, ["Cy", "Ed", "Fa", "Di", "Bo"]),  # abel, Berg, Berg, Émile, Zimmer
        (Sort.SCORE, ["Di", "Ed", "Cy", "Fa", "Bo"]),  # 20, 15, 8, 3, none
        (Sort.CHANGE, ["Di", "Ed", "Cy", "Fa", "Bo"]),  # ±0, −1, −10, −11, none
        (Sort.WEEKS, ["Fa", "Ed", "Cy", "Di", "Bo"]),  # 19, 10, 4, 0, none
        (Sort.MINUTES, ["Cy", "Di", "Ed", "Fa", "Bo"]),  # 40, 20, 20, 20, 0; those alike by handle
    ],
)
def test_the_caseload_can_be_put_in_order(clinic: Office, sort: Sort, expected: list[str]) -> None:
    assert named(caseload(clinic.ctx, clinic.actor(), Show.ALL, sort)) == expected


def test_weeks_and_minutes_are_true_when_read(clinic: Office) -> None:
    clinic.moment = build.moment("2026-04-01 00:30")
    rows = caseload(clinic.ctx, clinic.actor(), Show.ALL, Sort.WEEKS).rows
    # 3 Nov is 149 days before 1 April, 5 Jan 86, 16 Feb 44, 10 March 22.
    assert [(row.summary.first_name, row.weeks) for row in rows] == [
        ("Fa", 21),
        ("Ed", 12),
        ("Cy", 6),
        ("Di", 3),
        ("Bo", None),
    ]
    assert {row.summary.minutes_this_month for row in rows} == {0}


def test_a_page_is_one_of_those_there_are(office: Office) -> None:
    everyone = [patient(number) for number in range(2 * ROWS_PER_PAGE + 1)]
    crowd.load(office.table, REGISTRY, everyone, findable=False)

    def page(asked: int) -> tuple[int, int, int, int]:
        found = caseload(office.ctx, office.actor(), Show.ALL, Sort.NAME, asked)
        return found.place.number, found.place.pages, found.place.first, len(found.rows)

    assert [page(asked) for asked in (1, 2, 3, 0, 9)] == [
        (1, 3, 1, 15),
        (2, 3, 16, 15),
        (3, 3, 31, 1),
        (1, 3, 1, 15),
        (3, 3, 31, 1),
    ]


def test_who_was_shown_is_logged_and_nobody_else(clinic: Office) -> None:
    worklist(clinic.ctx, clinic.actor())
    caseload(clinic.ctx, clinic.actor(), Show.REMISSION, Sort.NAME)
    caseload(clinic.ctx, clinic.actor(), Show.FLAGGED, Sort.NAME, 7)
    entries = access_log.entries(clinic.table, REGISTRY, NOW.date()).records
    assert sorted(entry.patient_ids for entry in entries) == [
        ("patient-3",),
        ("patient-3", "patient-1", "patient-4"),
        ("patient-5",),
    ]


def test_a_record_that_can_not_be_read_is_counted_and_the_others_are_shown(clinic: Office) -> None:
    phantom = {"GSI1PK": keys.patients(REGISTRY), "GSI1SK": "2026-01-01#patient-0"}
    item = to_wire(phantom) | wire_key(keys.patient(REGISTRY, "MRN-0"))
    clinic.table.client.put_item(TableName=clinic.table.name, Item=item)
    due = worklist(clinic.ctx, clinic.actor())
    assert (named(due), due.gaps) == (["Di", "Bo", "Ed"], Gaps(unread=1))
    listed = caseload(clinic.ctx, clinic.actor(), Show.DUE, Sort.URGENCY)
    assert (named(listed), listed.gaps) == (["Di", "Ed", "Bo"], Gaps(unread=1))


@pytest.mark.parametrize("role", [Role.CLINICAL_OPS, Role.FINANCE])
def test_who_treats_nobody_sees_no_list(clinic: Office, role: Role) -> None:
    with pytest.raises(NotAllowed):
        worklist(clinic.ctx, clinic.actor(role))
    with pytest.raises(NotAllowed):
        caseload(clinic.ctx, clinic.actor(role), Show.ALL, Sort.NAME)
    assert clinic.refusals() == ["view_caseload", "view_caseload"]
