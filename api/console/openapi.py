"""`chronodesk openapi`: print the API's description."""

from typing import Annotated

import typer

from api.console.opening import services
from api.console.options import DataDir
from api.console.terminal import print_json
from api.shapes.naming import Audience

To = Annotated[
    Audience | None,
    typer.Option("--for", help="Only what these get: staff, or requesters. Both unless given."),
]


def openapi(audience: To = None, data_dir: DataDir = None) -> None:
    """Print the OpenAPI 3.1 description of the API as JSON.

    Example: chronodesk openapi --for staff > openapi.json
    """
    from api.main import create_app
    from api.openapi import told_to

    with services(data_dir) as opened:
        description = create_app(opened).openapi()
        print_json(description if audience is None else told_to(audience, description))
