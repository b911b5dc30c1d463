"""The composition root: settings in, a running help desk out.

With the parts of api.wiring it alone names adapters.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import lru_cache, partial

import psycopg
from fastapi import FastAPI

from adapters.blobs import blobs_in
from adapters.clock import SystemClock
from adapters.cloud_json import cloud_json
from adapters.importing.mapping import ImportRefused
from adapters.postgres.announcements import PostgresAnnouncements
from adapters.postgres.async_store import async_ports
from adapters.postgres.attempts import PostgresAttempts
from adapters.postgres.bell import SEEN, Bell
from adapters.postgres.drafts import PostgresDrafts
from adapters.postgres.identities import PostgresIdentities
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.presence import PostgresPresences
from adapters.postgres.programs import EmbeddedPostgresError
from adapters.postgres.projection_fill import CopyGone
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.projection_load import PostgresLoader
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.read import PostgresReader
from adapters.postgres.read_marks import PostgresReadMarks
from adapters.postgres.snapshots import PostgresSnapshots
from adapters.postgres.store import PostgresStore
from adapters.postgres.tokens import PostgresAccess
from adapters.postgres.uploads import PostgresUploads
from adapters.postgres.what_if import PostgresHistories
from adapters.processes import ProcessLost, cores
from adapters.upcasts import schema_version
from api.app import make_app
from api.auth.entrance import make_entrance
from api.auth.ports import IdentityProvider
from api.auth.provider_settings import ProviderSettings
from api.edge.lane_metrics import LaneMetrics
from api.edge.limits import Buckets
from api.edge.metrics import Metrics
from api.feed_stream import FeedStreams
from api.files.cleaning import Cleaner, is_complete
from api.files.rules import FileRules
from api.holidays import HolidaySource
from api.intake.consuming import Consumer
from api.intake.mapping import WrongMapping, load_hooks
from api.intake.taking import Intake
from api.intake.trust import NotTrusted, trusted
from api.live.followed import Followed
from api.live.lists import DeskLists
from api.live.live import Live
from api.services import Limits, Services
from api.settings import Settings
from api.signing import Signer
from api.snapshots import SnapshotKeeper
from api.timers import Timers
from api.watcher import DueByBoard, Watcher
from api.wiring.database import migrated
from api.wiring.kafka import intake_topics, kafka_feed, kafka_group, publisher
from api.worker import Worker
from commands import COMMANDS
from commands.handle import Handler
from commands.ports import Clock
from commands.reactions import REACTIONS
from commands.states import States
from domain.ids import WorkspaceId
from projections import PROJECTIONS, notifications, sla_board
from projections.owners import Owners
from projections.ports import TablesChanged
from projections.progress import Progress
from projections.publish_ports import TopicUnavailable, TopicUnusable
from projections.run import Runner

__all__ = ["EXPLAINED", "build", "create_app", "holiday_source"]

EXPLAINED = (
    CopyGone,
    EmbeddedPostgresError,
    ImportRefused,
    NotTrusted,
    ProcessLost,
    TablesChanged,
    TopicUnavailable,
    TopicUnusable,
    WrongMapping,
    psycopg.OperationalError,
)
"""Failures of the outside whose message is for the person who called."""

WRITER = "chronodesk_writer"
"""The role that may add to the log and do nothing else."""


@contextmanager
def build(settings: Settings, *, clock: Clock | None = None) -> Iterator[Services]:
    """Open everything that `settings` describe; leaving the block closes it again.

    Starts (or attaches to) the embedded PostgreSQL when no database is named, and brings the
    schema up to date. The worker is made, not started. `clock` is the system's unless given.
    """
    with ExitStack() as stack:
        url = stack.enter_context(migrated(settings))
        # Two pools, so that a crowd of readers never keeps a command waiting for a connection.
        log = stack.enter_context(open_pool(url, settings.pool_size, role=WRITER))
        pool = stack.enter_context(open_pool(url, settings.pool_size))
        clock = clock or SystemClock()
        store, numbers = PostgresStore(log, stack.enter_context(Bell(url))), PostgresNumbers(log)
        rows = PostgresRowStore(pool)
        for projection in PROJECTIONS:
            rows.prepare(projection, store.lanes())
        seen = stack.enter_context(Bell(url, SEEN, pause=0))
        progress = Progress(rows, tell=seen.ring)
        seen.listen(progress.look)
        leases = PostgresLeases(pool)
        loader = partial(PostgresLoader, url)
        tail = kafka_feed(settings.kafka, store) if settings.kafka.views else None
        if tail is not None:
            stack.callback(tail.close)
        runner = Runner(
            store,
            rows,
            PROJECTIONS,
            progress=progress,
            leases=leases if tail is None else None,  # then the group says who has which lane
            loader=loader(cores()),
            tail=tail,
        )
        access = PostgresAccess(pool)
        snapshots = PostgresSnapshots(log)
        snapshots.look()
        states = States(store, snapshots)
        handler = Handler(store, numbers, clock, COMMANDS, states, schema_version=schema_version)

        @lru_cache(maxsize=1_000)
        def reader(workspace: WorkspaceId) -> PostgresReader:
            return PostgresReader(pool, workspace)

        def workspaces() -> set[WorkspaceId]:
            return {WorkspaceId(settings.workspace), *access.workspaces()}

        uploads, blobs = PostgresUploads(pool), blobs_in(settings.files, settings.s3)
        unsent = timedelta(hours=settings.unsent_hours)
        complete = partial(is_complete, rows, progress, store.head)
        drafts = PostgresDrafts(pool)
        cleaner = Cleaner(uploads, blobs, drafts, clock, reader, complete=complete, after=unsent)
        timers = Timers(handler, clock, reader, workspaces, REACTIONS)
        owners = Owners(leases, kafka_group(settings.kafka))
        published = publisher(settings.kafka, store, pool)
        left = intake_topics(settings.kafka)
        metrics = Metrics(LaneMetrics(runner.lag, owners, published, clock, left))
        watcher = Watcher(
            handler,
            clock,
            DueByBoard(reader),
            workspaces,
            partial(rows.positions, sla_board.PROJECTION.name),
            late=metrics.announced,
        )
        signer = Signer(access.signing_key("cursors and positions"))
        announcements = stack.enter_context(PostgresAnnouncements(pool, url))
        presences = PostgresPresences(pool)
        live = Live(
            followed=Followed(store, store, rows, progress, PROJECTIONS),
            announcements=announcements,
            presences=presences,
            access=access,
            lists=partial(DeskLists, reader, handler.states, clock),
            notified=lambda workspace, ids: notifications.of_events(reader(workspace), ids),
            signer=signer,
            clock=clock,
            metrics=metrics,
            per_person=settings.streams_per_person,
        )
        stack.enter_context(live)
        identities = PostgresIdentities(pool)
        entrance = make_entrance(
            settings,
            access=access,
            attempts=PostgresAttempts(pool),
            identities=identities,
            provider=partial(identity_provider, clock),
            handler=handler,
            reader=reader,
            signer=signer,
            clock=clock,
        )
        intake = Intake(handler, reader)
        yield Services(
            settings=settings,
            database_url=url,
            clock=clock,
            store=store,
            feed=store,
            numbers=numbers,
            commands=COMMANDS,
            handler=handler,
            intake=intake,
            consumer=left
            and Consumer(*left, intake, trusted(entrance.gate, settings.kafka.handed_in_by), clock),
            hooks=load_hooks(settings.intake_hooks),
            ports=partial(async_ports, url, store, snapshots, role=WRITER),
            projections=PROJECTIONS,
            rows=rows,
            loader=loader,
            histories=partial(PostgresHistories, url, cores()),
            reader=reader,
            holidays=holiday_source,
            progress=progress,
            runner=runner,
            owners=owners,
            watcher=watcher,
            worker=Worker(
                runner,
                [timers.round, SnapshotKeeper(snapshots, handler.states).round, cleaner.round],
                watcher.run,
            ),
            publisher=published,
            told=partial(cloud_json, source=settings.kafka.source),
            feed_streams=FeedStreams(settings.streams_per_person),
            access=access,
            gate=entrance.gate,
            sessions=entrance.sessions,
            csrf=entrance.csrf,
            lockout=entrance.lockout,
            identities=identities,
            providers=entrance.providers,
            signer=signer,
            limits=Limits(
                tokens=Buckets(settings.rate_per_minute),
                addresses=Buckets(settings.anonymous_per_minute),
                logins=Buckets(settings.logins_per_minute),
            ),
            metrics=metrics,
            announcements=announcements,
            presences=presences,
            live=live,
            uploads=uploads,
            blobs=blobs,
            drafts=drafts,
            read_marks=PostgresReadMarks(pool),
            file_rules=FileRules.of(settings.upload_only, settings.upload_never),
        )


def holiday_source() -> HolidaySource:
    """Loaded when somebody asks: its lists would slow down every start."""
    from adapters import holidays

    return holidays


def identity_provider(clock: Clock, settings: ProviderSettings) -> IdentityProvider:
    """Loaded where one is set: its libraries would slow down every start."""
    from adapters.openid.provider import OpenIdProvider

    return OpenIdProvider(
        issuer=settings.issuer,
        client_id=settings.client_id,
        client_secret=settings.secret,
        scopes=settings.scopes,
        parameters=settings.parameters,
        clock=clock,
    )


def create_app(services: Services) -> FastAPI:
    """The web application on these services."""
    return make_app(services)
