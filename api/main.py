"""The composition root: settings in, a running help desk out. The only module naming adapters."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from fastapi import FastAPI
from psycopg import Connection
from psycopg_pool import ConnectionPool

from adapters.blobs import blobs_in
from adapters.clock import SystemClock
from adapters.cloud_json import cloud_json
from adapters.dry_run import DryRunNumbers, DryRunStore
from adapters.importing.ids import ticket_of
from adapters.importing.mapping import ImportRefused, load_mapping, ready_mappings
from adapters.importing.report import ImportReport, as_json, as_text
from adapters.importing.run import OnProgress, import_history
from adapters.postgres.announcements import PostgresAnnouncements
from adapters.postgres.async_store import async_ports
from adapters.postgres.attempts import PostgresAttempts
from adapters.postgres.bell import SEEN, Bell
from adapters.postgres.bulk import LOADER, PostgresBulkStore
from adapters.postgres.drafts import PostgresDrafts
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.identities import PostgresIdentities
from adapters.postgres.keeper import kept_running
from adapters.postgres.lanes import Lanes
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.presence import PostgresPresences, migrate_live
from adapters.postgres.programs import EmbeddedPostgresError
from adapters.postgres.projection_fill import CopyGone
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.projection_load import PostgresLoader
from adapters.postgres.projections import PostgresRowStore
from adapters.postgres.read import PostgresReader
from adapters.postgres.read_marks import PostgresReadMarks
from adapters.postgres.schema import migrate
from adapters.postgres.snapshots import PostgresSnapshots
from adapters.postgres.store import PostgresStore
from adapters.postgres.tokens import PostgresAccess, migrate_access
from adapters.postgres.uploads import PostgresUploads, migrate_content
from adapters.postgres.verify import Fault, verify_log
from adapters.postgres.what_if import PostgresHistories
from adapters.processes import ProcessLost, cores
from adapters.simulating.plan import Plan
from adapters.simulating.simulate import simulate
from adapters.simulating.write import Written, write
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
from api.kafka_settings import KafkaSettings
from api.live.followed import Followed
from api.live.lists import DeskLists
from api.live.live import Live
from api.services import Limits, Services
from api.settings import Settings
from api.signing import Signer
from api.snapshots import SnapshotKeeper
from api.timers import Timers
from api.watcher import DueByBoard, Watcher
from api.worker import Worker
from commands import COMMANDS
from commands.handle import Handler
from commands.intake_ports import DeadLetters, Inbox
from commands.ports import Clock
from commands.reactions import REACTIONS
from commands.states import States
from domain.ids import WorkspaceId
from projections import PROJECTIONS, notifications, sla_board
from projections.owners import Owners
from projections.ports import Feed, TablesChanged
from projections.progress import Progress
from projections.publish import Publisher
from projections.publish_ports import TopicUnavailable, TopicUnusable
from projections.run import Runner

if TYPE_CHECKING:
    from adapters.kafka.feed import KafkaFeed
    from adapters.kafka.group import KafkaGroup

__all__ = [
    "EXPLAINED",
    "Fault",
    "ImportReport",
    "Plan",
    "Written",
    "as_json",
    "as_text",
    "build",
    "bulk_store",
    "check_log",
    "create_app",
    "holiday_source",
    "import_file",
    "log_lanes",
    "migrated",
    "ready_mappings",
    "tell_histories",
    "ticket_of",
]

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


def publisher(
    settings: KafkaSettings, feed: Feed, pool: ConnectionPool[Connection[Any]]
) -> Publisher | None:
    """Loaded where a Kafka is named: its library would slow down every start."""
    if not settings.addresses:
        return None
    from adapters.kafka.connection import Connection as Cluster
    from adapters.kafka.topic import KafkaTopic

    topic = KafkaTopic(
        Cluster(servers=settings.addresses, security=settings.options),
        settings.topic,
        source=settings.source,
        compression=settings.codec,
        replication=settings.replication,
    )
    return Publisher(feed, topic, leases=PostgresLeases(pool))


def intake_topics(settings: KafkaSettings) -> tuple[Inbox, DeadLetters] | None:
    """Where reports are left, and those that are refused; loaded as above."""
    if not settings.addresses:
        return None
    from adapters.kafka.connection import Connection as Cluster
    from adapters.kafka.dead_letters import KafkaDeadLetters
    from adapters.kafka.inbox import KafkaInbox

    cluster = Cluster(servers=settings.addresses, security=settings.options)
    copies = settings.replication
    inbox = KafkaInbox(
        cluster,
        settings.intake,
        settings.intake_group,
        partitions=settings.intake_partitions,
        replication=copies,
    )
    letters = KafkaDeadLetters(
        cluster, settings.intake, compression=settings.codec, replication=copies
    )
    return inbox, letters


def kafka_feed(settings: KafkaSettings, log: Feed) -> "KafkaFeed":
    """Loaded where views are fed from Kafka, as above."""
    from adapters.kafka.connection import Connection as Cluster
    from adapters.kafka.feed import KafkaFeed

    cluster = Cluster(servers=settings.addresses, security=settings.options)
    return KafkaFeed(cluster, settings.topic, settings.group, log.load)


def kafka_group(settings: KafkaSettings) -> "KafkaGroup | None":
    """Who follows the topic, where a Kafka is named; loaded there alone, as above."""
    if not settings.addresses:
        return None
    from adapters.kafka.connection import Connection as Cluster
    from adapters.kafka.group import KafkaGroup

    cluster = Cluster(servers=settings.addresses, security=settings.options)
    return KafkaGroup(cluster, settings.topic, settings.group)


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


# ── What the command line can do beyond the API ──────────────────────────────────────────────────


def import_file(
    services: Services, path: Path, mapping: str, *, dry_run: bool, on_progress: OnProgress
) -> ImportReport:
    """Bring a history into the log (with `dry_run`, only say what that would do).

    Raises ImportRefused, StoreUnavailable, or ProcessLost.
    """
    with bulk_store(services) as bulk:
        dry = DryRunStore(services.store)
        return import_history(
            path,
            load_mapping(mapping),
            store=dry if dry_run else services.store,
            bulk=dry if dry_run else bulk,
            numbers=DryRunNumbers() if dry_run else services.numbers,
            clock=services.clock,
            workspace=WorkspaceId(services.settings.workspace),
            on_progress=on_progress,
            processes=cores(),
        )


def tell_histories(
    services: Services,
    *,
    tickets: int,
    seed: int,
    start: datetime,
    end: datetime,
    progress: Callable[[int, int], None],
) -> Written:
    """Simulate `tickets` from `start` to `end`.

    `progress` hears of each batch's tickets and events. Raises ValueError for a plan that makes no
    sense, StoreUnavailable, and ProcessLost.
    """
    plan = Plan(
        workspace=WorkspaceId(services.settings.workspace),
        tickets=tickets,
        seed=seed,
        start=start,
        end=end,
    )
    with bulk_store(services) as bulk:
        told = simulate(plan, services.numbers, services.clock.now(), cores())
        return write(bulk, told, progress)


@contextmanager
def bulk_store(services: Services) -> Iterator[PostgresBulkStore]:
    """A way into the log for whole histories: open while they are written, and no longer."""
    url = services.database_url
    with open_pool(url, 1, role=LOADER) as pool, Bell(url) as bell:
        yield PostgresBulkStore(pool, bell)


def check_log(services: Services, progress: Callable[[int, int], None]) -> list[Fault]:
    """Where the log is not what it promises to be; empty when all is well."""
    return verify_log(services.database_url, progress)
