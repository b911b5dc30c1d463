"""Opaque tokens that clients hand back: cursors and positions, signed so that none is forged."""

import base64
import binascii
import hmac
from typing import Any

import orjson

from domain.position import Position

_MAC = 16  # bytes of HMAC-SHA256 that are kept: 128 bits
_LONGEST = 4_096


class ForgedError(ValueError):
    """The token was not made here, or not for this purpose, or it was cut or changed."""


class Signer:
    """Seals JSON values with a key that never leaves the database and this process."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.new(key, digestmod="sha256")

    def seal(self, purpose: str, value: Any) -> str:
        """Give `value` as URL-safe text that only `open` with the same purpose takes back."""
        payload = orjson.dumps(value)
        sealed = base64.urlsafe_b64encode(self._mac(purpose, payload) + payload)
        return sealed.decode().rstrip("=")

    def open(self, purpose: str, token: str) -> Any:
        """Give the value back. Raises ForgedError."""
        if len(token) > _LONGEST or not token.isascii():
            raise ForgedError
        try:
            sealed = base64.b64decode(
                token + "=" * (-len(token) % 4), altchars=b"-_", validate=True
            )
        except (binascii.Error, ValueError):
            raise ForgedError from None
        mac, payload = sealed[:_MAC], sealed[_MAC:]
        if not hmac.compare_digest(mac, self._mac(purpose, payload)):
            raise ForgedError
        return orjson.loads(payload)

    def seal_position(self, workspace: str, position: Position, epoch: int | None = None) -> str:
        """A position as a token; with `epoch` it also says of which log (see EventStore)."""
        value = position.lanes if epoch is None else {"epoch": epoch, "lanes": position.lanes}
        return self.seal(f"position {workspace}", value)

    def open_position(self, workspace: str, token: str) -> Position:
        return self.open_place(workspace, token)[0]

    def open_place(self, workspace: str, token: str) -> tuple[Position, int | None]:
        """The position, and the log's epoch if the token has one. Raises ForgedError."""
        value = self.open(f"position {workspace}", token)
        lanes, epoch = (
            (value, None) if isinstance(value, list) else (value["lanes"], value["epoch"])
        )
        return Position(lanes=tuple((lane, at) for lane, at in lanes)), epoch

    def _mac(self, purpose: str, payload: bytes) -> bytes:
        message = purpose.encode() + b"\n" + payload
        mac = self._keyed.copy()  # the key is worked in once, and not for each token
        mac.update(message)
        return mac.digest()[:_MAC]
