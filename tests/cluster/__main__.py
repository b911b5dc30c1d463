"""Runs the large set-up of docker-compose.yml as plain processes on this machine: `make cluster`.

PostgreSQL, Kafka (wants Java 17, and Maven to fetch it once), two APIs, a publisher of the log,
three workers that read it from Kafka, and one that takes in reports from there. Data and logs are
kept in a folder; what dies is started again; Ctrl-C ends everything.
"""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from adapters.postgres.programs import EmbeddedPostgresError
from api.console.demo import make_demo
from api.console.terminal import complain, print_table, say
from tests.broker.jars import NoKafka
from tests.cluster.running import Cluster, NotHealthy

EVERY = 5.0
"""Seconds between looks at whether all are healthy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C; the exit code."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    # That of Ctrl-C as well: who is started in the background inherits that it is ignored.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _end)
    cluster = Cluster(given.folder, port=given.port, say=say)
    say(f"Starting PostgreSQL, Kafka and Chronodesk; data and logs are in {cluster.folder} ...")
    try:
        with cluster:
            hint = "" if given.empty else _demo(cluster)
            _show(cluster, hint)
            _watch(cluster)
    except KeyboardInterrupt:
        say("All has ended.")
    except (NotHealthy, NoKafka, EmbeddedPostgresError) as error:
        complain(str(error))
        return 1
    return 0


def _demo(cluster: Cluster) -> str:
    """Fill an empty desk, as `chronodesk serve --demo` does; how to sign in."""
    with cluster.opened() as opened:
        return make_demo(opened, "demo")


def _show(cluster: Cluster, hint: str) -> None:
    folder = cluster.folder
    print_table(
        ("what", "address", "process", "log"),
        [
            ("postgres", cluster.database_url, "", folder / "postgres" / "server.log"),
            ("kafka", cluster.broker.servers, cluster.broker.pid, folder / "kafka" / "output"),
            *((p.name, p.url or "", p.pid, p.log) for p in cluster.processes),
        ],
    )
    one, other = cluster.apis
    say(f"Chronodesk runs at {one} and {other}" + (f" - {hint}" if hint else ""))
    say(f"Everything that happens: kcat -b {cluster.broker.servers} -t chronodesk.events -C")
    say("Ctrl-C ends all of it.")


def _watch(cluster: Cluster) -> None:
    """Say when somebody cannot do its work any more, and when all can again."""
    before: list[str] = []
    never = Event()
    while not never.wait(EVERY):
        now = cluster.unhealthy()
        if now != before:
            say(f"Not healthy: {', '.join(now)}." if now else "All are healthy again.")
        before = now


def _end(*_: Any) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make cluster", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8000, help="of the first API (8000)")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".chronodesk") / "cluster",
        help="for data and logs (.chronodesk/cluster)",
    )
    parser.add_argument("--empty", action="store_true", help="no demo data and no logins")
    return parser


if __name__ == "__main__":
    sys.exit(main())
