"""`chronodesk openapi`: print the API's description."""

from api.console.opening import services
from api.console.options import DataDir
from api.console.terminal import print_json


def openapi(data_dir: DataDir = None) -> None:
    """Print the OpenAPI 3.1 description of the API as JSON.

    Example: chronodesk openapi > openapi.json
    """
    from api.main import create_app

    with services(data_dir) as opened:
        print_json(create_app(opened).openapi())
