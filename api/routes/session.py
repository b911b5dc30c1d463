"""Signing in and out, who one is, and where one is signed in."""

import math
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field, StringConstraints
from starlette.requests import Request

from api.answers import UNKEPT, Answer
from api.auth.allow import Allow, address, charge
from api.auth.cookie import clear_session, session_in, set_session
from api.auth.csrf import refuse_other_sites
from api.auth.device import device_of
from api.auth.lockout import Attempt, LockedOut
from api.auth.permissions import ALLOWED, Permission
from api.bodies import Body, Text
from api.problems import Problem
from api.reading import services_of
from api.routing import strict_router
from api.services import Services
from api.shapes.headers import WHERE_READING_BEGINS
from api.shapes.naming import answers
from api.shapes.session import Ended, Me, Sessions, SignedIn, SignedOut
from domain.access import Principal
from domain.ids import WorkspaceId

router = strict_router("session")

Oneself = Annotated[Principal, Depends(Allow(Permission.SEE_ONESELF))]


class SignIn(Body):
    """Credentials of an account."""

    email: Annotated[Text, StringConstraints(min_length=3, max_length=254)] = Field(
        examples=["agent@example.com"]
    )
    password: Annotated[Text, StringConstraints(min_length=1, max_length=1_000)] = Field(
        examples=["the password"]
    )
    workspace: Annotated[Text, StringConstraints(min_length=1, max_length=63)] | None = Field(
        default=None, description="The desk's usual one unless given.", examples=["default"]
    )
    cookie: bool = Field(
        default=False,
        description="For browsers: keep the session in a cookie that scripts cannot read.",
        examples=[True],
    )


@router.post(
    "/session",
    status_code=201,
    summary="Sign in with e-mail and password",
    responses=answers(SignedIn, status=201),
)
def sign_in(request: Request, body: SignIn) -> Answer:
    """Gives a bearer token, shown this once; or, with `cookie`, sets a cookie and gives `csrf`.

    Requests by cookie that change something carry `csrf` in the header `X-CSRF-Token`. A session
    that the browser had before ends.
    """
    services = services_of(request)
    refuse_other_sites(request, services.settings.public_url)
    charge(services.limits.logins, address(request))
    if not services.settings.password_sign_in:
        raise Problem("password-off", "Nobody signs in with a password here.")
    workspace = WorkspaceId(body.workspace or services.settings.workspace)
    attempt = _begin(services, workspace, body.email, address(request))
    device = device_of(request.headers.get("user-agent"))
    signed_in = services.sessions.sign_in(workspace, body.email, body.password, device)
    if signed_in is None:
        services.lockout.failed(attempt)
        raise Problem("wrong-password", "The e-mail address or the password is wrong.")
    services.lockout.succeeded(attempt)
    account, issued = signed_in
    answer = Answer(
        {
            "token": None if body.cookie else issued.text,
            "csrf": services.csrf.token(issued.id) if body.cookie else None,
            "expires_at": issued.expires_at,
            "person": account.person,
            "role": account.role,
            "name": account.name,
            "workspace": account.workspace,
        },
        201,
        UNKEPT,
    )
    if body.cookie:
        services.sessions.end_shown(session_in(request, services.settings))
        life = services.settings.session_hours * 3_600
        set_session(request, answer, services.settings, issued.text, life)
    return answer


@router.delete(
    "/session", summary="Sign out: this session or token ends", responses=answers(SignedOut)
)
def sign_out(request: Request, oneself: Oneself) -> Answer:
    """What this request showed works no longer; a browser is told to drop its cookie."""
    services = services_of(request)
    services.sessions.revoke(oneself.workspace, oneself.token)
    answer = Answer({"signed_out": True}, 200, UNKEPT)
    if request.state.by_cookie:
        clear_session(request, answer, services.settings)
    return answer


@router.get(
    "/me",
    summary="Who am I, and what may I do?",
    responses=answers(Me, headers=WHERE_READING_BEGINS),
)
def get_me(request: Request, oneself: Oneself) -> Answer:
    """The person behind the session or token, with permissions.

    `email` is the address signed in by; `csrf` is there for a session by cookie. With the answer
    comes the `X-Chronodesk-Position` from which `/live` tells all that is read later on.
    """
    services = services_of(request)
    shown = services.access.token(oneself.token)
    position = services.live.position(oneself.workspace)
    return Answer(
        {
            "person": oneself.person,
            "role": oneself.role,
            "name": oneself.name,
            "email": shown.email if shown else None,
            "workspace": oneself.workspace,
            "token": oneself.token,
            "csrf": services.csrf.token(oneself.token) if request.state.by_cookie else None,
            "permissions": [p for p, roles in ALLOWED.items() if oneself.role in roles],
        },
        200,
        {**UNKEPT, "X-Chronodesk-Position": position},
    )


@router.get(
    "/sessions",
    summary="Where I am signed in, and what works in my name",
    responses=answers(Sessions),
)
def list_sessions(request: Request, oneself: Oneself) -> Answer:
    """Own sessions (`kind` is `session`) and tokens that programs use in one's name (`machine`).

    `label` is what somebody signed in with, or what a token is for; `current` marks what this
    request showed; `last_used_at` is exact to the minute.
    """
    items = [
        {
            "id": own.id,
            "kind": own.kind,
            "label": own.label,
            "created_at": own.created_at,
            "last_used_at": own.last_used_at,
            "expires_at": own.expires_at,
            "current": own.id == oneself.token,
        }
        for own in services_of(request).sessions.own(oneself)
    ]
    return Answer({"items": items}, 200, UNKEPT)


@router.delete("/sessions", summary="Sign out everywhere", responses=answers(Ended))
def end_sessions(
    request: Request,
    oneself: Oneself,
    *,
    others: Annotated[bool, Query(description="Stay signed in here.")] = False,
) -> Answer:
    """All own sessions end, here at once and in other processes within seconds.

    Tokens of programs stay; end them one by one.
    """
    services = services_of(request)
    ended = services.sessions.end_all(oneself, others=others)
    answer = Answer({"ended": ended}, 200, UNKEPT)
    if request.state.by_cookie and not others:
        clear_session(request, answer, services.settings)
    return answer


@router.delete(
    "/sessions/{session}", summary="End one of my sessions or tokens", responses=answers(Ended)
)
def end_session(request: Request, oneself: Oneself, session: str) -> Answer:
    """It ends here at once, in other processes within seconds."""
    services = services_of(request)
    if not services.sessions.end_own(oneself, session):
        raise Problem("not-found", "You have no such session, or it ended before.")
    answer = Answer({"ended": 1}, 200, UNKEPT)
    if request.state.by_cookie and session == oneself.token:
        clear_session(request, answer, services.settings)
    return answer


def _begin(services: Services, workspace: WorkspaceId, email: str, place: str) -> Attempt:
    """Count an attempt. Raises Problem (locked-out) where there were too many without success."""
    try:
        return services.lockout.begin(workspace, email, place)
    except LockedOut as locked:
        seconds = math.ceil(locked.wait.total_seconds())
        raise Problem(
            "locked-out",
            "There were too many wrong passwords for this account or from this address. "
            f"Try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        ) from None
