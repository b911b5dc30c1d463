"""Accounts, sessions and tokens: signing in and out, and tokens for programs."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from api.auth.credentials import hash_password, new_token, password_matches
from api.auth.gate import Gate
from api.auth.ports import Access
from commands.ports import Clock
from domain.access import Account, Principal, Role, Token, TokenKind
from domain.ids import WorkspaceId
from domain.record import record


@record
class Issued:
    """A new token; `text` is shown this once and kept nowhere."""

    id: str
    text: str
    expires_at: datetime | None


class Sessions:
    """Every method raises StoreUnavailable when the database is away."""

    def __init__(self, access: Access, gate: Gate, clock: Clock, life: timedelta) -> None:
        self._access = access
        self._gate = gate
        self._clock = clock
        self._life = life

    def sign_in(
        self, workspace: WorkspaceId, email: str, password: str, device: str
    ) -> tuple[Account, Issued] | None:
        """A session for the owner of the password; None when e-mail and password do not match.

        `device` is what the session is listed as.
        """
        account = self._access.account(workspace, email)
        usable = account is not None and account.disabled_at is None
        matches = password_matches(password, account.password_hash if account and usable else None)
        if account is None or not matches:
            return None
        issued = self.begin(
            workspace=workspace,
            person=account.person,
            role=account.role,
            name=account.name,
            email=account.email,
            device=device,
        )
        return account, issued

    def begin(
        self,
        *,
        workspace: WorkspaceId,
        person: str,
        role: Role,
        name: str,
        email: str | None,
        device: str,
    ) -> Issued:
        """A session for somebody who has proved who they are."""
        return self.issue(
            workspace=workspace,
            person=person,
            role=role,
            name=name,
            label=device,
            expires_at=self._clock.now() + self._life,
            kind=TokenKind.SESSION,
            email=email,
        )

    def issue(
        self,
        *,
        workspace: WorkspaceId,
        person: str,
        role: Role,
        name: str,
        label: str,
        expires_at: datetime | None = None,
        kind: TokenKind = TokenKind.MACHINE,
        email: str | None = None,
    ) -> Issued:
        """A token for a program, or a session; without `expires_at` it lives until revoked."""
        token = new_token()
        self._access.add_token(
            token=token.id,
            kind=kind,
            secret_hash=token.secret_hash,
            workspace=workspace,
            person=person,
            role=role,
            name=name,
            label=label,
            expires_at=expires_at,
            email=email,
        )
        return Issued(id=token.id, text=token.text, expires_at=expires_at)

    def revoke(self, workspace: WorkspaceId, token: str) -> bool:
        """End a token now in this process, in others within the cache's seconds."""
        ended = self._access.revoke_token(workspace, token)
        self._gate.forget(token)
        return ended

    def own(self, principal: Principal) -> Sequence[Token]:
        """What works in the name of this person: sessions and tokens, oldest first."""
        return self._access.tokens_of(principal, self._clock.now())

    def end_own(self, principal: Principal, token: str) -> bool:
        """End one of the person's own sessions or tokens; False when there is none of that id."""
        mine = any(token == own.id for own in self.own(principal))
        return mine and self.revoke(principal.workspace, token)

    def end_all(self, principal: Principal, *, others: bool) -> int:
        """End all sessions of the person, or all `others` than this one; how many ended."""
        ended = self._access.end_sessions(principal, keep=principal.token if others else None)
        for token in ended:
            self._gate.forget(token)
        return len(ended)

    def end_as_another(self, workspace: WorkspaceId, email: str, person: str, role: Role) -> None:
        """End sessions of the address' owner as somebody else or in another role."""
        for token in self._access.end_sessions_as_another(workspace, email, person, role):
            self._gate.forget(token)

    def end_shown(self, secret: str | None) -> None:
        """End the session that a browser shows and is about to forget: nobody else could."""
        earlier = self._gate.principal(secret) if secret else None
        if earlier is not None:
            self.revoke(earlier.workspace, earlier.token)

    def put_account(
        self,
        *,
        workspace: WorkspaceId,
        email: str,
        person: str,
        role: Role,
        name: str,
        password: str | None = None,
    ) -> str:
        """Make or change an account; gives its password (a new one if none was given)."""
        chosen = password or secrets.token_urlsafe(12)
        self._access.put_account(
            workspace=workspace,
            email=email,
            password_hash=hash_password(chosen),
            person=person,
            role=role,
            name=name,
        )
        return chosen
