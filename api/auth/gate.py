"""Who shows this token? Answered from memory for a few seconds, from the database otherwise."""

import hashlib
import time
from collections import OrderedDict
from datetime import timedelta
from threading import Lock

from api.auth.credentials import parse_token, same
from api.auth.ports import Access
from commands.ports import Clock
from domain.access import Principal

_KEPT = 10_000


class Gate:
    """Safe to share between threads. `cache_seconds` is how long a revoked token may still work."""

    def __init__(self, access: Access, clock: Clock, cache_seconds: float) -> None:
        self._access = access
        self._clock = clock
        self._seconds = cache_seconds
        self._known: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()
        self._lock = Lock()

    def remembered(self, bearer: str) -> Principal | None:
        """The answer from memory, without any I/O."""
        with self._lock:
            found = self._known.get(_name(bearer))
        return found[1] if found and found[0] > time.monotonic() else None

    def principal(self, bearer: str) -> Principal | None:
        """Whose token it is; None when it is forged, revoked or over.

        Raises StoreUnavailable.
        """
        parsed = parse_token(bearer)
        if parsed is None:
            return None
        token = self._access.token(parsed[0])
        now = self._clock.now()
        if (
            token is None
            or not same(parsed[1], token.secret_hash)
            or token.revoked_at is not None
            or (token.expires_at is not None and token.expires_at <= now)
        ):
            return None
        if token.last_used_at is None or now - token.last_used_at >= timedelta(minutes=1):
            self._access.used(token.id)
        principal = Principal(
            workspace=token.workspace,
            person=token.person,
            role=token.role,
            name=token.name,
            token=token.id,
        )
        life = self._seconds
        if token.expires_at is not None:
            life = min(life, (token.expires_at - now).total_seconds())
        with self._lock:
            self._known[_name(bearer)] = (time.monotonic() + life, principal)
            self._known.move_to_end(_name(bearer))
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return principal

    def forget(self, token: str) -> None:
        """A token of this process ended: take notice at once."""
        with self._lock:
            for name in [n for n, (_, who) in self._known.items() if who.token == token]:
                del self._known[name]


def _name(bearer: str) -> bytes:
    """Tokens are not kept in memory in the clear."""
    return hashlib.sha256(bearer.encode(errors="surrogatepass")).digest()
