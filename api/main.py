"""The composition root: settings in, a running help desk out. The only module naming adapters."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import lru_cache

from fastapi import FastAPI

from adapters.clock import SystemClock
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.pool import open_pool
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.read import PostgresReader
from adapters.postgres.schema import migrate
from adapters.postgres.store import PostgresNumbers, PostgresStore
from adapters.postgres.tokens import PostgresAccess, migrate_access
from api.app import make_app
from api.auth.gate import Gate
from api.auth.sessions import Sessions
from api.edge.limits import Buckets
from api.edge.metrics import Metrics
from api.services import Limits, Services
from api.settings import Settings
from api.signing import Signer
from api.timers import Timers
from api.worker import Worker
from commands import COMMANDS
from commands.handle import Handler
from commands.ports import Clock
from commands.reactions import REACTIONS
from domain.ids import WorkspaceId
from projections import PROJECTIONS
from projections.progress import Progress
from projections.run import Runner

WRITER = "chronodesk_writer"
"""The role that may add to the log and do nothing else."""


@contextmanager
def build(settings: Settings, *, clock: Clock | None = None) -> Iterator[Services]:
    """Open everything that `settings` describe; leaving the block closes it again.

    Starts (or attaches to) the embedded PostgreSQL when no database is named, and brings the
    schema up to date. The worker is made, not started. `clock` is the system's unless given.
    """
    with ExitStack() as stack:
        url = settings.url or _embedded(settings, stack)
        migrate(url, lanes=settings.lanes)
        migrate_access(url)
        # Two pools, so that a crowd of readers never keeps a command waiting for a connection.
        log = stack.enter_context(open_pool(url, settings.pool_size, role=WRITER))
        pool = stack.enter_context(open_pool(url, settings.pool_size))
        clock = clock or SystemClock()
        store, numbers = PostgresStore(log), PostgresNumbers(log)
        rows = PostgresRowStore(pool)
        for projection in PROJECTIONS:
            rows.prepare(projection, store.lanes())
        progress = Progress(rows)
        runner = Runner(store, rows, PROJECTIONS, progress=progress)
        access = PostgresAccess(pool)
        gate = Gate(access, clock, settings.token_cache_seconds)
        handler = Handler(store, numbers, clock, COMMANDS)

        @lru_cache(maxsize=1_000)
        def reader(workspace: WorkspaceId) -> PostgresReader:
            return PostgresReader(pool, workspace)

        def workspaces() -> set[WorkspaceId]:
            return {WorkspaceId(settings.workspace), *access.workspaces()}

        timers = Timers(handler, clock, reader, workspaces, REACTIONS)
        yield Services(
            settings=settings,
            database_url=url,
            clock=clock,
            store=store,
            feed=store,
            numbers=numbers,
            commands=COMMANDS,
            handler=handler,
            projections=PROJECTIONS,
            rows=rows,
            reader=reader,
            progress=progress,
            runner=runner,
            worker=Worker(runner, timers.round),
            access=access,
            gate=gate,
            sessions=Sessions(access, gate, clock, timedelta(hours=settings.session_hours)),
            signer=Signer(access.signing_key("cursors and positions")),
            limits=Limits(
                tokens=Buckets(settings.rate_per_minute),
                addresses=Buckets(settings.anonymous_per_minute),
                logins=Buckets(settings.logins_per_minute),
            ),
            metrics=Metrics(runner.lag),
        )


def create_app(services: Services) -> FastAPI:
    """The web application on these services."""
    return make_app(services)


def _embedded(settings: Settings, stack: ExitStack) -> str:
    server = stack.enter_context(EmbeddedPostgres(settings.data_dir / "postgres"))
    return server.url
