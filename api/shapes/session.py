"""Signing in and out, who one is, and tokens."""

from datetime import datetime

from api.auth.permissions import Permission
from api.shapes.deriving import like
from domain import access
from domain.access import Role
from domain.record import record


@record
class SignInProvider:
    """A browser that goes to `start` comes back signed in."""

    id: str
    name: str
    start: str


@record
class WaysToSignIn:
    """`workspace` is the desk's usual one; `password` says whether passwords are taken."""

    workspace: str
    password: bool
    providers: tuple[SignInProvider, ...]


@record
class SignedIn:
    """`token` is shown this once; of a session by cookie there is `csrf` instead."""

    token: str | None
    csrf: str | None
    expires_at: datetime | None
    person: str
    role: Role
    name: str
    workspace: str


@record
class SignedOut:
    """The token of the request has ended."""

    signed_out: bool


@like(access.Principal)
class Me:
    """Who is signed in. `token` names the credential that was shown.

    `email` is the address signed in by; `csrf` is there for a session by cookie.
    """

    email: str | None
    csrf: str | None
    permissions: tuple[Permission, ...]


@like(access.Token, without=("secret_hash", "workspace", "email"))
class Token:
    """A credential, without its secret. `last_used_at` is exact to the minute."""


@like(access.Token, only=("id", "kind", "label", "created_at", "last_used_at", "expires_at"))
class Session:
    """Where one is signed in, or a token of a program; `current` is what this request showed."""

    current: bool


@record
class Sessions:
    """Own sessions and tokens."""

    items: tuple[Session, ...]


@record
class Ended:
    """How many have ended."""

    ended: int


@record
class Tokens:
    """All tokens, the ended ones too, and sessions that have not ended."""

    items: tuple[Token, ...]


@record
class MadeToken:
    """`token` is the secret itself, shown this once."""

    id: str
    token: str
    expires_at: datetime | None


@record
class RevokedToken:
    """The id of the token that has ended."""

    revoked: str
