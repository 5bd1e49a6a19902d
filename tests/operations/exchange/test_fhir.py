"""FHIR R4 in and out: items and totals by their codes, and resources that the R4 models accept."""

import importlib
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cocm_bot.domain.exchange.arrivals import Arrival
from cocm_bot.domain.exchange.fhir.codes import ANSWERS, ITEMS, linked, measure_named
from cocm_bot.domain.exchange.fhir.export import resources_of
from cocm_bot.domain.exchange.notes import NoteKind, Place
from cocm_bot.domain.records.care_details import Clinician, Diagnosis
from cocm_bot.domain.records.history import TreatmentLog, Voided
from cocm_bot.operations.synthetic.patients import caseload
from tests.operations.conftest import MONDAY
from tests.operations.exchange.conftest import landing

DOCTOR = Clinician(name="Samuel Adeyemi", user_id="user-3")

Reading = Callable[..., Any]
Resource = dict[str, Any]
CODES = {points: code for code, points in ANSWERS.items()}


def person(**changes: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [
            {"type": {"coding": [{"code": "SS"}]}, "value": "999-00-0000"},
            {"type": {"coding": [{"code": "MR"}]}, "value": "0042"},
        ],
        "name": [{"use": "nickname", "given": ["Effie"]}, {"family": "Adu", "given": ["Efua", "N."]}],
        "birthDate": "1984-02-29",
        **changes,
    }


def observed(code: str, day: str, system: str | None = "http://loinc.org", **value: Any) -> Resource:
    coding = {"code": code, **({"system": system} if system else {})}
    return {
        "resourceType": "Observation",
        "id": f"o-{day}",
        "status": "final",
        "code": {"coding": [coding]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": day,
        **value,
    }


def answered(day: str, links: list[str], points: list[int], how: str = "code", **changes: Any) -> Resource:
    def answer(point: int) -> Any:
        ordinal = [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": point}]
        return {
            "code": {"valueCoding": {"system": "http://loinc.org", "code": CODES[point]}},
            "bare": {"valueCoding": {"code": CODES[point]}},
            "ordinal": {"valueCoding": {"system": "http://example.org", "code": "x", "extension": ordinal}},
            "integer": {"valueInteger": point},
        }[how]

    items = [{"linkId": link, "answer": [answer(point)]} for link, point in zip(links, points, strict=True)]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "questionnaire": "http://loinc.org/q/44249-1",
        "subject": {"reference": "Patient/p1"},
        "authored": day,
        "item": items,
        **changes,
    }


def bundle(*resources: Resource) -> str:
    entries = [
        {"fullUrl": f"http://x/{each['resourceType']}/{each.get('id')}", "resource": each}
        for each in resources
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=1)


def ndjson(*resources: Resource) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in resources)


ABOVE_20 = {"value": 20, "comparator": ">"}
NOBODY = {"reference": "Patient/p9"}
POINTS = [3, 3, 2, 2, 2, 2, 2, 1, 1]
PHQ = list(ITEMS["PHQ-9"])


@pytest.mark.parametrize("form", [bundle, ndjson])
@pytest.mark.parametrize("how", ["code", "bare", "ordinal", "integer"])
@pytest.mark.parametrize(
    "links",
    [
        PHQ,
        [f"/{code}" for code in PHQ],
        [f"PHQ.{number}" for number in range(1, 10)],
        [f"phq{number}" for number in range(1, 10)],
        [f"phq9-{number}" for number in range(1, 10)],
    ],
    ids=["codes", "codes with a slash", "PHQ.1", "phq1", "phq9-1"],
)
def test_items_by_every_link_and_answer(
    read_source: Reading, form: Callable[..., str], how: str, links: list[str]
) -> None:
    found = read_source(form(person(), answered("2031-01-13T14:30:00-05:00", links, POINTS, how)))
    assert found.days("0042") == [("2031-01-13", "Initial Assessment", {"PHQ-9": 18})]
    [log] = found.patients["0042"].logs
    assert (log.answers, log.self_harm) == ({"PHQ-9": tuple(POINTS)}, {"PHQ-9": 1})
    efua = found.patients["0042"].patient
    assert (efua.first_name, efua.last_name, efua.date_of_birth) == ("Efua N.", "Adu", "1984-02-29")


@pytest.mark.parametrize(
    ("resource", "scores", "kind"),
    [
        (observed("44261-6", "2031-01-13", valueQuantity={"value": 18}), {"PHQ-9": 18}, None),
        (observed("44261-6", "2031-01-13", valueInteger=18), {"PHQ-9": 18}, None),
        (observed("44249-1", "2031-01-13", valueInteger=3), {"PHQ-9": 3}, None),
        (observed("720433000", "2031-01-13", "http://snomed.info/sct", valueInteger=15), {"PHQ-9": 15}, None),
        (observed("70274-6", "2031-01-13", valueQuantity={"value": 9}), {"GAD-7": 9}, None),
        (observed("44261-6", "2031-01-13", valueString="12/27"), {"PHQ-9": 12}, NoteKind.CHANGED),
        (
            observed("44261-6", "2031-01-13", valueQuantity={"value": 20, "comparator": ">"}),
            None,
            NoteKind.ASKED,
        ),
        (observed("44261-6", "2031-01-13", valueInteger=28), None, NoteKind.REFUSED),
        (observed("44261-6", "2031-01-13", status="entered-in-error", valueInteger=12), None, NoteKind.LEFT),
        (observed("44261-6", "2031-01-13", status="preliminary", valueInteger=12), None, NoteKind.ASKED),
        (observed("8867-4", "2031-01-13", valueInteger=60), None, NoteKind.LEFT),
        (observed("44261-6", "2031-01", valueInteger=12), None, NoteKind.ASKED),
        (observed("55758-7", "2031-01-13", valueInteger=3), None, NoteKind.ASKED),
        (
            observed("44261-6", "2031-01-13", valueInteger=3, subject={"reference": "Patient/p9"}),
            None,
            NoteKind.ASKED,
        ),
    ],
)
def test_totals(
    read_source: Reading, resource: Resource, scores: dict[str, float] | None, kind: NoteKind | None
) -> None:
    found = read_source(bundle(person(), resource))
    days = [taken for _, _, taken in found.days("0042")]
    assert days == ([] if scores is None else [scores])
    assert kind is None or kind in {note.kind for note in found.reading.notes}


def test_a_local_day_follows_from_utc(read_source: Reading) -> None:
    found = read_source(bundle(person(), observed("44261-6", "2031-01-14T02:00:00Z", valueInteger=9)))
    assert found.days("0042")[0][0] == "2031-01-13"


def test_nine_items_less_one_make_no_total_and_keep_the_self_harm_answer(read_source: Reading) -> None:
    links, points = [*PHQ[:4], *PHQ[5:]], [1, 1, 1, 1, 1, 1, 0, 2]
    found = read_source(bundle(person(), answered("2031-01-13", links, points)))
    assert found.days("0042") == [("2031-01-13", "Initial Assessment", {})]
    assert found.patients["0042"].logs[0].self_harm == {"PHQ-9": 2}
    assert any("item 5 missing" in note.why for note in found.reading.notes)


def test_the_self_harm_item_alone_makes_a_quiet_alert(read_source: Reading) -> None:
    code: Resource = {
        "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA6569-3"}]}
    }
    found = read_source(bundle(person(), observed("44260-8", "2031-01-13", **code)))
    [alert] = found.patients["0042"].patient.alerts
    assert (alert.quiet, alert.measures) == (True, ("PHQ-9",))


def test_totals_that_differ_on_one_day_are_asked_about(read_source: Reading) -> None:
    total = observed("44261-6", "2031-01-13", valueInteger=17)
    found = read_source(bundle(person(), answered("2031-01-13", PHQ, POINTS), total))
    assert found.days("0042") == [("2031-01-13", "Initial Assessment", {})]
    assert found.patients["0042"].logs[0].self_harm == {"PHQ-9": 1}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"birthDate": "1949-03"}, ("", "Enrolled", "")),
        ({"deceasedDateTime": "2031-01-02"}, ("1984-02-29", "Deactivated", "Deceased")),
        ({"active": False}, ("1984-02-29", "Deactivated", "Inactive")),
        ({"name": [{"text": "Siobhán O’Neil"}]}, ("1984-02-29", "Enrolled", "")),
    ],
)
def test_patients(read_source: Reading, changes: Resource, expected: tuple[str, str, str]) -> None:
    efua = read_source(bundle(person(**changes))).patients["0042"].patient
    assert (efua.date_of_birth, efua.status, efua.episodes[0].note) == expected


MR = {"type": {"coding": [{"code": "MR"}]}}
SSN = "http://hl7.org/fhir/sid/us-ssn"
NUMBERS: list[tuple[str, list[Resource], str | None]] = [
    ("one that ended", [{**MR, "value": "1", "period": {"end": "2020-01-01"}}, {**MR, "value": "2"}], "2"),
    ("one marked old", [{**MR, "value": "1", "use": "old"}, {**MR, "value": "2"}], "2"),
    ("an old one alone", [{**MR, "value": "1", "use": "old"}], "1"),
    ("two in use", [{**MR, "value": "1"}, {**MR, "value": "2"}], "1"),
    ("Social Security by system", [{"system": SSN, "value": "999-00-0001"}], None),
    ("Social Security by its form", [{"value": "999-00-0001"}], None),
    ("a driver's license", [{"system": "urn:oid:2.16.840.1.113883.4.3.25", "value": "S99"}], None),
    ("beside Social Security", [{"system": SSN, "value": "999"}, {"value": "A7"}], "A7"),
    ("two of no type", [{"value": "1"}, {"value": "2"}], None),
]


@pytest.mark.parametrize(("what", "given", "mrn"), NUMBERS, ids=[each[0] for each in NUMBERS])
def test_the_medical_record_number_among_others(
    read_source: Reading, what: str, given: list[Resource], mrn: str | None
) -> None:
    found = read_source(bundle(person(identifier=given)))
    assert list(found.patients) == ([mrn] if mrn else []), what
    if mrn is None:
        assert [each.why for each in found.reading.notes] == ["no medical record number: not taken"]
    assert not any("999-00" in each.value for each in found.reading.notes)


def test_details_that_can_not_be_true_are_refused(read_source: Reading) -> None:
    telecom = [{"system": "email", "value": "efua"}, {"system": "phone", "use": "old", "value": "1"}]
    found = read_source(bundle(person(birthDate="2099-01-01", telecom=telecom)))
    efua = found.patients["0042"].patient
    assert (efua.date_of_birth, efua.email, efua.phone_number) == ("", "", "")
    assert [each.value for each in found.reading.notes if each.kind is NoteKind.REFUSED] == [
        "2099-01-01",
        "efua",
    ]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "http://x/Patient/p1"},
        {"reference": "Patient/p1/_history/3"},
        {"reference": "Patient?identifier=http://x/mrn|0042"},
        {"reference": "Patient?identifier=0042"},
        {"identifier": {"value": "0042"}},
        {"reference": "Patient/before"},
    ],
)
def test_every_way_to_refer_to_a_patient(read_source: Reading, subject: Resource) -> None:
    link = [{"type": "replaced-by", "other": {"reference": "Patient/p1"}}]
    before = person(id="before", identifier=[{**MR, "value": "0041"}], link=link)
    score = observed("44261-6", "2031-02-03", valueInteger=12) | {"subject": subject}
    found = read_source(bundle(before, person(), score))
    assert list(found.patients) == ["0042"]
    assert found.days("0042") == [("2031-02-03", "Initial Assessment", {"PHQ-9": 12})]
    assert [each.field for each in found.reading.notes if each.kind is NoteKind.ASKED] == ["link"]


@pytest.mark.parametrize("subject", [{"reference": "#me"}, NOBODY, {}, {"identifier": {"value": "9"}}])
def test_who_is_nobody_of_the_file_is_asked_about(read_source: Reading, subject: Resource) -> None:
    contained = [person(id="me", identifier=[{**MR, "value": "0077"}])]
    score = observed("44261-6", "2031-02-03", valueInteger=12) | {"subject": subject, "contained": contained}
    found = read_source(bundle(person(), score))
    assert found.days("0042") == []
    assert [each.field for each in found.reading.notes if each.kind is NoteKind.ASKED] == ["subject"]


def test_encounters_flags_and_what_is_not_understood(read_source: Reading) -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "VR"},
        "subject": {"reference": "urn:uuid:1"},
        "period": {"start": "2031-01-13T14:30:00-05:00", "end": "2031-01-13T15:15:00-05:00"},
    }
    flag = {
        "resourceType": "Flag",
        "status": "active",
        "code": {"text": "Suicide risk"},
        "subject": {"reference": "urn:uuid:1"},
    }
    others = [{"resourceType": "Consent"}, {"resourceType": "Procedure"}, {"resourceType": "Immunization"}]
    entries: list[Resource] = [{"fullUrl": "urn:uuid:1", "resource": person()}]
    entries += [{"fullUrl": "", "resource": each} for each in (encounter, flag, *others)]
    found = read_source(json.dumps({"resourceType": "Bundle", "entry": entries}))
    [log] = found.patients["0042"].logs
    assert (log.minutes, log.visit_type, log.contact_type) == (45, "Telehealth", "Initial Assessment")
    assert found.patients["0042"].patient.patient_flag == "Safety Risk"
    listed = {note.place.sheet for note in found.reading.notes if note.field == "resource"}
    assert listed == {"Consent", "Procedure", "Immunization"}


@pytest.mark.parametrize(
    ("link", "measure", "item"),
    [
        ("/44260-8", None, ("PHQ-9", 9)),
        ("GAD7.3", None, ("GAD-7", 3)),
        ("gad8", None, None),
        ("phq10", None, None),
        ("PHQ.1", "GAD-7", None),
        ("total", "PHQ-9", None),
    ],
)
def test_links(link: str, measure: str | None, item: tuple[str, int] | None) -> None:
    assert linked(link, measure) == item


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("http://loinc.org/q/44249-1", "PHQ-9"),
        ("Questionnaire/mii-qst-pro-phq-9", "PHQ-9"),
        ("x/gad7", "GAD-7"),
        ("x", None),
    ],
)
def test_questionnaires(text: str, measure: str | None) -> None:
    assert measure_named(text) == measure


DIAGNOSES = (
    Diagnosis(code="F33.1", label="Recurrent depression"),
    Diagnosis(code="F41.1", label="Anxiety"),
)


def exported() -> list[tuple[Arrival, list[Resource]]]:
    where, found = landing(), []
    for patient, logs, audits in caseload(26, where.policy, MONDAY, 5, ["user-1"], "user-2", [DOCTOR]):
        voids = [Voided(log_id=log.id, by="user-1", at=log.date, reason="x") for log in logs[:1]]
        treated = {"diagnoses": DIAGNOSES, "treating_clinician": Clinician(name="Dr. Adeyemi")}
        arrival = Arrival(Place("x"), patient.model_copy(update=treated), logs, audits, voids)
        found.append((arrival, list(resources_of(arrival, {"user-1": "Maya Okafor"}))))
    return found


def test_what_is_exported_are_resources_of_r4() -> None:
    seen: Counter[str] = Counter()
    for _, resources in exported():
        for each in resources:
            kind = each["resourceType"]
            module = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
            getattr(module, kind).model_validate(each)
            seen[kind] += 1
    patients = {"Patient", "EpisodeOfCare", "Flag", "Condition", "CareTeam"}
    assert set(seen) == {*patients, "Encounter", "Observation", "Task", "CarePlan"}


def taken(log: TreatmentLog) -> list[tuple[str, float]]:
    return sorted((each.score_name, each.score_value) for each in log.scores)


def test_what_is_exported_is_read_back_with_its_scores(read_source: Reading) -> None:
    for arrival, resources in exported():
        found = read_source(ndjson(*resources))
        back = found.patients[arrival.patient.patient_mrn]
        gone = {void.log_id for void in arrival.voids}
        given = [taken(log) for log in arrival.logs if log.scores and log.id not in gone]
        assert [taken(log) for log in back.logs if log.scores] == given
        assert back.patient.last_name == arrival.patient.last_name
        assert back.patient.diagnoses == DIAGNOSES
        assert back.patient.treating_clinician == Clinician(name="Dr. Adeyemi")
        assert back.patient.care_manager == arrival.patient.care_manager


ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"


def condition(
    code: str = "F33.1", system: str = ICD10, text: str = "Recurrent depression", **more: Any
) -> Any:
    coded = {"coding": [{"system": system, "code": code, "display": "ICD's own words"}]}
    named = coded | ({"text": text} if text else {})
    subject = {"reference": "Patient/p1"}
    return {"resourceType": "Condition", "id": "c", "code": named, "subject": subject, **more}


def coded(code: str) -> Resource:
    return {"coding": [{"code": code}]}


CONDITIONS: list[tuple[list[Any], list[str], NoteKind | None]] = [
    ([condition()], ["F33.1 Recurrent depression"], None),
    ([condition("f331")], ["F33.1 Recurrent depression"], None),
    ([condition(text="")], ["F33.1 ICD's own words"], None),
    ([condition(clinicalStatus=coded("active"))], ["F33.1 Recurrent depression"], None),
    ([condition(clinicalStatus="recurrence")], ["F33.1 Recurrent depression"], None),
    ([condition(clinicalStatus=coded("resolved"))], [], NoteKind.LEFT),
    ([condition(clinicalStatus=coded("remission"))], [], NoteKind.LEFT),
    ([condition(verificationStatus=coded("entered-in-error"))], [], NoteKind.LEFT),
    ([condition(verificationStatus=coded("refuted"))], [], NoteKind.LEFT),
    ([condition(verificationStatus=coded("differential"))], [], NoteKind.ASKED),
    (
        [condition(verificationStatus=coded("provisional"))],
        ["F33.1 Recurrent depression"],
        NoteKind.ASSUMED,
    ),
    ([condition("370143000", "http://snomed.info/sct")], [], NoteKind.ASKED),
    ([condition("not a code")], [], NoteKind.ASKED),
    ([condition(), condition(text="The same again")], ["F33.1 Recurrent depression"], None),
    ([condition("F41.1", text="Worry " * 40)], [f"F41.1 {('Worry ' * 40)[:80]}"], None),
]


@pytest.mark.parametrize(("found", "kept", "kind"), CONDITIONS)
def test_diagnoses_are_those_the_patient_has_now(
    read_source: Reading, found: list[Any], kept: list[str], kind: NoteKind | None
) -> None:
    read = read_source(ndjson(person(), *found))
    assert [str(each) for each in read.patients["0042"].patient.diagnoses] == kept
    noted = [each.kind for each in read.reading.notes if each.place.sheet == "Condition"]
    assert noted == ([kind] if kind else [])


def test_more_diagnoses_than_there_is_room_for_are_asked_about(read_source: Reading) -> None:
    read = read_source(
        ndjson(person(), *(condition(f"F4{number}.0") for number in (*range(10), "A", "B", "0")))
    )
    assert len(read.patients["0042"].patient.diagnoses) == 12
    one_more = [condition(f"F5{number}.0") for number in range(10)]
    read = read_source(ndjson(person(), *(condition(f"F4{number}.0") for number in range(10)), *one_more))
    assert len(read.patients["0042"].patient.diagnoses) == 12
    assert [
        each.value for each in read.reading.notes if each.kind is NoteKind.ASKED and each.field == "code"
    ] == [*(f"F5{number}.0" for number in range(2, 10))]


def in_team(role: str, reference: str = "", display: str = "") -> Resource:
    member = {key: value for key, value in {"reference": reference, "display": display}.items() if value}
    return {"role": [{"text": role}], "member": member}


def care_team(*participants: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "CareTeam",
        "id": "t",
        "subject": {"reference": "Patient/p1"},
        "participant": list(participants),
        **more,
    }


def test_the_care_team_names_manager_and_clinician(read_source: Reading) -> None:
    doctor = {
        "resourceType": "Practitioner",
        "id": "d1",
        "name": [{"given": ["Samuel"], "family": "Adeyemi"}],
    }
    team = care_team(
        in_team("Care Manager", display="Maya Okafor"),
        in_team("Primary care physician", reference="Practitioner/d1"),
        in_team("Pharmacist", display="Pat Pill"),
        in_team("Nurse", reference="Practitioner/d9"),
        in_team("Patient", reference="Patient/p1"),
    )
    read = read_source(ndjson(person(), doctor, team))
    efua = read.patients["0042"].patient
    assert (efua.care_manager, efua.treating_clinician) == ("user-1", Clinician(name="Samuel Adeyemi"))
    noted = [(each.kind, each.value) for each in read.reading.notes if each.place.sheet == "CareTeam"]
    assert noted == [(NoteKind.LEFT, "Pat Pill: Pharmacist"), (NoteKind.ASKED, "Nurse")]


def test_a_care_team_of_the_past_is_left(read_source: Reading) -> None:
    team = care_team(in_team("Care Manager", display="Maya Okafor"), status="inactive")
    read = read_source(ndjson(person(), team))
    assert read.patients["0042"].patient.care_manager is None
