"""The program `chronodesk`: runs a command, and explains failures instead of dumping them."""

import sys

from api.console.app import app
from api.console.terminal import complain
from api.settings import WrongSettings
from commands.ports import StoreUnavailable
from domain.errors import Refused
from projections.ports import Unavailable

INTERRUPTED = 130  # what shells use for a program that Ctrl-C ended


def main() -> None:
    """Entry point of the console script."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except (WrongSettings, Refused) as error:
        _end(str(error))
    except (StoreUnavailable, Unavailable) as error:
        _end(f"{error}\nTry again when it is back: nothing is lost, and nothing is done twice.")
    except Exception as error:
        if not _explained(error):
            raise
        _end(str(error))


def _explained(error: Exception) -> bool:
    """Whether the message is meant for the person who called, and not for a programmer."""
    from api.main import EXPLAINED

    return isinstance(error, EXPLAINED)


def _end(message: str) -> None:
    complain(message)
    sys.exit(1)
