"""Which versions the streams of a library's application may have: any first one, then no gap."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from adapters.postgres.pool import open_pool
from adapters.postgres.recorder import LogApplicationRecorder
from adapters.postgres.recorder.datastore import Datastore

ONE, TWO = uuid4(), uuid4()


@pytest.fixture
def recorder(empty_database_url: str) -> Iterator[LogApplicationRecorder]:
    with open_pool(empty_database_url, 2) as pool:
        datastore = Datastore(pool, "es_versions")
        datastore.create()
        yield LogApplicationRecorder(datastore)


def _event(stream: UUID, version: int) -> StoredEvent:
    return StoredEvent(stream, version, "topic", f"{version}".encode())


def _versions(recorder: LogApplicationRecorder, stream: UUID) -> list[int]:
    return [event.originator_version for event in recorder.select_events(stream)]


@pytest.mark.parametrize("first", [0, 1, 2, 40])
def test_a_stream_may_begin_at_any_version(recorder: LogApplicationRecorder, first: int) -> None:
    assert recorder.insert_events([_event(ONE, first), _event(ONE, first + 1)]) == [1, 2]
    assert recorder.insert_events([_event(ONE, first + 2)]) == [3]
    assert _versions(recorder, ONE) == [first, first + 1, first + 2]


@pytest.mark.parametrize("version", [3, 5, 6, 8])
def test_then_it_goes_on_without_a_gap(recorder: LogApplicationRecorder, version: int) -> None:
    recorder.insert_events([_event(ONE, 4), _event(ONE, 5), _event(ONE, 6)])
    with pytest.raises(IntegrityError):
        recorder.insert_events([_event(TWO, 1), _event(ONE, version)])
    assert _versions(recorder, ONE) == [4, 5, 6]
    assert _versions(recorder, TWO) == []


@pytest.mark.parametrize("versions", [(1, 1), (1, 3), (2, 1)])
def test_within_one_write_as_well(
    recorder: LogApplicationRecorder, versions: tuple[int, int]
) -> None:
    first, second = versions
    with pytest.raises(IntegrityError):
        recorder.insert_events([_event(ONE, first), _event(ONE, second)])
    with pytest.raises(IntegrityError):
        recorder.insert_events([_event(ONE, first), _event(TWO, 1), _event(ONE, second)])
    assert recorder.max_notification_id() is None


def test_events_of_two_streams_stay_in_the_order_they_were_given(
    recorder: LogApplicationRecorder,
) -> None:
    events = [_event(ONE, 1), _event(TWO, 1), _event(ONE, 2), _event(ONE, 3), _event(TWO, 2)]
    assert recorder.insert_events(events) == [1, 2, 3, 4, 5]
    found = [
        (n.originator_id, n.originator_version) for n in recorder.select_notifications(None, 9)
    ]
    assert found == [(e.originator_id, e.originator_version) for e in events]
