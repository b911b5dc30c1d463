"""The database: started or attached to, its schema brought up to date, its lanes, its checks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.keeper import kept_running
from adapters.postgres.lanes import Lanes
from adapters.postgres.presence import migrate_live
from adapters.postgres.schema import migrate
from adapters.postgres.tokens import migrate_access
from adapters.postgres.uploads import migrate_content
from adapters.postgres.verify import Fault, verify_log
from api.services import Services
from api.settings import Settings


@contextmanager
def migrated(settings: Settings) -> Iterator[str]:
    """The URL of the database, running and with its schema up to date."""
    with ExitStack() as stack:
        url = settings.url or _embedded(settings, stack)
        migrate(url, lanes=settings.lanes)
        migrate_access(url)
        migrate_live(url)
        migrate_content(url)
        yield url


@contextmanager
def log_lanes(settings: Settings) -> Iterator[Lanes]:
    """The lanes of the log, to be shown and changed."""
    with migrated(settings) as url:
        yield Lanes(url)


def _embedded(settings: Settings, stack: ExitStack) -> str:
    server = stack.enter_context(EmbeddedPostgres(settings.data_dir / "postgres"))
    return stack.enter_context(kept_running(server)).url


def check_log(services: Services, progress: Callable[[int, int], None]) -> list[Fault]:
    """Where the log is not what it promises to be; empty when all is well."""
    return verify_log(services.database_url, progress)
