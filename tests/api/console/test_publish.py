"""The log is published from the command line, and status says how far it is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from adapters.clock import SystemClock
from adapters.postgres.numbers import PostgresNumbers
from adapters.postgres.pool import open_pool
from adapters.postgres.store import PostgresStore
from commands import COMMANDS
from commands.envelope import Request
from commands.handle import Handler
from commands.people.requester import RegisterRequester
from domain.ids import CommandId, RequesterId, WorkspaceId
from tests.api.console.running import Run
from tests.broker.broker import Broker
from tests.broker.topics import read_all, topic
from tests.projections.log import KIM
from tests.projections.postgres import eventually

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch) -> str:
    made = f"test-{uuid4().hex}"
    monkeypatch.setenv("CHRONODESK_KAFKA__TOPIC", made)
    monkeypatch.setenv("CHRONODESK_KAFKA__REPLICATION", "1")
    return made


@contextmanager
def publishing(url: str) -> "Iterator[subprocess.Popen[str]]":
    with subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "worker", "--publish"],
        env=os.environ | {"CHRONODESK_DATABASE_URL": url},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def write(url: str, count: int) -> None:
    with open_pool(url, 2) as pool:
        handler = Handler(PostgresStore(pool), PostgresNumbers(pool), SystemClock(), COMMANDS)
        for n in range(count):
            command = RegisterRequester(requester=RequesterId(uuid4().hex), display_name=f"{n}")
            handler.handle(
                Request(
                    workspace=WorkspaceId("default"),
                    command=command,
                    command_id=CommandId(uuid4()),
                    by=KIM,
                )
            )


def feed(run: Run) -> Any:
    return run("status", "--json").json["feed"]


def test_status_tells_how_far_the_log_is_published_and_by_whom(
    run: Run, database_url: str, kafka: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert feed(run) is None
    monkeypatch.setenv("CHRONODESK_KAFKA__SERVERS", kafka)
    write(database_url, 3)
    (lane,) = feed(run)["lanes"]
    assert (lane["position"], lane["head"], lane["lag"], lane["publisher"]) == (0, 3, 3, None)
    with publishing(database_url) as process:
        eventually(lambda: feed(run)["lanes"][0]["lag"] == 0, seconds=60)
        assert feed(run)["lanes"][0]["publisher"]["name"].endswith(f":{process.pid}")
        assert name in run("status").out
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0
    records = read_all(kafka, name, 0)
    assert [dict(record.headers)["ce_position"] for record in records] == [b"1", b"2", b"3"]


def test_a_broker_that_is_away_is_waited_for_and_status_says_so(
    run: Run,
    database_url: str,
    own_broker: Broker,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHRONODESK_KAFKA__SERVERS", own_broker.servers)
    write(database_url, 3)
    own_broker.kill()
    with publishing(database_url) as process:
        assert "cannot be reached" in feed(run)["error"]
        assert "cannot be told now" in run("status").err
        assert process.poll() is None
        own_broker.start()
        eventually(lambda: [lane["lag"] for lane in feed(run)["lanes"]] == [0], seconds=90)


def test_it_refuses_a_topic_that_does_not_fit_and_says_what_to_do(
    run: Run, database_url: str, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHRONODESK_KAFKA__SERVERS", kafka)
    with topic(kafka, 3) as wide:
        monkeypatch.setenv("CHRONODESK_KAFKA__TOPIC", wide)
        with publishing(database_url) as process:
            assert process.wait(60) == 1
            assert process.stderr is not None
            said = " ".join(process.stderr.read().split())
    assert "has 3 partitions and the log has 1 lane" in said
    assert "chronodesk lanes set 3" in said
    assert "Traceback" not in said


def test_without_a_kafka_it_says_what_to_set(run: Run, database_url: str) -> None:
    with publishing(database_url) as process:
        assert process.wait(60) == 1
        assert process.stderr is not None
        assert "CHRONODESK_KAFKA__SERVERS" in process.stderr.read()
