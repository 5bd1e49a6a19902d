"""The user pool, on moto's; moto's answers are real, the faults are put before the request is sent."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from moto import mock_aws

from cocm_bot.domain.errors import Unavailable
from cocm_bot.store.table.client import connect_user_pools
from cocm_bot.store.team.cognito import SeveralAccounts, UserPool
from tests.store import engines, faults

pytestmark = pytest.mark.slow

LIST, CREATE = "ListUsers", "AdminCreateUser"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[UserPool]:
    """An empty pool, as one should be set up: people sign in by e-mail address."""
    for name, value in engines.LOCAL.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = connect_user_pools(max_connections=4)
        made = client.create_user_pool(PoolName="clinic", UsernameAttributes=["email"])
        yield UserPool(client, made["UserPool"]["Id"])


def met(
    pool: UserPool, operation: str, fault: faults.Fault = faults.none
) -> AbstractContextManager[list[dict[str, Any]]]:
    """Every request of the operation meets the fault; gives what was asked."""
    return faults.on(pool.client, operation, fault, "cognito-identity-provider")


def users(pool: UserPool) -> list[dict[str, str]]:
    found = pool.client.list_users(UserPoolId=pool.pool_id)["Users"]
    return [{each["Name"]: each["Value"] for each in user["Attributes"]} for user in found]


def add(pool: UserPool, username: str, email: str) -> str:
    """Somebody who is in the pool by another way."""
    made = pool.client.admin_create_user(
        UserPoolId=pool.pool_id, Username=username, UserAttributes=[{"Name": "email", "Value": email}]
    )
    return next(each["Value"] for each in made["User"]["Attributes"] if each["Name"] == "sub")


def test_a_user_of_the_pool_is_found(pool: UserPool) -> None:
    sub = add(pool, "ada@example.org", "ada@example.org")
    assert pool.sub_of("Ada@Example.org", "Ada", "Example") == sub
    assert len(users(pool)) == 1


def test_who_is_not_in_the_pool_is_created_once_without_a_message(pool: UserPool) -> None:
    with met(pool, CREATE) as asked:
        sub = pool.sub_of("New.One@Example.org", "New", "One")
        assert pool.sub_of("new.one@example.org", "New", "One") == sub
    [user] = users(pool)
    assert (user["sub"], user["email"], user["email_verified"]) == (sub, "new.one@example.org", "true")
    assert (user["given_name"], user["family_name"]) == ("New", "One")
    [request] = asked
    assert request["MessageAction"] == "SUPPRESS"


def test_several_users_with_one_address_are_nobody(pool: UserPool) -> None:
    made = pool.client.create_user_pool(PoolName="by user name")
    named = UserPool(pool.client, made["UserPool"]["Id"])
    add(named, "ada", "ada@example.org")
    add(named, "lovelace", "ada@example.org")
    with pytest.raises(SeveralAccounts):
        named.sub_of("ada@example.org", "Ada", "Example")
    assert len(users(named)) == 2


@pytest.mark.parametrize(
    ("address", "filtered"),
    [
        ('x" or email ^= "', 'email = "x\\" or email ^= \\""'),
        ('"a b"@example.org', 'email = "\\"a b\\"@example.org"'),
        ("back\\slash@example.org", 'email = "back\\\\slash@example.org"'),
    ],
)
def test_an_address_stays_one_word_of_the_filter(pool: UserPool, address: str, filtered: str) -> None:
    with (
        met(pool, LIST, faults.answer({"Users": []})) as asked,
        met(pool, CREATE, TROUBLE),
        pytest.raises(Unavailable),
    ):
        pool.sub_of(address, "Mal", "Formed")
    assert {each["Filter"] for each in asked} == {filtered}


TROUBLE = faults.refuse("InternalErrorException", 500)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("operation", [LIST, CREATE])
@pytest.mark.parametrize(
    "fault",
    [
        faults.time_out,
        TROUBLE,
        faults.refuse("TooManyRequestsException"),
        faults.refuse("NotAuthorizedException"),
        faults.refuse("ResourceNotFoundException"),
    ],
    ids=["silence", "trouble", "too many", "no right", "no pool"],
)
def test_a_pool_that_does_not_answer_makes_nobody(
    pool: UserPool, operation: str, fault: faults.Fault
) -> None:
    with met(pool, operation, fault), pytest.raises(Unavailable, match="Please try again in a moment"):
        pool.sub_of("ada@example.org", "Ada", "Example")
    # moto creates the user all the same, as a pool whose answer is lost does.
    sub = pool.sub_of("ada@example.org", "Ada", "Example")
    assert [user["sub"] for user in users(pool)] == [sub]


@pytest.mark.usefixtures("no_pauses")
def test_throttling_is_waited_out(pool: UserPool) -> None:
    with met(pool, LIST, faults.times(2, faults.refuse("TooManyRequestsException"))) as asked:
        assert pool.sub_of("ada@example.org", "Ada", "Example")
    assert len(asked) == 3


@pytest.mark.usefixtures("no_pauses")
def test_who_was_created_elsewhere_meanwhile_is_looked_for_until_the_pool_lists_them(pool: UserPool) -> None:
    sub = add(pool, "ada@example.org", "ada@example.org")
    with met(pool, LIST, faults.times(3, faults.answer({"Users": []}))) as asked:
        assert pool.sub_of("ada@example.org", "Ada", "Example") == sub
    assert len(asked) == 4
    with met(pool, LIST, faults.answer({"Users": []})), pytest.raises(Unavailable):
        pool.sub_of("ada@example.org", "Ada", "Example")
