"""The library's recorder of snapshots: unlike events they can be computed again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, StoredEvent
from psycopg import sql

from adapters.postgres.recorder.datastore import Datastore


class SnapshotRecorder(AggregateRecorder):
    """States of aggregates at some of their versions."""

    def __init__(self, datastore: Datastore) -> None:
        self.datastore = datastore

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Keep snapshots. Raises IntegrityError when there is one of that version."""
        table = sql.Identifier(self.datastore.schema, "snapshot")
        with self.datastore.connection() as connection, connection.transaction():
            connection.cursor().executemany(
                sql.SQL("INSERT INTO {} VALUES (%s, %s, %s, %s)").format(table),
                [
                    (str(s.originator_id), s.originator_version, s.topic, s.state)
                    for s in stored_events
                ],
            )
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Snapshots of an aggregate with versions greater than `gt`, up to `lte`."""
        query = sql.SQL(
            "SELECT version, topic, data FROM {} WHERE stream = %(stream)s"
            " AND (%(gt)s::bigint IS NULL OR version > %(gt)s)"
            " AND (%(lte)s::bigint IS NULL OR version <= %(lte)s)"
            " ORDER BY version {} LIMIT %(limit)s"
        ).format(
            sql.Identifier(self.datastore.schema, "snapshot"),
            sql.SQL("DESC" if desc else "ASC"),
        )
        given = {"stream": str(originator_id), "gt": gt, "lte": lte, "limit": limit}
        with self.datastore.connection() as connection:
            rows = connection.execute(query, given).fetchall()
        return [
            StoredEvent(
                originator_id=originator_id, originator_version=version, topic=topic, state=data
            )
            for version, topic, data in rows
        ]
