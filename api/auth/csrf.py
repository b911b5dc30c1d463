"""Against requests that another site makes in the name of whoever is signed in here."""

import base64
import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from api.problems import Problem

HEADER = "X-CSRF-Token"

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""


class Csrf:
    """Tokens that go with a session and that only pages of this origin can read.

    They are kept nowhere: each is a digest of the session's id under a key of the desk.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, session: str) -> str:
        """The token of a session, by the session's public id."""
        mac = hmac.digest(self._key, session.encode(), "sha256")
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")

    def check(self, request: Request, session: str) -> None:
        """Let a request pass that changes nothing or shows the session's token.

        Raises Problem (csrf).
        """
        if request.method in SAFE:
            return
        given = request.headers.get(HEADER)
        if given is None:
            raise Problem("csrf", f"The header {HEADER} is missing.")
        if not hmac.compare_digest(given.encode(), self.token(session).encode()):
            raise Problem("csrf", f"The header {HEADER} is not the one of this session.")


def refuse_other_sites(request: Request, public_url: str | None) -> None:
    """Let a request pass unless a browser says that a page of another origin made it.

    Browsers say so by Sec-Fetch-Site where the connection is safe, and by Origin otherwise; other
    programs by neither, and they carry no cookies of their user. Raises Problem (other-site).
    """
    fetched_from = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if fetched_from is not None:
        is_ours = fetched_from in {"same-origin", "none"}
    elif origin is not None:
        hosts = {request.headers.get("host", ""), urlsplit(public_url or "").netloc}
        is_ours = urlsplit(origin).netloc in hosts - {""}
    else:
        is_ours = True
    if not is_ours:
        raise Problem("other-site", "A page of another site asked for this.")
