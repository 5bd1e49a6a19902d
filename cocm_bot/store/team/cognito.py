"""The Cognito user pool: whoever has an e-mail address there has one `sub`, which is their user id here.

A user who is not in the pool yet is created in it, without a message from Cognito. Creating comes before
anything is written to the table: when that fails, the user waits in the pool and is found at the next try.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from cocm_bot.domain.addresses import normal_email
from cocm_bot.domain.errors import Conflict, Unavailable
from cocm_bot.store.table.backoff import tries

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

LOOKS = 4
"""Times a user who was just created elsewhere is looked for: a pool lists new users a moment later."""


class SeveralAccounts(Conflict):
    """The pool has several users with one e-mail address: nobody can say which is meant."""

    def __init__(self) -> None:
        super().__init__(
            "Several accounts of your organisation have this e-mail address. "
            "Ask whoever looks after them to leave one, then try again."
        )


@dataclass(frozen=True)
class UserPool:
    """One user pool; `client` is used from all threads."""

    client: "CognitoIdentityProviderClient"
    pool_id: str

    def sub_of(self, email: str, first_name: str, last_name: str) -> str:
        """The `sub` of the user with this address, who is created if there is none.

        Raises SeveralAccounts or Unavailable.
        """
        normal = normal_email(email)
        # Old pools distinguish capitals.
        found = self._found(normal) or (self._found(email) if email != normal else None)
        return found or self._created(normal, first_name, last_name)

    def _created(self, email: str, first_name: str, last_name: str) -> str:
        attributes = {
            "email": email,
            "email_verified": "true",  # Slack has confirmed it
            "given_name": first_name,
            "family_name": last_name,
        }
        try:
            with _answering():
                answer = self.client.admin_create_user(
                    UserPoolId=self.pool_id,
                    Username=email,
                    UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
                    MessageAction="SUPPRESS",
                )
        except self.client.exceptions.UsernameExistsException:
            return self._created_elsewhere(email)
        return _attribute(answer["User"]["Attributes"], "sub")

    def _created_elsewhere(self, email: str) -> str:
        for _ in tries(LOOKS):
            if sub := self._found(email):
                return sub
        raise _unavailable("UsernameExistsException")

    def _found(self, email: str) -> str | None:
        quoted = email.replace("\\", "\\\\").replace('"', '\\"')
        with _answering():
            answer = self.client.list_users(UserPoolId=self.pool_id, Filter=f'email = "{quoted}"')
        # The pool compares in its own way: whoever it finds must have the address by ours.
        users = [each["Attributes"] for each in answer["Users"]]
        subs = {_attribute(each, "sub") for each in users if _has(each, email)}
        if len(subs) > 1:
            raise SeveralAccounts
        return subs.pop() if subs else None


def _has(attributes: Sequence[Any], email: str) -> bool:
    return normal_email(_attribute(attributes, "email")) == normal_email(email)


def _attribute(attributes: Sequence[Any], name: str) -> str:
    return next(str(each["Value"]) for each in attributes if each["Name"] == name)


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what botocore raises when the pool does not answer, or refuses the bot, into Unavailable."""
    try:
        yield
    except BotoCoreError as error:
        raise _unavailable(type(error).__name__) from error
    except ClientError as error:
        if error.response["Error"]["Code"] == "UsernameExistsException":
            raise
        raise _unavailable(error.response["Error"]["Code"]) from error


def _unavailable(reason: str) -> Unavailable:
    return Unavailable(
        "I can't reach the directory of your organisation's accounts right now. "
        "Please try again in a moment.",
        reason,
    )
