"""Where accounts, tokens and signing keys are kept."""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from domain.access import Account, Principal, Role, Token, TokenKind
from domain.ids import WorkspaceId


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

    def tokens(self, workspace: WorkspaceId) -> Sequence[Token]: ...

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
