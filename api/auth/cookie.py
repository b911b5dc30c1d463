"""The cookie that carries a browser's session: no script reads it, no other site sends it along."""

from starlette.requests import Request
from starlette.responses import Response

from api.settings import Settings

NAME = "chronodesk_session"


def session_in(request: Request, settings: Settings) -> str | None:
    """The session's secret as the browser sent it; None when it sent none."""
    return request.cookies.get(_name(secure=is_secure(request, settings)))


def set_session(
    request: Request, response: Response, settings: Settings, secret: str, seconds: float
) -> None:
    """Hand a session to the browser, for as long as it lives."""
    secure = is_secure(request, settings)
    response.set_cookie(
        _name(secure=secure),
        secret,
        max_age=int(seconds),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_session(request: Request, response: Response, settings: Settings) -> None:
    """Take the session's cookie out of the browser."""
    secure = is_secure(request, settings)
    response.delete_cookie(
        _name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether the browser came over https, as the connection, a trusted proxy or a setting says."""
    public = settings.public_url or ""
    return request.url.scheme == "https" or public.startswith("https://")


def _name(*, secure: bool) -> str:
    """Over https the name is one that a neighbouring domain cannot set (RFC 6265bis, 4.1.3)."""
    return f"__Host-{NAME}" if secure else NAME
