"""Makes the recorders of one `eventsourcing` application from its environment."""

from typing import TypeVar

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic, strtobool
from psycopg.conninfo import make_conninfo

from adapters.postgres.pool import open_pool
from adapters.postgres.recorder.datastore import Datastore
from adapters.postgres.recorder.recorders import (
    LogAggregateRecorder,
    LogApplicationRecorder,
    LogProcessRecorder,
    LogTrackingRecorder,
)
from adapters.postgres.recorder.snapshots import SnapshotRecorder

_R = TypeVar("_R")

_LONGEST_NAME = 63
"""Bytes that PostgreSQL keeps of an identifier; what is longer is cut off, and two become one."""


class Factory(InfrastructureFactory[TrackingRecorder]):
    """Reads the environment. Each variable may have the application's name before its own.

    - POSTGRES_URL; or POSTGRES_DBNAME, and POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER,
      POSTGRES_PASSWORD as far as they are needed;
    - POSTGRES_POOL_SIZE: connections at most (5);
    - POSTGRES_SCHEMA: put before the application's name in the name of its schema, so that two
      applications never share one;
    - ORIGINATOR_ID_TYPE: `uuid` (the default) or `text`;
    - CREATE_TABLE: whether to create missing tables (yes);
    - APPLICATION_RECORDER_TOPIC, TRACKING_RECORDER_TOPIC, PROCESS_RECORDER_TOPIC: subclasses.

    Raises OSError when one of them is missing or wrong.
    """

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        id_type = (self.env.get("ORIGINATOR_ID_TYPE") or "uuid").lower()
        if id_type not in ("uuid", "text"):
            raise OSError(f"ORIGINATOR_ID_TYPE is {id_type!r}; say 'uuid' or 'text'.")
        schema = self._schema()
        self.datastore = Datastore(
            open_pool(self._conninfo(), self._pool_size()), schema, uuids=id_type == "uuid"
        )

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """A recorder of `events` or of `snapshots`."""
        kinds: dict[str, type[LogAggregateRecorder | SnapshotRecorder]] = {
            "events": LogAggregateRecorder,
            "snapshots": SnapshotRecorder,
        }
        if purpose not in kinds:
            raise ValueError(f"There are recorders of {', '.join(kinds)}, not of {purpose}.")
        self._create()
        return kinds[purpose](self.datastore)

    def application_recorder(self) -> ApplicationRecorder:
        self._create()
        return self._chosen(self.APPLICATION_RECORDER_TOPIC, LogApplicationRecorder)(self.datastore)

    def tracking_recorder(
        self, tracking_recorder_class: type[TrackingRecorder] | None = None
    ) -> TrackingRecorder:
        self._create()
        chosen = tracking_recorder_class or self._chosen(
            self.TRACKING_RECORDER_TOPIC, LogTrackingRecorder
        )
        if not issubclass(chosen, LogTrackingRecorder):
            raise TypeError(f"{chosen.__name__} is not a LogTrackingRecorder.")
        return chosen(self.datastore)

    def process_recorder(self) -> ProcessRecorder:
        self._create()
        return self._chosen(self.PROCESS_RECORDER_TOPIC, LogProcessRecorder)(self.datastore)

    def close(self) -> None:
        self.datastore.close()
        super().close()

    def _create(self) -> None:
        if strtobool(self.env.get("CREATE_TABLE") or "yes"):
            self.datastore.create()

    def _chosen(self, variable: str, default: type[_R]) -> type[_R]:
        """The class that a variable names by its topic, or the default one."""
        topic = self.env.get(variable)
        if not topic:
            return default
        chosen: type = resolve_topic(topic)
        if not issubclass(chosen, default):
            raise OSError(f"{variable} names {topic}, which is not a {default.__name__}.")
        return chosen

    def _conninfo(self) -> str:
        if url := self.env.get("POSTGRES_URL"):
            return url
        parts = {
            key: self.env.get(f"POSTGRES_{variable}")
            for key, variable in [
                ("dbname", "DBNAME"),
                ("host", "HOST"),
                ("port", "PORT"),
                ("user", "USER"),
                ("password", "PASSWORD"),
            ]
        }
        if not parts["dbname"]:
            raise OSError("Name a database by POSTGRES_URL or POSTGRES_DBNAME in the environment.")
        return make_conninfo(**{key: value for key, value in parts.items() if value})

    def _pool_size(self) -> int:
        size = self.env.get("POSTGRES_POOL_SIZE") or "5"
        if not size.isdecimal() or int(size) == 0:
            raise OSError(f"POSTGRES_POOL_SIZE is {size!r}; say how many connections, 1 or more.")
        return int(size)

    def _schema(self) -> str:
        # `es_`, so that no application can be called what Chronodesk's own schemas are called.
        parts = ["es", self.env.get("POSTGRES_SCHEMA"), self.env.name.lower()]
        schema = "_".join(part for part in parts if part)
        if len(schema.encode()) > _LONGEST_NAME:
            raise OSError(
                f"The schema's name {schema!r} is longer than {_LONGEST_NAME} bytes."
                " Shorten the application's name or POSTGRES_SCHEMA."
            )
        return schema
