"""Where accounts, tokens, signing keys and attempts to sign in are kept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from domain.access import Account, Principal, Role, Token, TokenKind
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

        With another person or role, tokens of the person as they were end.
        """

    def account(self, workspace: WorkspaceId, email: str) -> Account | None: ...

    def accounts(self, workspace: WorkspaceId) -> Sequence[Account]: ...

    def disable_account(self, workspace: WorkspaceId, email: str) -> bool:
        """No more logins, and all tokens of the person end; False: there is no such account."""

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
