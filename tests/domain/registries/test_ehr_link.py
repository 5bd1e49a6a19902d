"""The link to the health record: what an admin may set, and where it leads."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocm_bot.domain.registries.ehr_link import ehr_link, wrong_template

CHART = "https://ehr.example.org/chart/{id}"


@pytest.mark.parametrize(
    ("template", "fine"),
    [
        ("", True),
        (CHART, True),
        ("https://ehr.example.org:8443/open?patient={id}&tab=chart", True),
        ("https://ehr.example.org/#/patients/{id}/summary", True),
        ("http://ehr.example.org/chart/{id}", False),
        ("HTTPS://ehr.example.org/chart/{id}", False),
        ("javascript:alert({id})", False),
        ("ehr.example.org/{id}", False),
        ("https:///chart/{id}", False),
        ("https://{id}.example.org/", False),
        ("https://ehr.example.org{id}/", False),
        ("https://user:secret@ehr.example.org/{id}", False),
        ("https://ehr.example.org@evil.example/{id}", False),
        ("https://ehr.example.org/chart/", False),
        ("https://ehr.example.org/{id}/{id}", False),
        ("https://ehr.example.org/{mrn}/{id}", False),
        ("https://ehr.example.org/a b/{id}", False),
        ("https://ehr.example.org/{id}|Click", False),
        ("https://ehr.example.org/{id}><!channel>", False),
        ("https://ehr.example.org/{id}\n", False),
        ("https://ehr.exämple.org/{id}", False),
        ("https://ehr.example.org:port/{id}", False),
        (f"https://ehr.example.org/{'a' * 200}/{{id}}", False),
    ],
)
def test_what_an_admin_may_set(template: str, fine: bool) -> None:
    assert (wrong_template(template) is None) is fine


@pytest.mark.parametrize(
    ("ehr_id", "address"),
    [
        ("12345", "https://ehr.example.org/chart/12345"),
        ("a b/c?d#e", "https://ehr.example.org/chart/a%20b%2Fc%3Fd%23e"),
        ("<!channel>|x", "https://ehr.example.org/chart/%3C%21channel%3E%7Cx"),
        ("Ä1", "https://ehr.example.org/chart/%C3%841"),
        ("", None),
    ],
)
def test_where_it_leads(ehr_id: str, address: str | None) -> None:
    assert ehr_link(CHART, ehr_id) == address
    assert ehr_link("", ehr_id) is None


@given(ehr_id=st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()))
def test_no_id_leads_to_another_host_or_page(ehr_id: str) -> None:
    address = ehr_link("https://ehr.example.org/chart/{id}?tab=1", ehr_id)
    parts = urlsplit(address or "")
    assert (parts.netloc, parts.query, parts.fragment) == ("ehr.example.org", "tab=1", "")
    assert parts.path.count("/") == 2
    assert not set(address or "") & set("<>| ")
