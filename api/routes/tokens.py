"""Tokens for programs: bearer tokens that an administrator makes, lists and revokes."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends
from pydantic import Field, StringConstraints
from starlette.requests import Request

from api.answers import UNKEPT, Answer
from api.auth.allow import Allow
from api.auth.permissions import Permission
from api.bodies import Body, Instant, Text
from api.problems import Problem
from api.reading import services_of
from api.routing import strict_router
from api.shapes.naming import answers
from api.shapes.session import MadeToken, RevokedToken, Tokens
from domain.access import Principal, Role

router = strict_router("tokens")

TokenManager = Annotated[Principal, Depends(Allow(Permission.MANAGE_TOKENS))]


class NewToken(Body):
    """A token for a person or a program."""

    person: Annotated[Text, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Requester id for the role requester, else agent id.", examples=["kim"]
    )
    role: Role = Field(examples=["agent"])
    name: Annotated[Text, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Name, as people read it.", examples=["Kim"]
    )
    label: Annotated[Text, StringConstraints(min_length=1, max_length=200)] = Field(
        description="What it is for.", examples=["nightly report"]
    )
    expires_at: Instant | None = Field(
        default=None, description="Null: until revoked.", examples=["2031-01-01T00:00:00Z"]
    )


@router.get(
    "/tokens", summary="All tokens and sessions, without their secrets", responses=answers(Tokens)
)
def list_tokens(request: Request, manager: TokenManager) -> Answer:
    """Tokens that ended, too, and sessions that have not; `last_used_at` is exact to the minute."""
    services = services_of(request)
    found = services.access.tokens(manager.workspace, services.clock.now())
    return Answer(
        {
            "items": [
                {
                    "id": token.id,
                    "kind": token.kind,
                    "person": token.person,
                    "role": token.role,
                    "name": token.name,
                    "label": token.label,
                    "created_at": token.created_at,
                    "expires_at": token.expires_at,
                    "revoked_at": token.revoked_at,
                    "last_used_at": token.last_used_at,
                }
                for token in found
            ]
        },
        200,
        UNKEPT,
    )


@router.post(
    "/tokens", status_code=201, summary="Make a token", responses=answers(MadeToken, status=201)
)
def make_token(request: Request, manager: TokenManager, body: NewToken) -> Answer:
    """Gives the token, shown this once."""
    services = services_of(request)
    _refuse_past(body.expires_at, services.clock.now())
    issued = services.sessions.issue(
        workspace=manager.workspace,
        person=body.person,
        role=body.role,
        name=body.name,
        label=body.label,
        expires_at=body.expires_at,
    )
    made = {"id": issued.id, "token": issued.text, "expires_at": issued.expires_at}
    return Answer(made, 201, UNKEPT)


@router.delete("/tokens/{token}", summary="Revoke a token", responses=answers(RevokedToken))
def revoke_token(request: Request, manager: TokenManager, token: str) -> Answer:
    """It ends here at once, in other processes within seconds."""
    if not services_of(request).sessions.revoke(manager.workspace, token):
        raise Problem("not-found", "There is no such token, or it ended before.")
    return Answer({"revoked": token})


def _refuse_past(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        fault = {
            "in": "body",
            "field": "expires_at",
            "message": "is over already",
            "what_to_do": "Choose an instant in the future.",
        }
        raise Problem("invalid", "expires_at: is over already.", errors=[fault])
