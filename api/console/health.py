"""`chronodesk health`: ask a running server whether it can do its work."""

import json
from typing import Annotated
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import typer

from api.console.opening import settings
from api.console.options import Json
from api.console.terminal import fail, print_json, say

_TIMEOUT = 4.0  # seconds
_LOCAL = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - where "everywhere" is reached


def health(
    url: Annotated[
        str | None, typer.Option(help="Where the server is.", show_default="this machine")
    ] = None,
    json_: Json = False,
) -> None:
    """Ask a running server whether it can do its work: exit code 0 if so, else 1.

    Example: chronodesk health --url http://127.0.0.1:8000
    """
    chosen = settings()
    base = url or f"http://{_LOCAL.get(chosen.host, chosen.host)}:{chosen.port}"
    if not base.startswith(("http://", "https://")):
        raise typer.BadParameter("It must begin with http:// or https://.", param_hint="--url")
    try:
        with urlopen(f"{base}/api/v1/health/ready", timeout=_TIMEOUT) as answer:  # noqa: S310
            found = json.load(answer)
    except HTTPError as error:
        fail(f"{base} is up, and not ready: {error.code} {error.reason}.")
    except (URLError, OSError, ValueError) as error:
        fail(f"Nobody answers at {base}: {error}. Start it: chronodesk serve")
    if json_:
        print_json(found)
        return
    behind = max((view["lag"] for view in found["views"]), default=0)
    say(f"{base} is ready; its views are at most {behind:,} events behind.")
