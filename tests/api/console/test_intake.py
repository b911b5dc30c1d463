"""Reports that come by Kafka: taken in by a worker, put aside with the reason, and replayed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from api.console.opening import services
from commands.envelope import Request
from commands.people.queue import CreateQueue
from domain.ids import CommandId, QueueId, WorkspaceId
from tests.api.console.running import Ran, Run
from tests.projections.log import KIM
from tests.projections.postgres import eventually

pytestmark = pytest.mark.timeout(600)

WORKER = [sys.executable, "-c", "from api.cli import main; main()", "worker", "--intake"]
GUIDE = Path(__file__).parents[3] / "docs/how-to/hand-in.md"
OPENS: dict[str, Any] = {
    "kind": "open",
    "source": "crm",
    "external_id": "1",
    "conversation": "case 7",
    "requester": {"email": "sora@example.com", "name": "Sora"},
    "subject": "Cannot sign in",
}
WRITES: dict[str, Any] = {
    "kind": "message",
    "source": "crm",
    "external_id": "2",
    "conversation": "case 7",
    "requester": {"email": "sora@example.com"},
    "body": "Still not.",
}


class Topic:
    """The topic of intake of one test, as somebody who leaves reports there sees it."""

    def __init__(self, servers: str, name: str) -> None:
        self._servers = servers
        self.name = name

    def make(self) -> None:
        with KafkaAdminClient(bootstrap_servers=self._servers) as admin:
            admin.create_topics([NewTopic(self.name, 2, 1)])

    def leave(self, *reports: dict[str, Any] | bytes | None, key: bytes | None = None) -> None:
        with KafkaProducer(bootstrap_servers=self._servers) as producer:
            for report in reports:
                sent = report if isinstance(report, bytes | None) else json.dumps(report).encode()
                own = key
                if own is None and isinstance(report, dict):
                    own = f"{report['source']}:{report.get('conversation')}".encode()
                producer.send(self.name, sent, key=own).get(timeout=60)


@pytest.fixture
def intake(run: Run, kafka: str, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Topic:
    name = f"test-{uuid4().hex}"
    monkeypatch.setenv("CHRONODESK_KAFKA__SERVERS", kafka)
    monkeypatch.setenv("CHRONODESK_KAFKA__INTAKE", name)
    monkeypatch.setenv("CHRONODESK_KAFKA__INTAKE_GROUP", name)
    monkeypatch.setenv("CHRONODESK_KAFKA__INTAKE_PARTITIONS", "2")
    monkeypatch.setenv("CHRONODESK_KAFKA__REPLICATION", "1")
    monkeypatch.setenv("CHRONODESK_KAFKA__INTAKE_TOKEN", token(run))
    made = Topic(kafka, name)
    made.make()
    return made


def token(run: Run, role: str = "agent") -> str:
    email = f"{uuid4().hex[:8]}@example.com"
    added = run("user", "add", email, "--role", role, "--name", "CRM", "--person", "crm")
    assert added.code == 0, added.err
    return run("user", "token", email, "--label", "intake").out.strip()


@contextmanager
def working() -> "Iterator[subprocess.Popen[str]]":
    with subprocess.Popen(WORKER, env=dict(os.environ), stderr=subprocess.PIPE, text=True) as one:
        try:
            yield one
        finally:
            one.kill()


def events(run: Run, kind: str) -> list[dict[str, Any]]:
    ran = run("feed", "--no-follow", "--format", "jsonl", "--from", "1", "--type", kind)
    assert ran.code == 0, ran.err
    return [json.loads(line)["data"] for line in ran.out.splitlines()]


def letters(run: Run, *options: str) -> Any:
    return run("intake", "dead", "--json", *options).json


def said(ran: Ran) -> str:
    return " ".join((ran.out + ran.err).split())


def test_a_worker_takes_in_what_is_left_and_ends_in_good_order(run: Run, intake: Topic) -> None:
    with working() as worker:
        intake.leave(OPENS, WRITES, OPENS)
        eventually(lambda: len(events(run, "intake.taken")) == 2, seconds=60)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(90) == 0
    opened, wrote = events(run, "intake.taken")
    assert (opened["taken"], wrote["taken"]) == ("opened", "wrote")
    assert opened["ticket"] == wrote["ticket"]
    assert opened["handed_in_by"] == "crm"
    assert opened["token"]
    assert letters(run) == []


def test_what_is_refused_is_shown_with_the_reason_and_replayed_when_it_is_mended(
    run: Run, intake: Topic
) -> None:
    intake.leave({**OPENS, "queue": "billing"}, WRITES, b"hello", b"")
    with working():
        eventually(lambda: len(letters(run)) == 4, seconds=60)
    by_reason = {letter["reason"]["field"]: letter for letter in letters(run)}
    assert by_reason["queue"]["key"] == "crm:case 7"
    assert json.loads(by_reason["queue"]["value"])["queue"] == "billing"
    assert by_reason["queue"]["reason"]["what_to_do"]
    assert "There is no queue 'billing'" in said(run("intake", "dead"))
    assert len(letters(run, "--reason", "not-found", "--limit", "1")) == 1

    tried = run("intake", "replay")
    assert (tried.code, "Refused still: 4" in said(tried)) == (1, True)
    assert events(run, "intake.taken") == []

    create_queue()
    assert "2 would be replayed" in said(
        run("intake", "replay", "--reason", "not-found", "--dry-run")
    )
    assert events(run, "intake.taken") == []
    done = run("intake", "replay", "--reason", "not-found", "--json")
    assert (done.code, [one["became"] for one in done.json]) == (0, ["opened", "wrote"])
    assert done.json[0]["ticket"] == 1
    assert [letter["reason"]["code"] for letter in letters(run)] == ["bad-json", "bad-json"]
    assert "nothing to replay" in said(run("intake", "replay", "--reason", "not-found"))
    again = run("intake", "replay", "--reason", "not-found", "--again", "--json")
    assert [one["became"] for one in again.json] == ["taken in before"] * 2
    assert len(events(run, "intake.taken")) == 2

    useless = [str(letter["letter"]) for letter in letters(run)]
    assert "Dismissed: 2" in said(run("intake", "dismiss", *useless))
    assert letters(run) == []
    assert len(letters(run, "--all")) == 4
    unknown = run("intake", "dismiss", "999")
    assert (unknown.code, "no open letter 999" in said(unknown)) == (2, True)


def test_status_tells_how_many_reports_wait_and_how_many_were_refused(
    run: Run, intake: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.leave(OPENS, b"hello")
    told = run("status", "--json").json["intake"]
    assert told == {"topic": intake.name, "error": None, "waiting": 2, "dead": 0}
    done = {"topic": intake.name, "error": None, "waiting": 0, "dead": 1}
    with working():
        eventually(lambda: run("status", "--json").json["intake"] == done, seconds=60)
    assert "chronodesk intake dead" in said(run("status"))
    monkeypatch.setenv("CHRONODESK_KAFKA__SERVERS", "")
    assert run("status", "--json").json["intake"] is None


@pytest.mark.parametrize(
    ("role", "words"),
    [(None, "make one for a machine"), ("auditor", "may not hand in"), ("forged", "unknown")],
)
def test_without_a_token_that_may_hand_in_it_does_not_begin(
    run: Run, intake: Topic, role: str | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHRONODESK_KAFKA__INTAKE_TOKEN")
    if role is not None:
        shown = "chronodesk_forged" if role == "forged" else token(run, role)
        monkeypatch.setenv("CHRONODESK_KAFKA__INTAKE_TOKEN", shown)
    with working() as worker:
        assert worker.wait(60) == 1
        assert worker.stderr is not None
        told = " ".join(worker.stderr.read().split())
    assert words in told
    assert "CHRONODESK_KAFKA__INTAKE_TOKEN" in told
    assert "Traceback" not in told


def test_without_a_kafka_it_says_what_to_set(run: Run) -> None:
    for asked in (["worker", "--intake"], ["intake", "dead"], ["intake", "replay"]):
        ran = subprocess.run(
            [*WORKER[:3], *asked],
            env=dict(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, "CHRONODESK_KAFKA__SERVERS" in ran.stderr) == (1, True)
    assert run("worker", "--intake", "--publish").code == 2


@pytest.mark.skipif(shutil.which("kcat") is None, reason="the guide leaves reports by kcat")
def test_the_lines_of_the_guide_run_as_they_are(
    run: Run, intake: Topic, kafka: str, tmp_path: Path
) -> None:
    leave, follow, settle = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    with working():
        for _ in range(2):  # the second time nothing comes of it
            subprocess.run(
                ["bash", "-euc", leave.replace("chronodesk.intake", intake.name)],
                env=os.environ | {"KAFKA": kafka},
                cwd=tmp_path,
                check=True,
            )
        eventually(lambda: run("status", "--json").json["intake"]["waiting"] == 0, seconds=60)
    (line,) = follow.splitlines()
    told = [json.loads(one)["data"] for one in run(*line.split()[1:]).out.splitlines()]
    assert [one["taken"] for one in told] == ["opened", "wrote"]
    for line in settle.splitlines()[:-1]:
        assert run(*line.partition("#")[0].split()[1:]).code == 0
    assert settle.splitlines()[-1].startswith("chronodesk intake dismiss 4 7")


def create_queue() -> None:
    with services() as opened:
        opened.handler.handle(
            Request(
                workspace=WorkspaceId("default"),
                command=CreateQueue(queue=QueueId("billing"), display_name="Billing"),
                command_id=CommandId(uuid4()),
                by=KIM,
            )
        )
