"""Where accounts, tokens and what else signing in needs is kept, and who vouches for people."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Protocol

from domain.access import Account, Principal, Role, Token, TokenKind
from domain.identity import Errand, Identity
from domain.ids import WorkspaceId
from domain.lockout import Subject, Tally


class Access(Protocol):
    """Every method raises StoreUnavailable (commands.ports) when the database is away."""

    def signing_key(self, name: str) -> bytes:
        """32 random bytes under `name`, made at the first use and the same ever after."""

    def workspaces(self) -> Sequence[WorkspaceId]:
        """Workspaces that somebody has access to."""

    def put_account(
        self,
        *,
        workspace: WorkspaceId,
        email: str,
        password_hash: str,
        person: str,
        role: Role,
        name: str,
    ) -> None:
        """Make an account, or give an existing one a new password, person, role and name.

        With another person or role, tokens of the person as they were end. Whom a provider knows by
        the address may sign in again, too.
        """

    def account(self, workspace: WorkspaceId, email: str) -> Account | None: ...

    def accounts(self, workspace: WorkspaceId) -> Sequence[Account]: ...

    def disable_account(self, workspace: WorkspaceId, email: str) -> bool:
        """No more logins, and all tokens of the person end; False: nobody signs in so.

        Nor does anybody whom a provider knows by this address.
        """

    def add_token(
        self,
        *,
        token: str,
        kind: TokenKind,
        secret_hash: bytes,
        workspace: WorkspaceId,
        person: str,
        role: Role,
        name: str,
        label: str,
        expires_at: datetime | None,
        email: str | None,
    ) -> None:
        """Keep a new token. Sessions that were over long ago are forgotten on this occasion."""

    def token(self, token: str) -> Token | None: ...

    def tokens(self, workspace: WorkspaceId, now: datetime) -> Sequence[Token]:
        """Tokens of machines, and sessions that have not ended at `now`; oldest first."""

    def revoke_token(self, workspace: WorkspaceId, token: str) -> bool:
        """End a token; False when there is none (or it ended already)."""

    def tokens_of(self, principal: Principal, now: datetime) -> Sequence[Token]:
        """What works in the name of this person at `now`: sessions and tokens, oldest first."""

    def end_sessions(self, principal: Principal, keep: str | None) -> Sequence[str]:
        """End the person's sessions, all but `keep`; the ids of those that ended."""

    def end_sessions_as_another(
        self, workspace: WorkspaceId, email: str, person: str, role: Role
    ) -> Sequence[str]:
        """End sessions of this address as another person or in another role; the ids of those."""

    def ended(self, tokens: Collection[str], now: datetime) -> AbstractSet[str]:
        """Those of the tokens that nobody can use at `now`: revoked, over, or never there."""

    def used(self, token: str) -> None:
        """Remember that the token was used now."""


class Attempts(Protocol):
    """Where attempts to sign in are counted, for all processes.

    Every method raises StoreUnavailable (commands.ports) when the database is away.
    """

    def change(
        self,
        subjects: Sequence[Subject],
        now: datetime,
        change: Callable[[Mapping[Subject, Tally]], Mapping[Subject, Tally]],
    ) -> Mapping[Subject, Tally]:
        """Keep of `subjects` what `change` makes of what is known at `now`, and give it.

        Nobody else changes them meanwhile. Subjects that `change` leaves out are forgotten; when it
        raises, all stays as it was.
        """

    def forget(self, subject: Subject) -> bool:
        """Forget a subject; False when nothing was known of it."""

    def locked(self, workspace: WorkspaceId, now: datetime) -> Sequence[tuple[Subject, Tally]]:
        """What is locked at `now`: accounts of the workspace, and addresses."""


class Identities(Protocol):
    """Which person of the desk somebody is whom a provider knows.

    Every method raises StoreUnavailable (commands.ports) when the database is away.
    """

    def find(
        self, workspace: WorkspaceId, issuer: str, subject: str, *, is_requester: bool
    ) -> Identity | None:
        """Who that subject is, among requesters or among the others."""

    def keep(self, identity: Identity) -> None:
        """Keep somebody new, or the address and the instant of who signs in again."""

    def all(self, workspace: WorkspaceId) -> Sequence[Identity]:
        """Everybody, by address."""


class IdentityProvider(Protocol):
    """Somebody who vouches for people. Every method raises NotIdentified (domain.identity)."""

    def start(self, errand: Errand) -> str:
        """The address that a browser is sent to."""

    def claims(
        self, errand: Errand, answer: Mapping[str, str], wanted: Collection[str]
    ) -> Mapping[str, Any]:
        """What the provider says of the person whose browser came back with `answer`.

        It has a `code` among its parameters. `wanted` are claims worth another request.
        """
