"""Whole histories into the log, beside COPY of the rows that it wrote.

An import is measured from the file to the log. The writing stages get requests that are made
already, with all their checks (versions, command ids, positions without a gap): those of an
import, a case each, and those of a simulation, hardly more than an event each.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from adapters.importing.mapping import load_mapping
from adapters.importing.run import import_history
from adapters.postgres.bulk import PostgresBulkStore
from adapters.postgres.pool import open_pool
from adapters.processes import cores
from adapters.simulating.plan import Plan
from adapters.simulating.simulate import simulate
from adapters.simulating.write import write
from api.wiring.histories import import_file
from bench.context import Bench
from bench.desk import UNTIL, WORKSPACE, services
from bench.figure import Figure, at_least
from bench.load import Load
from bench.yardsticks.copying import COPY, Rows, copied
from commands.ports import BulkStore, Packed, Receipt, VersionConflict

_ACTIVITIES = ("Assign seriousness", "Take in charge ticket", "Wait", "Resolve ticket", "Closed")
_MAPPING = "italian_helpdesk"
_AIM = at_least(0.6)


def measure(bench: Bench) -> Iterator[Figure]:
    theirs = bench.url(bench.database())
    file = bench.folder / "log.csv"
    rows = _write_log(file, bench.scale.cases)
    bench.say(f"bulk: the histories of {bench.scale.log:,} tickets, ready to be written")
    told = _told(bench)
    calls = _calls(bench, file)
    ours: dict[str, list[Load]] = {"cases": [], "writing": [], "import": []}
    bare: dict[str, list[Load]] = {stage: [] for stage in ours}
    for _ in range(bench.scale.rounds):
        bench.say("bulk: cases of an import, and COPY of the same rows")
        database = bench.database()
        ours["cases"].append(_brought(bench.url(database), calls))
        bare["cases"].append(_copied(bench, database, theirs))
        bench.say("bulk: simulated requests, and COPY of the same rows")
        database = bench.database()
        ours["writing"].append(_written(bench.url(database), told))
        bare["writing"].append(_copied(bench, database, theirs))
        bench.say(f"bulk: import of {rows:,} rows, and COPY of the events that came of it")
        database = bench.database()
        ours["import"].append(_imported(bench.url(database), file))
        bare["import"].append(_copied(bench, database, theirs))
    what = {
        "cases": f"cases of {rows:,} imported rows written, events, requests made before",
        "writing": "simulated requests written, events, requests made before",
        "import": f"import of a CSV file of {rows:,} rows, events",
    }
    for stage, loads in ours.items():
        yield Figure(
            name=f"bulk.{stage}",
            what=what[stage],
            unit="1/s",
            values=[load.per_second for load in loads],
            yardstick=COPY,
            yardsticks=[load.per_second for load in bare[stage]],
            aims=(_AIM,),
            more={"events": loads[0].count},
        )


def _told(bench: Bench) -> list[Sequence[Packed]]:
    """A simulated year, as the log is asked to write it."""
    plan = Plan(
        workspace=WORKSPACE,
        tickets=bench.scale.log,
        seed=1,
        start=UNTIL - timedelta(days=365),
        end=UNTIL,
    )
    with services(bench.url(bench.database())) as opened:
        return list(simulate(plan, opened.numbers, UNTIL, cores()))


def _calls(bench: Bench, file: Path) -> list[Sequence[Packed]]:
    """What an import of the file asks of the log, call by call."""
    url = bench.url(bench.database())
    with services(url) as opened, open_pool(url, 1) as pool:
        noted = _Noted(PostgresBulkStore(pool))
        import_history(
            file,
            load_mapping(_MAPPING),
            store=opened.store,
            bulk=noted,
            numbers=opened.numbers,
            clock=opened.clock,
            workspace=WORKSPACE,
            processes=cores(),
        )
    return noted.calls


class _Noted:
    """commands.ports.BulkStore that remembers what it was asked for."""

    def __init__(self, bulk: BulkStore) -> None:
        self._bulk = bulk
        self.calls: list[Sequence[Packed]] = []

    def append_history(self, requests: Sequence[Packed]) -> list[Receipt | VersionConflict]:
        self.calls.append(requests)
        return self._bulk.append_history(requests)


def _brought(url: str, calls: Sequence[Sequence[Packed]]) -> Load:
    with services(url), open_pool(url, 1) as pool:
        bulk = PostgresBulkStore(pool)
        begun = time.perf_counter()
        for requests in calls:
            bulk.append_history(requests)
        seconds = time.perf_counter() - begun
    return Load(count=sum(packed.events for call in calls for packed in call), seconds=seconds)


def _written(url: str, told: Sequence[Sequence[Packed]]) -> Load:
    with services(url), open_pool(url, 1) as pool:
        begun = time.perf_counter()
        done = write(PostgresBulkStore(pool), told, lambda *_: None)
        return Load(count=done.events, seconds=time.perf_counter() - begun)


def _imported(url: str, file: Path) -> Load:
    with services(url) as opened:
        begun = time.perf_counter()
        done = import_file(opened, file, _MAPPING, dry_run=False, on_progress=lambda _: None)
        return Load(
            count=done.events_written + done.people_registered,
            seconds=time.perf_counter() - begun,
        )


def _copied(bench: Bench, database: str, theirs: str) -> Load:
    rows = Rows(bench.url(database), bench.folder / "log.copy")
    bench.drop(database)
    load = copied(theirs, rows)
    rows.file.unlink()
    return load


def _write_log(file: Path, cases: int) -> int:
    """A log of made-up cases, five rows each."""
    rng = Random(1)
    lines = [",case,event,startTime,org:resource,Activity"]
    for case in range(cases):
        at = datetime(2025, 1, 1) + timedelta(minutes=case)  # noqa: DTZ001 - as in the file
        for activity in _ACTIVITIES:
            at += timedelta(minutes=rng.randrange(1, 5_000))
            stamp, who = f"{at:%Y/%m/%d %H:%M:%S}.000", f"Value {rng.randrange(20)}"
            lines.append(f"{len(lines) - 1},Case {case},{activity},{stamp},{who},{activity}")
    file.write_text("\n".join(lines) + "\n")
    return len(lines) - 1
