"""Cursor pagination: the place in a list, sealed together with what the list was asked for."""

import hashlib
from typing import Any

import orjson

from api.problems import Problem
from api.signing import ForgedError, Signer


class Pages:
    """Cursors of one list; one made for another list, filter or reader is refused."""

    def __init__(self, signer: Signer, *asked: Any) -> None:
        """`asked`: everything that decides what the list holds and how it is sorted."""
        self._signer = signer
        digest = hashlib.sha256(orjson.dumps(asked, default=str)).hexdigest()
        self._purpose = f"cursor {digest}"

    def after(self, cursor: str | None) -> Any | None:
        """Where the page begins; None: at the beginning. Raises Problem (bad-cursor)."""
        if cursor is None:
            return None
        try:
            return self._signer.open(self._purpose, cursor)
        except ForgedError:
            raise Problem("bad-cursor", "It was changed, or made for another list.") from None

    def next(self, place: Any | None) -> str | None:
        """The cursor of the next page; None on the last one."""
        return None if place is None else self._signer.seal(self._purpose, place)
