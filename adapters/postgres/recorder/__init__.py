"""A persistence module for the `eventsourcing` library, on the log that Chronodesk itself uses.

    class Desk(Application[UUID]):
        env = {"PERSISTENCE_MODULE": "adapters.postgres.recorder", "POSTGRES_URL": "postgresql://..."}

Against the library's own PostgreSQL module: writers lock one row instead of a table, a reader at
the end of the log misses nothing, a write whose answer got lost is not mistaken for a conflict,
and a subscription does not depend on a notification.
"""

from adapters.postgres.recorder.factory import Factory
from adapters.postgres.recorder.recorders import (
    LogAggregateRecorder,
    LogApplicationRecorder,
    LogProcessRecorder,
    LogTrackingRecorder,
)
from adapters.postgres.recorder.snapshots import SnapshotRecorder
from adapters.postgres.recorder.subscription import LogSubscription

__all__ = [
    "Factory",
    "LogAggregateRecorder",
    "LogApplicationRecorder",
    "LogProcessRecorder",
    "LogSubscription",
    "LogTrackingRecorder",
    "SnapshotRecorder",
]
