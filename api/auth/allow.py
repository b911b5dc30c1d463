"""The lock on every route: a token or a session, and a role that the route's permission names."""

import math

from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.auth.cookie import session_in
from api.auth.permissions import ALLOWED, Permission
from api.edge.limits import Buckets
from api.problems import Problem
from api.services import Services
from domain.access import Principal


class Allow(SecurityBase):
    """A dependency that gives the Principal, or answers 401, 403 or 429.

    A bearer token in the header counts before the cookie of a session. A request by cookie has to
    show that it comes from a page of this desk, unless it changes nothing.

    It is asynchronous so that a token known from memory costs no thread.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        self.model = HTTPBearer(
            description="A token from POST /api/v1/session or from `chronodesk user token`."
        )
        self.scheme_name = "token"

    async def __call__(self, request: Request) -> Principal:
        services: Services = request.app.state.services
        principal = await _principal(request, services)
        charge(services.limits.tokens, principal.token)
        request.state.principal = principal
        if request.state.by_cookie:
            services.csrf.check(request, principal.token)
        if principal.role not in ALLOWED[self.permission]:
            raise Problem(
                "forbidden",
                f"The role {principal.role} may not {self.permission}.",
                allowed=sorted(ALLOWED[self.permission]),
            )
        return principal


def charge(buckets: Buckets, caller: str, cost: int = 1) -> None:
    """Take so many requests from the caller's bucket. Raises Problem (429) when it has not."""
    wait = buckets.take(caller, cost)
    if wait:
        seconds = math.ceil(wait)
        raise Problem(
            "too-many-requests",
            f"Wait {seconds} s before the next request.",
            headers={"Retry-After": str(seconds)},
        )


def address(request: Request) -> str:
    """Where the request comes from, as far as the server knows."""
    return request.client.host if request.client else "unknown"


async def _principal(request: Request, services: Services) -> Principal:
    bearer = _bearer(request)
    secret = bearer or session_in(request, services.settings)
    if secret:
        known = services.gate.remembered(secret)
        if known is None:
            known = await run_in_threadpool(services.gate.principal, secret)
        if known is not None:
            request.state.by_cookie = bearer is None
            return known
    charge(services.limits.addresses, address(request))
    detail = "This needs somebody who is signed in, or a bearer token."
    if bearer:
        detail = "The token is unknown, revoked or over."
    elif secret:
        detail = "Your session is over."
    raise Problem("not-signed-in", detail, headers={"WWW-Authenticate": "Bearer"})


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None
