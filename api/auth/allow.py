"""The lock on every route: a bearer token, and a role that the route's permission names."""

import math

from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.auth.permissions import ALLOWED, Permission
from api.edge.limits import Buckets
from api.problems import Problem
from api.services import Services
from domain.access import Principal


class Allow(SecurityBase):
    """A dependency that gives the Principal, or answers 401, 403 or 429.

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
        if principal.role not in ALLOWED[self.permission]:
            raise Problem(
                "forbidden",
                f"The role {principal.role} may not {self.permission}.",
                allowed=sorted(ALLOWED[self.permission]),
            )
        return principal


def charge(buckets: Buckets, caller: str) -> None:
    """Take one request from the caller's bucket. Raises Problem (429) when it is empty."""
    wait = buckets.take(caller)
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
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        known = services.gate.remembered(bearer)
        if known is None:
            known = await run_in_threadpool(services.gate.principal, bearer)
        if known is not None:
            return known
    charge(services.limits.addresses, address(request))
    raise Problem(
        "not-signed-in",
        "The token is unknown, revoked or over." if bearer else "This needs a bearer token.",
        headers={"WWW-Authenticate": "Bearer"},
    )
