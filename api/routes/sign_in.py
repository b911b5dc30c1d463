"""Ways to sign in, and the way through a provider and back."""

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.answers import UNKEPT, Answer, problem_response
from api.auth.allow import address, charge
from api.auth.cookie import drop, give, sent_in, session_in, set_session
from api.auth.device import device_of
from api.auth.errands import LASTS, note_name
from api.problems import Problem
from api.reading import services_of
from api.routing import strict_router
from api.services import Services
from api.shapes.naming import Responses, answers
from api.shapes.session import WaysToSignIn
from domain.identity import NotIdentified

router = strict_router("session")

_PATH = "/api/v1/sign-in"
_OWN_PAGE = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]*")

_TO_SIGN_IN = "/sign-in"
"""The page of the web app that people are brought back to when it fails."""

_REDIRECTS: Responses = {302: {"description": "To where it goes on."}}


@router.get("/sign-in", summary="Ways to sign in", responses=answers(WaysToSignIn))
def ways_to_sign_in(request: Request) -> Answer:
    """With a password or not, and through which providers: a browser goes to `start`."""
    services = services_of(request)
    charge(services.limits.addresses, address(request))
    listed = [
        {"id": ident, "name": name, "start": f"{_PATH}/{ident}"}
        for ident, name in services.providers.names()
    ]
    settings = services.settings
    shown = {
        "workspace": settings.workspace,
        "password": settings.password_sign_in,
        "providers": listed,
    }
    return Answer(shown, 200, UNKEPT)


@router.get(
    "/sign-in/{provider}",
    status_code=302,
    response_class=RedirectResponse,
    summary="Sign in through a provider",
    responses=_REDIRECTS,
)
def begin_sign_in(
    request: Request,
    provider: str,
    return_to: Annotated[
        str, Query(max_length=500, description="Page of this desk to come back to.")
    ] = "/",
) -> Response:
    """For browsers: sends them to the provider, which sends them back to the callback.

    A failure brings a browser to `/sign-in?problem=...` (with `to`, where it was to come back to);
    other callers get the problem.
    """
    services = services_of(request)
    charge(services.limits.addresses, address(request))
    if not _OWN_PAGE.fullmatch(return_to):
        fault = {
            "in": "query",
            "field": "return_to",
            "message": "is no page of this desk",
            "what_to_do": "Give a path, such as /tickets/42.",
        }
        raise Problem("invalid", "return_to: is no page of this desk.", errors=[fault])
    redirect_uri = f"{_origin(request, services)}{_PATH}/{provider}/callback"
    try:
        url, sent = services.providers.begin(provider, redirect_uri, return_to)
    except NotIdentified as failed:
        failed.return_to = return_to
        return _failed(request, failed)
    answer = RedirectResponse(url, 302, UNKEPT)
    give(
        request,
        answer,
        services.settings,
        name=sent.name,
        text=sent.note,
        seconds=LASTS.total_seconds(),
    )
    return answer


def finish_sign_in(request: Request, provider: str) -> Response:
    """Where a provider sends the browser back to, with `code` and `state`, or with `error`."""
    services = services_of(request)
    charge(services.limits.addresses, address(request))
    name = note_name(request.query_params.get("state", ""))
    device = device_of(request.headers.get("user-agent"))
    try:
        signed_in = services.providers.finish(
            provider, request.query_params, sent_in(request, services.settings, name), device
        )
    except NotIdentified as failed:
        answer = _failed(request, failed)
    else:
        services.sessions.end_shown(session_in(request, services.settings))
        answer = RedirectResponse(signed_in.return_to, 302, UNKEPT)
        life = services.settings.session_hours * 3_600
        set_session(request, answer, services.settings, signed_in.issued.text, life)
    drop(request, answer, services.settings, name)
    return answer


# Not strict: providers add parameters of their own to their answers.
router.add_api_route(
    "/sign-in/{provider}/callback",
    finish_sign_in,
    methods=["GET"],
    status_code=302,
    response_class=RedirectResponse,
    summary="Come back from a provider",
    responses=_REDIRECTS,
    route_class_override=APIRoute,
)


def _origin(request: Request, services: Services) -> str:
    """How browsers know this desk."""
    return services.settings.public_url or f"{request.url.scheme}://{request.url.netloc}"


def _failed(request: Request, failed: NotIdentified) -> Response:
    """A page for people, a problem for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return problem_response(request, Problem(failed.code, failed.detail, headers=UNKEPT))
    told = {"problem": failed.code}
    if failed.return_to is not None:
        told["to"] = failed.return_to
    return RedirectResponse(f"{_TO_SIGN_IN}?{urlencode(told)}", 302, UNKEPT)
