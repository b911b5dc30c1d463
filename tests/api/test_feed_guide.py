"""The guide to the feed, line by line: a stranger has a consumer in ten minutes."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import pytest
from kafka.admin import KafkaAdminClient

from adapters.kafka.connection import Connection
from adapters.kafka.topic import KafkaTopic
from domain.access import Role
from projections.publish import Publisher
from tests.api.desk import Desk
from tests.api.guides import run_lines, script_of
from tests.projections.postgres import eventually

GUIDE = Path(__file__).parents[2] / "docs/how-to/follow-the-feed.md"


@pytest.fixture
def published(desk: Desk, kafka: str) -> Iterator[str]:
    """A topic in which the desk's log is published, with four tickets in it."""
    name = f"test-{uuid4().hex}"
    topic = KafkaTopic(
        Connection(servers=(kafka,)), name, source="/chronodesk", compression="zstd", replication=1
    )
    publisher, stop = Publisher(desk.services.feed, topic), Event()
    thread = Thread(target=publisher.run, args=[stop])
    thread.start()
    try:
        for _ in range(4):
            desk.agent.opens()
        eventually(lambda: [lag.events for lag in publisher.lag(desk.services.clock.now())] == [0])
        yield name
    finally:
        stop.set()
        thread.join()
    with KafkaAdminClient(bootstrap_servers=kafka) as admin:
        admin.delete_topics([name])


def needs_kcat() -> None:
    if shutil.which("kcat") is None:
        why = "There is no kcat here: install one (Debian: kcat)."
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide speaks curl")
def test_its_lines_run_as_they_are(desk: Desk, kafka: str, published: str, tmp_path: Path) -> None:
    needs_kcat()
    token = desk.token(Role.AUDITOR)
    script = script_of(GUIDE).replace("chronodesk.events", published)
    ran = run_lines(desk, f"KAFKA={kafka} TOKEN={token}\n{script}", tmp_path)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    events = len(desk.services.feed.page(0, 0, 1_000))
    assert f"partition 0 has positions 1 to {events}" in ran.stdout
    assert "key default:" in ran.stdout
    assert "ce_type=" in ran.stdout
    assert '"more":false' in ran.stdout
    assert "\ndata: {" in ran.stdout


def test_kcat_reads_what_is_committed_whatever_packed_it(
    desk: Desk, kafka: str, published: str
) -> None:
    needs_kcat()
    read = subprocess.run(
        ["kcat", "-b", kafka, "-t", published, "-C", "-e", "-q", "-f", "%h\n"],
        capture_output=True,
        text=True,
        check=True,
    )
    positions = [int(found) for found in re.findall(r"ce_position=(\d+)", read.stdout)]
    assert positions == list(range(1, len(desk.services.feed.page(0, 0, 1_000)) + 1))


def test_its_consumer_does_each_event_once(
    desk: Desk, kafka: str, published: str, tmp_path: Path
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    program = program.replace("chronodesk.events", published).replace("5_000", "3_000")
    for _ in range(2):  # the second time it finds everything done
        ran = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", f"KAFKA = {kafka!r}\n{program}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.stdout, ran.returncode) == ("4 tickets\n", 0), ran.stderr
