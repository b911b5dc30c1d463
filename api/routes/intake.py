"""Other systems hand in requests: as reports, or as what they send anyway."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api.answers import UNKEPT, Answer
from api.auth.allow import Allow
from api.auth.permissions import Permission
from api.bodies import Text
from api.command_route import DocumentedRoute, Known
from api.intake import alertmanager, chatbot
from api.intake.mapping import Unmapped
from api.intake.reports import REPORTS, AnyReport, Name, Report
from api.problems import Problem
from api.reading import services_of
from api.routing import check_request, strict_router
from api.shapes.headers import OF_REPORT
from api.shapes.intake import HandedIn
from api.shapes.naming import answers
from commands.ports import AsyncPorts
from domain.access import Principal

router = strict_router("intake")

HandsIn = Annotated[Principal, Depends(Allow(Permission.HAND_IN))]


async def hand_in(request: Request, principal: HandsIn, body: AnyReport) -> Answer:
    """Open a ticket, write into it or resolve it. The same report sent again is taken in once."""
    return await _taken(request, principal, body)


async def _receive(request: Request) -> Response:
    """`hand_in`, as quick as a command."""
    has_body = check_request(request, {}, reads_body=True)
    principal = await _allowed(request)
    if not has_body:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": _MISSING}])
    try:
        report = REPORTS.validate_python(await request.json())
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        ) from None
    return await hand_in(request, principal, report)


_allowed = Allow(Permission.HAND_IN)
_MISSING = "Field required"

HAND_IN = Known(path="/intake", receive=_receive)
"""For the table of commands: it is asked for as often as they are."""

hand_in.receive = _receive  # type: ignore[attr-defined]
router.add_api_route(
    HAND_IN.path,
    hand_in,
    methods=["POST"],
    summary="Hand in a report",
    responses=answers(HandedIn, headers=OF_REPORT),
    route_class_override=DocumentedRoute,
)


@router.post(
    "/intake/alertmanager",
    summary="Hand in a notification of a Prometheus Alertmanager",
    responses=answers(HandedIn, headers=OF_REPORT),
)
async def hand_in_alerts(
    request: Request,
    principal: HandsIn,
    body: alertmanager.AlertGroup,
    source: Annotated[Name, Query(description="Name of this Alertmanager.")] = "alertmanager",
    queue: Annotated[
        Annotated[Text, StringConstraints(max_length=200)] | None,
        Query(description="Queue id of the tickets."),
    ] = None,
) -> Answer:
    """What a `webhook_config` sends: a group of alerts is one ticket, resolved when it is over."""
    # Of an alert that still fires, what it measures changes: that is no other report.
    report = alertmanager.report_of(body, source, queue)
    return await _taken(request, principal, report, by_name=True)


@router.post(
    "/intake/chatbot",
    summary="Hand a talk over to people",
    responses=answers(HandedIn, headers=OF_REPORT),
)
async def hand_over(request: Request, principal: HandsIn, body: chatbot.HandOver) -> Answer:
    """The talk becomes a ticket with all that was said in it."""
    return await _taken(request, principal, chatbot.report_of(body))


@router.post(
    "/intake/hooks/{hook}",
    summary="Hand in a webhook of any system",
    responses=answers(HandedIn, headers=OF_REPORT),
)
async def hand_in_webhook(
    request: Request, principal: HandsIn, hook: str, body: dict[str, Any]
) -> Answer:
    """Any JSON object, made into a report by the mapping of that name."""
    found = services_of(request).hooks.get(hook)
    if found is None:
        raise Problem("not-found", f"There is no mapping {hook!r} for webhooks.")
    return await _taken(request, principal, _mapped(found, body))


def _mapped(hook: Callable[[Mapping[str, Any]], Report], body: Mapping[str, Any]) -> Report:
    try:
        return hook(body)
    except Unmapped as error:
        fault = {"type": "value_error", "loc": ("body", error.field), "msg": str(error)}
        raise RequestValidationError([fault]) from None
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"][1:])} for fault in faults]
        ) from None


async def _taken(
    request: Request, principal: Principal, report: Report, *, by_name: bool = False
) -> Answer:
    services = services_of(request)
    ports: AsyncPorts = request.state.ports
    handed = await services.intake.take_async(principal, report, ports, by_name=by_name)
    told = HandedIn(
        taken=handed.taken, ticket=handed.ticket, number=handed.number, repeated=handed.repeated
    )
    headers = dict(UNKEPT)
    if handed.position is not None:
        headers["X-Chronodesk-Position"] = services.signer.seal_position(
            principal.workspace, handed.position
        )
    if handed.repeated:
        headers["Idempotent-Replayed"] = "true"
    return Answer(told, 200, headers)
