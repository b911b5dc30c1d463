"""Whatever goes wrong becomes a problem document."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.answers import problem_response
from api.command_paths import REQUESTER_MAY
from api.problems import PROBLEMS, Problem
from api.resources import events_for
from api.text import place
from commands.blob_ports import BlobsUnavailable, NoRoom
from commands.ports import StoreUnavailable, VersionConflict
from domain.access import Principal
from domain.errors import Refused
from projections.ports import InvalidQuery, Unavailable, ViewMissing

RETRY_AFTER = "2"
"""Seconds: a PostgreSQL that restarts is back after about as long."""

MOST_EVENTS = 50
"""Events in the answer to a conflict; the rest are at the ticket's events."""

log = structlog.get_logger("api")

_BY_STATUS = {
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "not-json",
}


def handle_errors(app: FastAPI) -> None:
    """Install the handlers; none of them runs for a request that went well."""

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return problem_response(request, error if isinstance(error, Problem) else _known(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return problem_response(request, from_faults(error))

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return problem_response(request, from_refusal(error, request.state.principal))

    @app.exception_handler(VersionConflict)
    async def contention(request: Request, _error: VersionConflict) -> Response:
        detail = "Others were quicker many times in a row; nothing was written."
        return problem_response(request, Problem("too-much-contention", detail))

    @app.exception_handler(InvalidQuery)
    async def query(request: Request, error: InvalidQuery) -> Response:
        return problem_response(request, _query_refused(error))

    @app.exception_handler(NoRoom)
    async def no_room(request: Request, error: NoRoom) -> Response:
        log.error("no room for files", error=str(error))
        detail = "There is no room for files. Nothing was kept."
        return problem_response(request, Problem("no-room", detail))

    @app.exception_handler(BlobsUnavailable)
    async def files_unavailable(request: Request, error: BlobsUnavailable) -> Response:
        log.error("the files are away", error=str(error))
        detail = "The place where files are kept cannot be reached at the moment."
        headers = {"Retry-After": RETRY_AFTER}
        return problem_response(request, Problem("files-unavailable", detail, headers=headers))

    @app.exception_handler(ViewMissing)
    async def view_missing(request: Request, error: ViewMissing) -> Response:
        log.warning("a view is not there yet", error=str(error))
        detail = "This view is being built anew, as after an update. Nothing is lost."
        headers = {"Retry-After": RETRY_AFTER}
        return problem_response(request, Problem("view-being-built", detail, headers=headers))

    @app.exception_handler(StoreUnavailable)
    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, error: Exception) -> Response:
        log.warning("the database is away", error=str(error))
        detail = "The database cannot be reached at the moment. Nothing is lost."
        headers = {"Retry-After": RETRY_AFTER}
        return problem_response(request, Problem("unavailable", detail, headers=headers))


def _query_refused(error: InvalidQuery) -> Problem:
    fault = {"in": "query", "field": "", "message": str(error), "what_to_do": "Change the filter."}
    return Problem("invalid", f"The list cannot be asked for like that: {error}", errors=[fault])


def from_refusal(error: Refused, principal: Principal) -> Problem:
    """A rule said no: the same code, the same words, and what would be allowed to this person."""
    details: dict[str, Any] = dict(error.details)
    if "events" in details:
        events = details["events"]
        details["events"] = events_for(principal, events[:MOST_EVENTS])
    if principal.is_requester and "allowed" in details and error.code == "not-allowed":
        details["allowed"] = [name for name in details["allowed"] if name in REQUESTER_MAY]
    code = error.code if error.code in PROBLEMS else "refused"
    if "field" in details:
        first = {"field": str(details.pop("field")), "message": error.message}
        details["errors"] = [
            {"in": "body", **one, "what_to_do": "Correct it and send the request again."}
            for one in details.pop("problems", [first])
        ]
    taken = {"type", "title", "status", "detail", "instance", "request_id", "what_to_do", "code"}
    renamed = {f"ticket_{k}" if k in taken else k: v for k, v in details.items()}
    headers = None
    if "version" in details:
        headers = {"ETag": f'"{details["version"]}"'}
    return Problem(code, error.message, headers=headers, **renamed)


def _known(error: HTTPException) -> Problem:
    """What Starlette and FastAPI raise themselves."""
    headers = dict(error.headers or {})
    code = _BY_STATUS.get(error.status_code, "bad-request")
    if code == "method-not-allowed":
        methods = [m.strip() for m in headers.get("Allow", "").split(",") if m.strip()]
        return Problem(code, f"Use {' or '.join(methods)}.", headers=headers, allowed=methods)
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != phrase else PROBLEMS[code].title + "."
    return Problem(code, detail, headers=headers)


def from_faults(error: RequestValidationError) -> Problem:
    """What does not fit the schema, mistake by mistake."""
    found = [_field_error(fault) for fault in error.errors()[:100]]
    first = found[0]
    more = f" And {len(found) - 1} more." if len(found) > 1 else ""
    detail = f"{first['field'] or first['in']}: {first['message']}.{more}"
    return Problem("invalid", detail, errors=found)


def _field_error(fault: Any) -> dict[str, str]:
    """One mistake: where it is, what is wrong, what to do. Never echoes what was sent."""
    where, *path = fault["loc"]
    message = fault["msg"].removeprefix("Value error, ").removesuffix(".")
    remedy = {
        "missing": "Add it.",
        "extra_forbidden": "Remove it; the reference lists the fields that are known.",
        "enum": "Choose one of the values in the message.",
        "string_too_long": "Shorten it.",
        "json_invalid": "Send good JSON.",
    }.get(fault["type"], "Correct it and send the request again.")
    return {
        "in": str(where),
        "field": place(path)[:200],
        "message": message[0].lower() + message[1:],
        "what_to_do": remedy,
    }
