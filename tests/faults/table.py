"""The faults, each with the way it is made and what is done while it is there; what is seen of it is in
`expected.yaml`, under the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cocm_bot.playground import cast
from tests.faults.between import (
    Said,
    building,
    conflicting,
    cutting,
    denying,
    elsewhere,
    late,
    once,
    refusing,
)
from tests.faults.producing import (
    OTHER_KEY,
    Produced,
    a_patient,
    both,
    clock_ahead,
    damaged_patient,
    damaged_registry,
    everybody_gone,
    expiry_off,
    foreign_item,
    foreign_job,
    index_missing,
    index_of_other_keys,
    leave,
    nothing,
    of_another_system,
    other_keys,
    protection_off,
    psychiatrist_gone,
    recovery_off,
    role_over,
    role_without_denial,
    rotated_out,
    scope_missing,
    settings,
    slack_answers,
    slack_path,
    table_answers,
    table_late,
    table_of_its_own,
    token,
    untrusted,
)
from tests.faults.rig import Act, alerted, logging_in_one_line, ticked, typed
from tests.faults.role import AGENT, FIXED
from tests.store.engines import ENDPOINT

TYPED = typed()


@dataclass(frozen=True)
class Fault:
    """One fault; with one that is there `at_start`, no process of the bot's comes to run."""

    produced: Produced
    act: Act = TYPED
    at_start: bool = False


FAULTS: Mapping[str, Fault] = {
    "nothing is wrong": Fault(nothing),
    "the role may not GetItem": Fault(table_answers(denying("GetItem"))),
    "the role may not BatchGetItem": Fault(table_answers(denying("BatchGetItem"))),
    "the role may not Query": Fault(table_answers(denying("Query"))),
    "the role may not PutItem": Fault(
        both(table_of_its_own(a_patient), table_answers(denying("PutItem"))), logging_in_one_line
    ),
    "the role may not UpdateItem": Fault(
        both(table_of_its_own(a_patient), table_answers(denying("UpdateItem"))), logging_in_one_line
    ),
    "the role may not DeleteItem": Fault(
        both(table_of_its_own(a_patient), table_answers(denying("DeleteItem"))), logging_in_one_line
    ),
    "the role may not ConditionCheckItem": Fault(
        both(table_of_its_own(a_patient), table_answers(denying("ConditionCheckItem"))), logging_in_one_line
    ),
    "the role may rewrite history": Fault(role_without_denial),
    "the table is missing": Fault(settings(COCM_TABLE="cocm-nowhere"), at_start=True),
    "the region is another": Fault(
        both(settings(AWS_DEFAULT_REGION="eu-west-1", AWS_REGION="eu-west-1"), table_answers(elsewhere)),
        at_start=True,
    ),
    "the region is missing": Fault(settings(AWS_DEFAULT_REGION="", AWS_REGION=""), at_start=True),
    "there are no credentials": Fault(
        settings(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_DISABLED="true"),
        at_start=True,
    ),
    "the index is missing": Fault(table_of_its_own(index_missing), at_start=True),
    "the index has other keys": Fault(table_of_its_own(index_of_other_keys), at_start=True),
    "the index is still being filled": Fault(table_answers(building)),
    "the table is throttled": Fault(table_answers(refusing("ThrottlingException"))),
    "the table is throttled for a moment": Fault(
        table_answers(once(refusing("ProvisionedThroughputExceededException")))
    ),
    "every write meets another one": Fault(
        both(table_of_its_own(a_patient), table_answers(conflicting)), logging_in_one_line
    ),
    "the table answers 500": Fault(table_answers(refusing("InternalServerError", status=500))),
    "the table answers 500 once": Fault(table_answers(once(refusing("InternalServerError", status=500)))),
    "the credentials have expired": Fault(table_answers(refusing("ExpiredTokenException"))),
    "the credentials are nobody's": Fault(table_answers(refusing("UnrecognizedClientException"))),
    "the secret key is another": Fault(table_answers(refusing("InvalidSignatureException"))),
    "the role's credentials are over, and its new ones too": Fault(role_over()),
    "nobody hands out the role's credentials": Fault(
        settings(**dict.fromkeys(FIXED, ""), **{AGENT: "http://127.0.0.1:9/"}), at_start=True
    ),
    "the table is slow": Fault(table_late(0.3, 0.1)),
    "the table's name does not resolve": Fault(settings(**{ENDPOINT: "http://table.invalid"})),
    "the table's certificate is not trusted": Fault(untrusted(ENDPOINT)),
    "nobody listens at the table's address": Fault(settings(**{ENDPOINT: "http://127.0.0.1:9"})),
    "the table's answers break off": Fault(table_answers(cutting)),
    "Slack's name does not resolve": Fault(settings(SLACK_API_URL="https://slack.invalid/api/")),
    "Slack's certificate is not trusted": Fault(untrusted("SLACK_API_URL")),
    "nobody listens at Slack's address": Fault(settings(SLACK_API_URL="http://127.0.0.1:9/api/")),
    "Slack's answers break off": Fault(slack_path(cutting)),
    "a page in HTML answers for Slack": Fault(slack_path(lambda _: Said(200, b"<html>Sign in</html>"))),
    "Slack does not answer in time": Fault(slack_path(late(1.5))),
    "Slack answers 500": Fault(slack_path(lambda _: Said(500, b'{"ok": false, "error": "internal_error"}'))),
    "Slack limits one method": Fault(slack_answers("users.info", retry_after=30)),
    "Slack limits auth.test": Fault(slack_answers("auth.test", retry_after=30)),
    "token_revoked": Fault(token("token_revoked")),
    "account_inactive": Fault(token("account_inactive")),
    "invalid_auth": Fault(token("invalid_auth")),
    "token_expired": Fault(token("token_expired")),
    "ekm_access_denied": Fault(token("ekm_access_denied")),
    "missing_scope, of one nobody is known without": Fault(scope_missing("users:read", "users.info")),
    "missing_scope, of another": Fault(scope_missing("files:write", "files.getUploadURLExternal")),
    "invalid_blocks": Fault(slack_answers("views.update", error="invalid_blocks"), typed("/cocm add")),
    "expired_trigger_id": Fault(slack_answers("views.open", error="expired_trigger_id"), typed("/cocm add")),
    "the bot can't see the channel it is asked in": Fault(
        slack_answers("conversations.info", error="channel_not_found")
    ),
    "Slack does not know who asks": Fault(slack_answers("users.info", error="user_not_found")),
    "the psychiatrist's account is gone, of an alert": Fault(table_of_its_own(psychiatrist_gone), alerted),
    "everybody is gone, and the team channel archived": Fault(
        table_of_its_own(everybody_gone(cast.ARCHIVED)), alerted
    ),
    "everybody is gone, and the bot not in the team channel": Fault(
        table_of_its_own(everybody_gone(cast.LOBBY)), alerted
    ),
    "everybody is gone, and the team channel not to be seen": Fault(
        table_of_its_own(everybody_gone(cast.PRIVATE)), alerted
    ),
    "Slack refuses the token for the messages of an alert": Fault(
        both(table_of_its_own(leave), slack_answers("chat.postMessage", error="invalid_auth")), alerted
    ),
    "ten minutes ahead": Fault(clock_ahead(minutes=10), ticked),
    "ten minutes behind": Fault(clock_ahead(minutes=-10), ticked),
    "two minutes ahead": Fault(clock_ahead(minutes=2), ticked),
    "the audit key is missing": Fault(settings(COCM_AUDIT_KEY=""), at_start=True),
    "the audit key repeats itself": Fault(settings(COCM_AUDIT_KEY="a" * 40), at_start=True),
    "the audit key is short": Fault(settings(COCM_AUDIT_KEY="short"), at_start=True),
    "the audit key is another": Fault(settings(COCM_AUDIT_KEY=OTHER_KEY)),
    "the audit key was taken out of the ring": Fault(table_of_its_own(rotated_out)),
    "the signing secret is another": Fault(settings(SLACK_SIGNING_SECRET="0f742231b10e8888abcd99yyyzzz85a5")),
    "items do not expire": Fault(table_of_its_own(expiry_off)),
    "there are no backups": Fault(table_of_its_own(recovery_off)),
    "anybody may delete it": Fault(table_of_its_own(protection_off)),
    "it has other keys": Fault(table_of_its_own(other_keys), at_start=True),
    "it is another system's": Fault(table_of_its_own(of_another_system), at_start=True),
    "another program's item in the caseload": Fault(table_of_its_own(foreign_item)),
    "another program's item in the queue": Fault(table_of_its_own(foreign_job), ticked),
    "a damaged patient": Fault(table_of_its_own(damaged_patient)),
    "a damaged registry": Fault(table_of_its_own(damaged_registry)),
}
