"""Who may use the desk: roles, accounts, tokens, and a person who has shown one of these."""

from datetime import datetime
from enum import StrEnum

from domain.actor import Actor, ActorKind
from domain.ids import WorkspaceId
from domain.record import record


class Role(StrEnum):
    """What somebody is here for; what a role may do is one table in the API."""

    REQUESTER = "requester"
    AGENT = "agent"
    LEAD = "lead"
    AUDITOR = "auditor"
    ANALYST = "analyst"
    ADMIN = "admin"


class TokenKind(StrEnum):
    """A session begins with signing in; a token for a machine is made by an administrator."""

    SESSION = "session"
    MACHINE = "machine"


@record
class Principal:
    """A person who has proved who they are.

    `person` is a requester id for the role requester, an agent id for every other one; `token`
    names the credential that was shown.
    """

    workspace: WorkspaceId
    person: str
    role: Role
    name: str
    token: str

    @property
    def is_requester(self) -> bool:
        return self.role is Role.REQUESTER

    @property
    def actor(self) -> Actor:
        """As whom this person appears in events."""
        kind = ActorKind.REQUESTER if self.is_requester else ActorKind.AGENT
        return Actor(kind=kind, id=self.person)


@record
class Account:
    """A person who signs in with a password. `email` is in lower case; instants are UTC."""

    workspace: WorkspaceId
    email: str
    password_hash: str
    person: str
    role: Role
    name: str
    created_at: datetime
    disabled_at: datetime | None


@record
class Token:
    """A credential of a person or a program, kept without its secret.

    `secret_hash` is a SHA-256 digest; `label` says what the token is for, or what somebody signed
    in with; `email` is the address they signed in by; `last_used_at` is exact to the minute.
    Instants are UTC.
    """

    id: str
    kind: TokenKind
    secret_hash: bytes
    workspace: WorkspaceId
    person: str
    role: Role
    name: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    email: str | None
