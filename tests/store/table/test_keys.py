from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from cocm_bot.domain.vocabulary import Status
from cocm_bot.store.table import keys
from cocm_bot.store.table.keys import Key
from tests.store.build import NOON, patient


@pytest.mark.parametrize(
    ("key", "pk", "sk", "kind"),
    [
        (keys.registry("r1"), "registry:r1", "metadata", "registry"),
        (keys.patient("r1", "MRN-1"), "registry-patient:r1", "MRN-1", "registry patient"),
        (keys.user("u1"), "user:u1", "profile", "user"),
        (keys.registry_user("r1", "u1"), "registry-user:r1", "user:u1", "registry user"),
        (keys.user_email("a@b.org", "u1"), "user-email:a@b.org", "u1", "user e-mail"),
        (keys.user_registry("u1", "r1"), "user-registry:u1", "registry:r1", "user registry"),
        (keys.invite("a@b.org", "r1"), "invite:a@b.org", "registry:r1", "user invite"),
        (keys.email_lock("a@b.org"), "user-email:a@b.org", "#lock", "e-mail lock"),
        (keys.directory_entry("r1", "K7Q4"), "patient-directory:r1", "K7Q4", "patient directory"),
        (
            keys.patient_change("r1", 5.0, "K7Q4", 3),
            "patient-changes:r1",
            "0000000000005.000000#K7Q4#3",
            "patient change",
        ),
        (keys.patient_count("r1", "K7Q4", 3), "patient-counts:r1", "K7Q4#3", "patient count"),
        (keys.request("q1"), "request:q1", "request", "request"),
        (keys.delivery("c1", "u1"), "message:c1", "u1", "message"),
        (keys.delivery("c1", "u1", 2), "message:c1", "u1#2", "message"),
        (keys.review("r1", "u1"), "review:r1", "u1", "review"),
        (keys.digest("r1", date(2026, 3, 2), "u1"), "digest:r1:2026-03-02", "u1", "live digest"),
        (keys.team_channel("C1", "r1"), "channel:C1", "registry:r1", "team channel"),
        (
            keys.treatment_log("p1", NOON, "l1"),
            "patient-log:p1",
            "treatment#0001767268800.500000#l1",
            "treatment log",
        ),
        (keys.audit_log("p1", NOON, "a1"), "patient-log:p1", "audit#0001767268800.500000#a1", "audit log"),
        (keys.voided("p1", "l1"), "patient-log:p1", "void#l1", "voided entry"),
        (
            keys.access("r1", NOON, "e1"),
            "access-log:r1:2026-01-01",
            "0001767268800.500000#e1",
            "access log",
        ),
    ],
)
def test_each_record_has_its_key_and_the_key_tells_its_kind(key: Key, pk: str, sk: str, kind: str) -> None:
    assert key == (pk, sk)
    assert keys.key_kind(*key) == kind


def test_a_key_from_elsewhere_is_unknown() -> None:
    assert keys.key_kind("invoice:1", "metadata") == "unknown"


@pytest.mark.parametrize("email", ["ada@example.org", "Ada@Example.ORG", "  ada@example.org\n"])
def test_an_address_has_one_key_however_it_is_written(email: str) -> None:
    assert keys.user_emails(email) == "user-email:ada@example.org"
    assert keys.invites(email) == "invite:ada@example.org"


def test_the_access_day_is_the_utc_day() -> None:
    midnight = datetime(2026, 1, 2, tzinfo=UTC).timestamp()
    assert keys.access("r1", midnight - 0.5, "e").pk == keys.access_day("r1", date(2026, 1, 1))
    assert keys.access("r1", midnight, "e").pk == keys.access_day("r1", date(2026, 1, 2))


def test_history_sorts_by_time() -> None:
    instants = [0.0, 1.5, 86_400.0, 999_999_999.999999, 1_000_000_000.0, 32_503_680_000.0]
    ordered = [keys.treatment_log("p", at, "z" if at == 0 else "a") for at in instants]
    assert all(early < late for early, late in pairwise(ordered))


@pytest.mark.parametrize(
    ("next_due", "position"), [("2026-03-10", "2026-03-10#patient-1"), (None, "9999-12-31#patient-1")]
)
def test_the_place_in_the_caseload(next_due: str | None, position: str) -> None:
    placed = keys.caseload_position("r1", patient(next_due=next_due))
    assert placed == {"GSI1PK": "registry-patient:r1", "GSI1SK": position}


def test_a_deactivated_patient_has_no_place_in_the_caseload() -> None:
    assert keys.caseload_position("r1", patient(status=Status.DEACTIVATED, next_due="2026-03-10")) == {}


def test_due_by_a_day_takes_that_day_in_and_the_next_not() -> None:
    end = keys.due_by(date(2026, 3, 10))
    assert "2026-03-10#zzz" < end < "2026-03-11#000"
