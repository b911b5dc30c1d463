"""status tells who works on which view, and the worker command works."""

import os
import signal
import subprocess
import sys

import psycopg
import pytest

from adapters.kafka.group import client_id
from adapters.postgres.lanes import Lanes
from adapters.postgres.pool import open_pool
from adapters.postgres.projection_leases import PostgresLeases
from adapters.postgres.store import PostgresStore
from api.main import build
from api.settings import load_settings
from projections import PROJECTIONS, queue
from tests.adapters.kafka_world import following, published
from tests.api.console.running import Run
from tests.contracts.requests import request, ticket, write
from tests.projections.postgres import eventually

ME = client_id().removeprefix("chronodesk-")


def test_status_tells_who_works_on_a_view(run: Run, database_url: str) -> None:
    work = (queue.PROJECTION.name, queue.PROJECTION.version, 0)
    run("status")
    with open_pool(database_url) as pool:
        fence = PostgresLeases(pool, "elsewhere:42", seconds=300).share([work])[work].fence
    told = {view["projection"]: view["worker"] for view in run("status", "--json").json["views"]}
    assert told.pop("queue").items() >= {"name": "elsewhere:42", "fence": fence}.items()
    assert set(told.values()) == {None}
    assert "elsewhere:42" in run("status").out


def test_status_and_metrics_tell_who_reads_and_publishes_which_lane(
    run: Run, database_url: str, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lanes(database_url).set(2)
    run("status")
    with open_pool(database_url) as pool:
        store = PostgresStore(pool)
        store.append_many([request(write(ticket(n), 0, f"{n}")) for n in range(6)])
        with published(kafka, store) as topic, following(kafka, store, topic) as feed:
            monkeypatch.setenv("CHRONODESK_KAFKA__SERVERS", kafka)
            monkeypatch.setenv("CHRONODESK_KAFKA__TOPIC", topic)
            monkeypatch.setenv("CHRONODESK_KAFKA__GROUP", f"{topic}.views")
            eventually(lambda: store.head().covered_by(feed.head()) or feed.wait(feed.head(), 0.5))
            elsewhere = PostgresLeases(pool, "elsewhere:43", seconds=300)
            elsewhere.share([(f"publish {topic}", 1, 0)])
            told = run("status", "--json").json
            with build(load_settings(database_url=database_url)) as services:
                text = services.metrics.text().decode()
    assert {(view["worker"]["name"], view["worker"]["by"]) for view in told["views"]} == {
        (ME, "group")
    }
    assert told["group"] == {
        "error": None,
        "members": [{"name": ME, "lanes": [0, 1]}],
    }
    lanes = told["feed"]["lanes"]
    assert [(lane["lag"], lane["lag_seconds"]) for lane in lanes] == [(0, 0), (0, 0)]
    assert lanes[0]["publisher"]["name"] == "elsewhere:43"
    assert f'projection_worker{{lane="1",projection="queue",worker="{ME}"}} 1.0' in text
    assert 'chronodesk_publish_lag_seconds{lane="0"} 0.0' in text
    assert 'chronodesk_publish_worker{lane="0",worker="elsewhere:43"} 1.0' in text
    assert "chronodesk_kafka_reachable 1.0" in text


def test_a_view_whose_tables_changed_stops_the_start(run: Run, database_url: str) -> None:
    run("status")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE chronodesk.projection SET digest = 'other' WHERE name = 'queue'")
    ran = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", "status"],
        env=os.environ | {"CHRONODESK_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert "Raise the version" in " ".join(ran.stderr.split())


def test_processes_of_one_worker_share_the_views(run: Run, database_url: str) -> None:
    run("status")
    worker = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "worker", "--processes", "2"],
        env=os.environ | {"CHRONODESK_DATABASE_URL": database_url},
        stderr=subprocess.DEVNULL,
    )
    try:
        with open_pool(database_url) as pool:
            leases = PostgresLeases(pool)

            def shared() -> bool:
                holdings = leases.holdings()
                names = [h.worker for h in holdings]
                return len(names) == len(PROJECTIONS) and len(set(names)) == 2

            eventually(shared, seconds=60)
            assert os.getpriority(os.PRIO_PROCESS, worker.pid) > 0
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(90) == 0
            assert leases.holdings() == []
    finally:
        worker.kill()
        worker.wait()
