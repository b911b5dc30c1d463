"""`make cluster` runs what docker-compose.yml says, as processes, and leaves none behind."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.broker.topics import read_all
from tests.cluster.compose import interpolated, services
from tests.cluster.running import _Return
from tests.database import fastest_folder
from tests.projections.postgres import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cluster-", dir=fastest_folder()) as folder:
        yield Path(folder) / "cluster"


def of_this_cluster(folder: Path) -> list[str]:
    """Processes that were started in the folder, or for it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if str(folder) in said or str((process / "cwd").readlink()).startswith(str(folder)):
                found.append(said)
        except OSError:
            continue  # it has just ended
    return found


def test_a_ticket_that_one_api_opens_is_seen_at_the_other_and_in_the_topic(
    kafka_programs: None, folder: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cluster", "--folder", str(folder), "--empty"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stderr is not None
            said = []
            for line in running.stderr:
                said.append(line)
                if line.startswith("Ctrl-C"):
                    break
            assert running.poll() is None, said
            opens_and_sees(said, folder)
            assert len(of_this_cluster(folder)) >= 11
            running.send_signal(signal.SIGINT)
            table, rest = running.communicate(timeout=180)
        finally:
            running.terminate()
    assert running.returncode == 0, rest
    assert [row.split("\t")[0] for row in table.splitlines()] == [
        *("what", "postgres", "kafka", "api-1", "api-2", "publisher"),
        *("intake", "views-1", "views-2", "views-3"),
    ]
    assert of_this_cluster(folder) == []


def opens_and_sees(said: list[str], folder: Path) -> None:
    found = re.search(r"runs at (\S+) and (\S+)", " ".join(said))
    broker = re.search(r"kcat -b (\S+)", " ".join(said))
    assert found is not None
    assert broker is not None
    token = {"Authorization": f"Bearer {administrator(folder)}"}
    with (
        httpx.Client(base_url=f"{found[1]}/api/v1", headers=token, timeout=30) as one,
        httpx.Client(base_url=f"{found[2]}/api/v1", headers=token, timeout=30) as other,
    ):
        posted(one, "/requesters", {"requester": "mina", "display_name": "Mina"})
        opened = posted(one, "/tickets", {"requester": "mina", "subject": "It smokes"})
        seen = other.get(f"/tickets/{opened['id']}")
        assert (seen.status_code, seen.json()["subject"]) == (200, "It smokes")

        def listed() -> bool:
            answer = other.get("/tickets", params={"text": "smokes"})
            assert answer.status_code == 200, answer.text
            return [ticket["id"] for ticket in answer.json()["items"]] == [opened["id"]]

        eventually(listed)
    topic = [
        dict(record.headers)["ce_subject"].decode()
        for lane in range(6)
        for record in read_all(broker[1], "chronodesk.events", lane)
        if dict(record.headers)["ce_type"] == b"ticket.opened"
    ]
    assert topic == [f"ticket:{opened['id']}"]


def posted(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    answer = client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return answer.json()


def administrator(folder: Path) -> str:
    """A token, from commands that join the cluster's database."""
    environment = {
        **os.environ,
        "CHRONODESK_DATABASE_URL": f"postgresql://chronodesk@/chronodesk?host={folder}/postgres",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    run("user", "add", "admin@example.com", "--role", "admin")
    return run("user", "token", "admin@example.com")


def test_it_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.cluster", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "make cluster" in done.stdout
    assert "--port" in done.stdout


def test_what_ends_again_and_again_waits_longer_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, said = 0.0, list[str]()
    monkeypatch.setattr("tests.cluster.running.time.monotonic", lambda: now)
    one = _Return()
    waited = []
    for lived in (60.0, 1.0, 1.0, 1.0, 1.0, 60.0):
        now += lived
        ended = now
        while not one.is_due("it has ended", said.append):
            now += 0.5
        one.started()
        waited.append(now - ended)
    assert waited == [0, 1, 3, 7, 10, 0]
    assert len(said) == 6


def test_services_come_after_what_they_wait_for() -> None:
    found = [[one.name for one in level] for level in services(["cluster"], {})]
    assert [sorted(level) for level in found] == [["api-1"], ["api-2", "publisher"], ["views"]]
    ((api,), (worker,)) = services(["small"], {"CHRONODESK_PORT": "9000"})
    assert (api.port, worker.replicas, worker.port) == (9000, 1, None)


def test_variables_are_replaced_as_compose_does_it() -> None:
    text = "a ${A} ${B:-b} ${C:?say it} ${B:-}"
    assert interpolated(text, {"A": "1", "C": "3"}) == "a 1 b 3 "
    assert interpolated(text, {"B": "2"}) == "a  2  2"
