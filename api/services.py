"""The parts that routes and the command line work with, wired by api.main."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from api.auth.csrf import Csrf
from api.auth.gate import Gate
from api.auth.lockout import Lockout
from api.auth.ports import Access, Identities
from api.auth.providers import Providers
from api.auth.sessions import Sessions
from api.edge.limits import Buckets
from api.edge.metrics import Metrics
from api.feed_stream import FeedStreams
from api.files.rules import FileRules
from api.holidays import HolidaySource
from api.intake.ports import Consumes, Hooks, TakesAsync
from api.live.live import Live
from api.live.ports import Announcements, Presences
from api.settings import Settings
from api.signing import Signer
from api.watcher import Watcher
from api.worker import Worker
from commands.blob_ports import Blobs, Uploads
from commands.draft_ports import Drafts
from commands.envelope import Command, Decision
from commands.handle import Handler
from commands.ports import AsyncPorts, Clock, EventStore, Numbers
from commands.read_mark_ports import ReadMarks
from domain.ids import WorkspaceId
from domain.record import record
from domain.recorded import Recorded
from projections.folding import Loader
from projections.owners import Owners
from projections.ports import Feed, Projection, Reader, RowStore
from projections.progress import Progress
from projections.publish import Publisher
from projections.run import Runner
from projections.what_if import Histories


@record
class Limits:
    """Requests a minute: per token, per address without one, per address that signs in."""

    tokens: Buckets
    addresses: Buckets
    logins: Buckets


@record
class Services:
    """Everything that runs.

    `database_url` is where the log is, embedded or not. `ports` opens what commands need in the
    running event loop. `loader` fills views with so many processes. `histories` compares up to so
    many events. `reader` gives read access to one workspace; `holidays` loads their source;
    `worker` is made but not started; `owners` tells who else works. `publisher` publishes the log,
    `consumer` takes in reports from Kafka; None: there is no Kafka. `told` is an event as others
    are told it, a CloudEvent in JSON.
    """

    settings: Settings
    database_url: str
    clock: Clock
    store: EventStore
    feed: Feed
    numbers: Numbers
    commands: Mapping[type[Command], Callable[..., Decision]]
    handler: Handler
    intake: TakesAsync
    consumer: Consumes | None
    hooks: Hooks
    ports: Callable[[], AbstractAsyncContextManager[AsyncPorts]]
    projections: tuple[Projection, ...]
    rows: RowStore
    loader: Callable[[int], Loader]
    histories: Callable[[int], Histories]
    reader: Callable[[WorkspaceId], Reader]
    holidays: Callable[[], HolidaySource]
    progress: Progress
    runner: Runner
    owners: Owners
    watcher: Watcher
    worker: Worker
    publisher: Publisher | None
    told: Callable[[Recorded[Any]], bytes]
    feed_streams: FeedStreams
    access: Access
    sessions: Sessions
    gate: Gate
    csrf: Csrf
    lockout: Lockout
    identities: Identities
    providers: Providers
    signer: Signer
    limits: Limits
    metrics: Metrics
    announcements: Announcements
    presences: Presences
    live: Live
    uploads: Uploads
    blobs: Blobs
    file_rules: FileRules
    drafts: Drafts
    read_marks: ReadMarks
