"""Send the requests people wait for straight to DynamoDB, and leave what has to be tried again to botocore.

Half of the CPU that botocore spends on a request goes into endpoints, retries and parsing that most requests
do not need (`python -m tests.bench.requests`).
"""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.client import BaseClient
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    HTTPClientError,
)
from botocore.exceptions import ConnectionError as NotConnected
from botocore.parsers import create_parser
from pydantic_core import from_json

from cocm_bot.store.table.workspaces import inward, outward, refusal_outward

if TYPE_CHECKING:
    from botocore.signers import RequestSigner

DIRECT = frozenset(
    {"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "PutItem", "TransactWriteItems"}
)
"""Operations whose answers say nothing that JSON does not say as well, binary values aside."""
_MAY_WORK_LATER = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
"""Refusals of a request that may be taken when it is sent again; all others are the answer."""
TRIED = "tried.dynamodb"
"""The event after each first try, with its `answer` and `parsed`, or `caught_exception`."""
_BINARY = b'"B":', b'"BS":', b'"B" :', b'"BS" :'


def send_directly(base_classes: list[type], **_: object) -> None:
    """Make a client of DynamoDB that sends these requests directly; listens to `creating-client-class`."""
    base_classes.insert(0, _DirectClient)


def refuse_cut_off(response_dict: Mapping[str, Any], **_: object) -> None:
    """Raise ConnectionClosedError for an answer that broke off; listens to `before-parse`.

    botocore takes what is not whole for an answer with nothing in it: an item there is would not be there.
    """
    if response_dict["status_code"] == HTTPStatus.OK:
        _whole(response_dict["body"], "")


def _whole(body: bytes, url: str) -> Any:
    try:
        return from_json(body)
    except ValueError as error:
        raise ConnectionClosedError(endpoint_url=url) from error


def heard_at(client: object) -> float:
    """Return the table's own time (seconds UTC, whole) in its latest answer to a client; 0 before any.

    It is the same for all processes, whatever their clocks say.
    """
    date = getattr(client, "heard", None)
    return parsedate_to_datetime(date).timestamp() if date else 0.0


class _AnyClient(BaseClient):
    """botocore's base of all clients, with what its types leave out."""

    if TYPE_CHECKING:
        _endpoint: Any
        _request_signer: "RequestSigner"

        def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any: ...


class _DirectClient(_AnyClient):
    """A client whose first try skips what most requests do not need; all further ones are botocore's."""

    heard: str | None = None
    """The Date header of the latest answer to a first try."""
    workspace: str = ""
    """The workspace whose records it reaches, alone; empty for those of the only one."""

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        if self.workspace:
            api_params = inward(operation_name, api_params, self.workspace)
        try:
            answer = self._called(operation_name, api_params)
        except ClientError as error:
            if self.workspace:
                error.response = cast("Any", refusal_outward(error.response, self.workspace))
            raise
        scanned = operation_name == "Scan"
        return outward(operation_name, answer, self.workspace) if self.workspace or scanned else answer

    def _called(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        if operation_name not in DIRECT:
            self._signing()
            return super()._make_api_call(operation_name, api_params)
        api_params = {"ReturnConsumedCapacity": "TOTAL", **api_params}
        if operation_name == "TransactWriteItems":
            # Both tries are then one transaction to DynamoDB.
            api_params = {"ClientRequestToken": str(uuid4()), **api_params}
        found = self._first_try(operation_name, api_params)
        if found is None:
            return super()._make_api_call(operation_name, api_params)
        answer, parsed = found
        self.heard = answer.headers.get("Date") or self.heard
        self.meta.events.emit(
            f"after-call.dynamodb.{operation_name}", http_response=answer, parsed=parsed, context={}
        )
        if answer.status_code == HTTPStatus.OK:
            return parsed
        refused: Any = self.exceptions.from_code(parsed["Error"]["Code"])
        raise refused(parsed, operation_name)

    def _first_try(self, operation: str, parameters: dict[str, Any]) -> tuple[AWSResponse, Any] | None:
        """Return the answer as botocore parses it; None where the request has to be sent again."""
        try:
            body = json.dumps(parameters).encode()
        except TypeError:  # binary values, which JSON has no form for
            return None
        target = f"{self.meta.service_model.metadata['targetPrefix']}.{operation}"
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
        request = AWSRequest(
            method="POST", url=self.meta.endpoint_url.rstrip("/") + "/", headers=headers, data=body
        )
        self._signing().add_auth(request)
        prepared = request.prepare()
        try:
            events: Any = self.meta.events
            _, heard = events.emit_until_response(f"before-send.dynamodb.{operation}", request=prepared)
            answer: AWSResponse = heard or self._endpoint.http_session.send(prepared)
            parsed = self._read(operation, answer)
        except (HTTPClientError, NotConnected) as error:
            self.meta.events.emit(TRIED, operation=operation, caught_exception=error)
            return None
        self.meta.events.emit(TRIED, operation=operation, answer=answer, parsed=parsed)
        code = parsed.get("Error", {}).get("Code")
        if code in _MAY_WORK_LATER or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        return answer, parsed

    def _signing(self) -> SigV4Auth:
        """Return what signs with the credentials of now, new ones where they are due."""
        region, service = self.meta.region_name, self.meta.service_model.signing_name
        try:
            auth: SigV4Auth = self._request_signer.get_auth_instance(service, region, "v4")
        except RuntimeError as over:
            # botocore's own way to say that what it was just given has expired.
            raise CredentialRetrievalError(provider="role", error_msg="expired") from over
        return auth

    def _read(self, operation: str, answer: AWSResponse) -> Any:
        body = answer.content
        if answer.status_code == HTTPStatus.OK:
            whole = _whole(body, answer.url)
            if not any(mark in body for mark in _BINARY):
                return {**whole, "ResponseMetadata": {"HTTPStatusCode": answer.status_code}}
        given = {"body": body, "headers": answer.headers, "status_code": answer.status_code, "context": {}}
        parser: Any = create_parser("json")
        model = self.meta.service_model
        parsed = parser.parse(given, model.operation_model(operation).output_shape)
        if shape := model.shape_for_error_code(parsed.get("Error", {}).get("Code")):
            parsed |= parser.parse(given, shape)
        return parsed
