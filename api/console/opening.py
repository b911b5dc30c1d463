"""Makes services out of the options of a command, and opens them for as long as it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.edge.logs import configure_logs
from api.services import Services
from api.settings import Settings, load_settings


def settings(
    data_dir: Path | None = None, workspace: str | None = None, **more: object
) -> Settings:
    """The environment's settings, with the options that were given put over them.

    Raises WrongSettings.
    """
    given = {"data_dir": data_dir, "workspace": workspace, **more}
    chosen = load_settings(**{name: value for name, value in given.items() if value is not None})
    configure_logs(chosen)
    return chosen


@contextmanager
def services(
    data_dir: Path | None = None, workspace: str | None = None, **more: object
) -> Iterator[Services]:
    """Everything wired and open: the embedded PostgreSQL is started, or joined when it runs."""
    from api.main import build

    with build(settings(data_dir, workspace, **more)) as opened:
        yield opened
