"""Pages for people: the web app, what a problem means, the API's reference."""

from html import escape
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.problems import PROBLEMS, Problem
from api.reference import reference

router = APIRouter(include_in_schema=False)

_STATIC = Path(__file__).with_name("static")
_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
_FILES = {path.name: path for path in sorted(_STATIC.iterdir()) if path.suffix in _TYPES}


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """Style and sign of these pages."""
    if name not in _FILES:
        raise Problem("not-found", "There is no such file.")
    return _file(name)


@router.get("/favicon.ico")
async def favicon() -> Response:
    """The sign in the browser's tab."""
    return _file("sign.svg")


@router.get("/api/v1/docs")
async def docs(request: Request) -> HTMLResponse:
    """The reference, made of the OpenAPI description; it needs no other server."""
    return _page("API reference", reference(request.app.openapi()))


@router.get("/problems")
async def problems() -> HTMLResponse:
    """All problems."""
    rows = "".join(
        f'<tr><td><a href="/problems/{code}">{code}</a></td><td>{kind.status}</td>'
        f"<td>{escape(kind.title)}</td></tr>"
        for code, kind in PROBLEMS.items()
    )
    return _page("Problems", f"<h1>Problems</h1><table>{rows}</table>")


@router.get("/problems/{code}")
async def problem(code: str) -> HTMLResponse:
    """What one problem means, and what to do."""
    kind = PROBLEMS.get(code)
    if kind is None:
        raise Problem("not-found", "There is no such problem.", known=sorted(PROBLEMS))
    return _page(
        kind.title,
        f"<h1>{escape(kind.title)}</h1><p>Status {kind.status}, type "
        f"<code>/problems/{code}</code></p><p>{escape(kind.remedy)}</p>"
        '<p><a href="/problems">All problems</a></p>',
    )


def _file(name: str) -> Response:
    path = _FILES[name]
    headers = {"Cache-Control": "no-cache"}
    return Response(path.read_bytes(), media_type=_TYPES[path.suffix], headers=headers)


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)} - Chronodesk'
        '</title><meta name="viewport" content="width=device-width"><link rel="stylesheet" '
        'href="/static/style.css"><header><a href="/">Chronodesk</a></header><main>'
        f"{body}</main></html>"
    )
