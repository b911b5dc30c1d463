"""Files that nobody sent are removed after a while; all others stay."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from api.files.cleaning import EVERY, Cleaner, is_complete
from commands.blob_ports import BlobsUnavailable
from domain.ids import BlobId, WorkspaceId
from tests.api.desk import WORKSPACE, Desk, running_desk
from tests.api.samples import PNG
from tests.api.test_files import bring, brought, sent
from tests.database import Databases

AFTER = timedelta(hours=48)


class Later:
    """A clock that runs ahead."""

    def __init__(self, now: datetime) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    with databases.fresh(migrated=True) as url, running_desk(url) as running:
        yield running


def cleaner(desk: Desk, clock: Later) -> Cleaner:
    services = desk.services
    return Cleaner(
        services.uploads,
        services.blobs,
        services.drafts,
        clock,
        services.reader,
        complete=partial(is_complete, services.rows, services.progress, services.feed.head),
        after=AFTER,
    )


def is_kept(desk: Desk, file: dict[str, Any]) -> bool:
    return desk.services.blobs.size(WORKSPACE, BlobId(file["blob"])) is not None


def test_what_was_never_sent_goes_and_what_was_sent_stays(desk: Desk) -> None:
    agent = desk.agent
    unsent, seen = brought(agent, PNG + b"unsent"), brought(agent, PNG + b"sent")
    now = sent(agent, agent.opens()["id"], "add_note", seen)
    assert now
    clock = Later(desk.services.clock.now() + AFTER - timedelta(minutes=1))
    cleaning = cleaner(desk, clock)
    assert cleaning.round() == 0, "it is not old yet"
    assert is_kept(desk, unsent)
    clock.instant += timedelta(minutes=5)
    assert cleaning.round() == 0, "it looks once in an hour"
    clock.instant += EVERY
    assert cleaning.round() == 2
    assert not is_kept(desk, unsent)
    assert is_kept(desk, seen)
    assert agent.get(f"/blobs/{unsent['blob']}").status_code == 404
    named = {"requester": "mina", "subject": "x", "attachments": [{"blob": unsent["blob"]}]}
    assert agent.post("/tickets", named).status_code == 422
    clock.instant += EVERY
    assert cleaning.round() == 0, "what was sent is not looked at again"
    assert bring(agent, PNG + b"unsent").status_code == 201, "and may come again"


def test_nothing_goes_while_the_timeline_is_not_complete(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsent = brought(desk.agent, PNG + b"unsent")
    clock = Later(desk.services.clock.now() + 2 * AFTER)
    with monkeypatch.context() as patched:
        patched.setattr(desk.services.progress, "wait", lambda *_: False)
        assert cleaner(desk, clock).round() == 0
    with monkeypatch.context() as patched:
        patched.setattr(desk.services.rows, "parked", lambda _: ["an event"])
        assert cleaner(desk, clock).round() == 0
    assert is_kept(desk, unsent)
    assert cleaner(desk, clock).round() == 1


def test_a_store_that_is_away_is_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(workspace: WorkspaceId, blob: BlobId) -> None:
        raise BlobsUnavailable("away")

    unsent = brought(desk.agent, PNG + b"unsent")
    clock = Later(desk.services.clock.now() + 2 * AFTER)
    cleaning = cleaner(desk, clock)
    with monkeypatch.context() as patched:
        patched.setattr(desk.services.blobs, "delete", away)
        assert cleaning.round() == 0
    assert desk.agent.get(f"/blobs/{unsent['blob']}").status_code == 404, "nobody can claim it"
    clock.instant += EVERY
    assert cleaning.round() == 1
    assert not is_kept(desk, unsent)


def test_more_than_a_page_of_files_goes_in_one_round(desk: Desk) -> None:
    agent = desk.agent
    one = desk.services.uploads
    file = brought(agent, PNG + b"first")
    found = one.find(WORKSPACE, BlobId(file["blob"]), desk_actor(desk))
    assert found is not None
    for n in range(450):
        assert one.expect(replace(found, blob=BlobId(f"{n:064x}")))
    clock = Later(desk.services.clock.now() + 2 * AFTER)
    assert cleaner(desk, clock).round() == 451


def desk_actor(desk: Desk) -> Any:
    principal = desk.services.gate.principal(desk.agent.token)
    assert principal is not None
    return principal.actor
