"""status tells who works on which view, and the worker command works."""

import os
import signal
import subprocess
import sys

import psycopg

from adapters.postgres.pool import open_pool
from adapters.postgres.projection_leases import PostgresLeases
from projections import PROJECTIONS, queue
from tests.api.console.running import Run
from tests.projections.postgres import eventually


def test_status_tells_who_works_on_a_view(run: Run, database_url: str) -> None:
    work = (queue.PROJECTION.name, queue.PROJECTION.version, 0)
    run("status")
    with open_pool(database_url) as pool:
        fence = PostgresLeases(pool, "elsewhere:42").share([work])[work].fence
    told = {view["projection"]: view["worker"] for view in run("status", "--json").json["views"]}
    assert told.pop("queue").items() >= {"name": "elsewhere:42", "fence": fence}.items()
    assert set(told.values()) == {None}
    assert "elsewhere:42" in run("status").out


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
            assert worker.wait(30) == 0
            assert leases.holdings() == []
    finally:
        worker.kill()
        worker.wait()
