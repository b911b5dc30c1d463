"""The web app: files that were built from `ui/`, and its one page at every address it knows."""

import re
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.problems import Problem

router = APIRouter(include_in_schema=False)

BUILT = Path(__file__).with_name("static") / "app"
"""Where `make setup` puts it."""

PAGES = ("/", "/sign-in", "/tickets", "/tickets/{page:path}", "/portal", "/portal/{page:path}",
         "/settings", "/settings/{page:path}")  # fmt: skip
"""Addresses that the app answers by itself, in the browser."""

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""An asset is named after its content."""

_NOT_BUILT = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Chronodesk</title>'
    '<link rel="stylesheet" href="/static/style.css"><main><h1>The web app is not built</h1>'
    "<p>Run <code>make setup</code>, then load this page again. The API works without it: "
    '<a href="/api/v1/docs">its reference</a>.</p></main></html>'
)


_NAME = re.compile(r"[\w-]+(\.[\w-]+)+", re.ASCII)


@lru_cache(maxsize=256)  # they are few and small, and what one is called never means another
def _asset(folder: Path, name: str) -> bytes | None:
    path = folder / name
    return path.read_bytes() if path.is_file() else None


async def page(_: Request) -> Response:
    """The app's page; which view it shows is in the address."""
    index = BUILT / "index.html"
    if not index.is_file():
        return HTMLResponse(_NOT_BUILT, 503)
    return HTMLResponse(index.read_bytes(), headers={"Cache-Control": "no-cache"})


for _path in PAGES:
    router.add_api_route(_path, page, methods=["GET"])


@router.get("/assets/{name}")
async def asset(name: str) -> Response:
    """A part of the app."""
    kind = _TYPES.get(Path(name).suffix)
    content = _asset(BUILT / "assets", name) if kind and _NAME.fullmatch(name) else None
    if content is None:
        _asset.cache_clear()  # it may be built a moment later
        raise Problem("not-found", "There is no such file.")
    return Response(content, media_type=kind, headers=_FOR_EVER)
