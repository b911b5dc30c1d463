"""Cookies, above all the one that carries a session: no script reads them, no other site may."""

from starlette.requests import Request
from starlette.responses import Response

from api.settings import Settings

NAME = "chronodesk_session"


def session_in(request: Request, settings: Settings) -> str | None:
    """The session's secret as the browser sent it; None when it sent none."""
    return sent_in(request, settings, NAME)


def set_session(
    request: Request, response: Response, settings: Settings, secret: str, seconds: float
) -> None:
    """Hand a session to the browser, for as long as it lives."""
    give(request, response, settings, name=NAME, text=secret, seconds=seconds)


def clear_session(request: Request, response: Response, settings: Settings) -> None:
    """Take the session's cookie out of the browser."""
    drop(request, response, settings, NAME)


def sent_in(request: Request, settings: Settings, name: str) -> str | None:
    """What the browser sent in the cookie `name`; None when it sent none."""
    return request.cookies.get(_name(name, secure=is_secure(request, settings)))


def give(
    request: Request,
    response: Response,
    settings: Settings,
    *,
    name: str,
    text: str,
    seconds: float,
) -> None:
    """Let the browser keep `text` for so long: for this desk alone, and away from scripts."""
    secure = is_secure(request, settings)
    response.set_cookie(
        _name(name, secure=secure),
        text,
        max_age=int(seconds),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",  # strict would leave it out when a provider sends the browser back
    )


def drop(request: Request, response: Response, settings: Settings, name: str) -> None:
    """Let the browser forget the cookie `name`."""
    secure = is_secure(request, settings)
    response.delete_cookie(
        _name(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether the browser came over https, as the connection, a trusted proxy or a setting says."""
    public = settings.public_url or ""
    return request.url.scheme == "https" or public.startswith("https://")


def _name(name: str, *, secure: bool) -> str:
    """Over https the name is one that a neighbouring domain cannot set (RFC 6265bis, 4.1.3)."""
    return f"__Host-{name}" if secure else name
