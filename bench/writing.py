"""Commands over HTTP, beside single inserts; an import, beside COPY of what it wrote."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

from adapters.postgres.embedded import EmbeddedPostgres
from api.main import import_file
from api.services import Services
from bench import yardsticks
from bench.desk import WORKSPACE, clients, database, served, services, token
from bench.measure import Figure, Sizes, median, per_second
from commands.envelope import Request
from commands.open_ticket import OpenTicket, opened_by
from domain.actor import Actor, ActorKind
from domain.ids import CommandId, RequesterId

_SHARED = 200  # tickets that the commands are about
_ACTIVITIES = ("Assign seriousness", "Take in charge ticket", "Wait", "Resolve ticket", "Closed")


def commands(server: EmbeddedPostgres, sizes: Sizes) -> Iterator[Figure]:
    """Opens, notes, assignments and replies, through auth, validation, decision and append."""
    url = database(server, "commands")
    with services(url) as opened:
        secret = token(opened)
        tickets = [_open(opened) for _ in range(_SHARED)]
    with served(url) as port:
        for count in (1, 16):
            raw, ours, p99 = [], [], []
            for _ in range(sizes.runs):
                raw.append(yardsticks.inserts_per_second(url, count, sizes.seconds))
                measured = clients(
                    port=port, token=secret, clients=count, seconds=sizes.seconds, tickets=tickets
                )
                ours.append(measured["per_second"])
                p99.append(measured["p99"] * 1_000)
            yield Figure(
                what=f"commands over HTTP, {count} client{'s' * (count > 1)}",
                unit="1/s",
                value=median(ours),
                yardstick=median(raw),
                beside=f"psycopg insert and commit, {count} thread{'s' * (count > 1)}",
                runs=sizes.runs,
                note=f"p99 {median(p99):.0f} ms",
            )


def importing(server: EmbeddedPostgres, sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """A log of made-up cases, five rows each, through the whole import."""
    file = folder / "log.csv"
    rows = _write_log(file, sizes.import_cases)
    ours, per_row, copied = [], [], []
    for run in range(sizes.runs):
        url = database(server, f"import_{run}")
        with services(url) as opened:

            def work(opened: Services = opened) -> None:
                import_file(
                    opened, file, "italian_helpdesk", dry_run=False, on_progress=lambda _: None
                )

            per_row.append(per_second(rows, work))
        log = yardsticks.log_rows(url)
        ours.append(per_row[-1] * len(log) / rows)
        copied.append(yardsticks.copied_per_second(url, log))
    yield Figure(
        what=f"import of {rows:,} rows, events written",
        unit="1/s",
        value=median(ours),
        yardstick=median(copied),
        beside="COPY of the same rows of the log",
        runs=sizes.runs,
        note=f"{median(per_row):,.0f} rows/s",
    )


def _open(opened: Services) -> str:
    asked = CommandId(uuid4())
    opened.handler.handle(
        Request(
            workspace=WORKSPACE,
            command=OpenTicket(requester=RequesterId("mina"), subject="Printer is broken"),
            command_id=asked,
            by=Actor(kind=ActorKind.AGENT, id="kim"),
        )
    )
    return opened_by(asked)


def _write_log(file: Path, cases: int) -> int:
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
