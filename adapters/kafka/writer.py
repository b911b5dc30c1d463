"""A transactional producer that tells within a bounded time what became of a transaction."""

from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from adapters.kafka.connection import Connection
from adapters.kafka.records import Record

GIVE_UP = 10.0
"""Seconds after which a transaction counts as lost, and another producer takes this one's place.
One whose broker was killed may wait for ever when it is back: so long the feed stands still."""

LEFT = 30_000
"""Milliseconds after which the cluster undoes a transaction that nobody goes on with. Until then
readers of what is committed wait behind it; a successor of the same name ends it at once."""

RETRY = 5
"""Milliseconds until a request is repeated. The first one of a transaction is refused while the end
of the one before is being written, which takes about that: with the library's default of 100, small
transactions would take 100 ms each."""

LONGEST = 64 * 2**20
"""Bytes of one record that this side lets pass: the topic's own limit is what counts."""


def options(connection: Connection, compression: str | None) -> dict[str, Any]:
    """What a producer of records for this cluster is told."""
    return {
        **connection.options,
        "delivery_timeout_ms": round(GIVE_UP * 1_000),
        "request_timeout_ms": round(GIVE_UP * 900),
        "max_block_ms": 10_000,
        "max_request_size": LONGEST,
        "retry_backoff_ms": RETRY,
        "compression_type": compression,
        "batch_size": 256 * 1024,
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }


class Writer:
    """The only one that can write under the name `ident`, from when it is entered on.

    Methods raise errors of kafka-python. After any of them it is of no use.
    """

    def __init__(self, connection: Connection, ident: str, compression: str | None) -> None:
        self._options = {
            **options(connection, compression),
            "transactional_id": ident,
            "transaction_timeout_ms": LEFT,
        }

    def __enter__(self) -> Self:
        """Undo what another one of this name had begun, and keep it from writing more."""
        self._producer: Any = KafkaProducer(**self._options)
        try:
            self._producer.init_transactions()
        except BaseException:
            self._drop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._producer.close(timeout=1)
        else:
            self._drop()

    def write(self, topic: str, partition: int, records: list[Record]) -> None:
        """Add records to a partition in one transaction."""
        try:
            self._producer.begin_transaction()
            sent = [
                self._producer.send(
                    topic,
                    record.value,
                    key=record.key,
                    headers=record.headers,
                    partition=partition,
                    timestamp_ms=record.timestamp,
                )
                for record in records
            ]
            self._producer.flush(timeout=GIVE_UP)
            _all_there(sent)
            self._commit()
        except KafkaError as error:
            # What is raised after a failure may say no more than that there was one before.
            first = self._producer._transaction_manager.last_error  # noqa: SLF001 - as below
            raise first or error from error

    def _commit(self) -> None:
        """KafkaProducer.commit_transaction, which itself would wait for ever.

        A broker that is killed at the wrong moment leaves it waiting even after it came back.
        """
        committed = self._producer._transaction_manager.begin_commit()  # noqa: SLF001 - only so
        self._producer._sender.wakeup()  # noqa: SLF001
        if not committed.wait(timeout_ms=GIVE_UP * 1_000):
            raise KafkaTimeoutError(f"A transaction did not end in {GIVE_UP:.0f} s.")

    def _drop(self) -> None:
        """End it without waiting for what it still has to send, as `close` would."""
        sender = self._producer._sender  # noqa: SLF001 - nothing public ends it at once
        sender.force_close()
        sender.join(1)
        self._producer.close(timeout=0)


def _all_there(sent: list[Any]) -> None:
    """Raise unless each record has its place in the partition, one behind the other.

    The library commits a transaction of which a part was refused.
    """
    for failed in sent:
        if not failed.succeeded():
            raise failed.exception or KafkaTimeoutError("A record was not answered.")
    offsets = [future.value.offset for future in sent]
    if offsets != list(range(offsets[0], offsets[0] + len(sent))):
        raise KafkaError(f"Records of one transaction are at {offsets}.")
