"""Plays scenarios one after the other until the time is up: `make rig`.

Every round has a seed. One that finds something is printed with the command that plays it again.
The exit code is 1 when anything was found.
"""

import argparse
import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import SystemRandom

from rich.console import Console
from rich.table import Table

from tests.broker.jars import NoKafka, class_path, java
from tests.rig.catalogue import SCENARIOS
from tests.rig.checker import Finding
from tests.rig.server import RigServer
from tests.rig.world import Scenario, play

BROKEN = "a round comes to its end"


@dataclass
class Tally:
    """What was done of one scenario."""

    rounds: int = 0
    operations: int = 0
    findings: int = 0
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Play; the exit code."""
    given = _parser().parse_args(arguments)
    logging.disable(logging.ERROR)  # that connections are lost and leases end is the subject
    chosen = [scenario for scenario in SCENARIOS if given.only in scenario.name]
    if not chosen:
        sys.exit(f"No scenario has {given.only!r} in its name: {[s.name for s in SCENARIOS]}")
    console = Console(highlight=False)
    chosen = _possible(console, chosen)
    tallies = {scenario.name: Tally() for scenario in chosen}
    begin = time.monotonic()
    try:
        for scenario, seed in _rounds(chosen, given.seed, begin + given.minutes * 60):
            _round(console, tallies, scenario, seed, given.effort)
            _progress(console, tallies, begin, given.minutes)
    except KeyboardInterrupt:
        console.print("Stopped.")
    console.print(_table(tallies))
    found = sum(tally.findings for tally in tallies.values())
    console.print(f"{found or 'No'} finding{'s' * (found != 1)}.")
    return 1 if found else 0


def _possible(console: Console, chosen: list[Scenario]) -> list[Scenario]:
    """Those that this machine can play; of the others it is said why not."""
    try:
        if any(scenario.wants_kafka for scenario in chosen):
            java()
            class_path()
    except NoKafka as lacking:
        left = [scenario for scenario in chosen if not scenario.wants_kafka]
        for scenario in chosen:
            if scenario not in left:
                console.print(f"Left out: {scenario.name}. {lacking}", markup=False)
        return left or sys.exit("There is nothing left to play.")
    return chosen


def _rounds(
    chosen: Sequence[Scenario], seed: int | None, end: float
) -> Iterator[tuple[Scenario, int]]:
    """Which scenario and seed comes next: with a seed each once, else all in turn until `end`."""
    if seed is not None:
        yield from ((scenario, seed) for scenario in chosen)
        return
    first = SystemRandom().randrange(1_000_000)
    for n in count():
        if n >= len(chosen) and time.monotonic() > end:
            return
        yield chosen[n % len(chosen)], first + n


def _round(
    console: Console, tallies: dict[str, Tally], scenario: Scenario, seed: int, effort: int
) -> None:
    begin = time.monotonic()
    tally = tallies[scenario.name]
    try:
        # A server of its own: what one round does to it must not be another one's finding.
        with RigServer() as server:
            findings, operations = play(server, scenario, seed, effort)
    except Exception:  # noqa: BLE001 - a round that breaks down is a finding like others
        findings, operations = [Finding(BROKEN, traceback.format_exc())], 0
    tally.rounds += 1
    tally.operations += operations
    tally.findings += len(findings)
    tally.seconds += time.monotonic() - begin
    if findings:
        console.print(f"[red]FOUND[/red] {scenario.name}, seed {seed}:")
        for finding in findings[:10]:
            console.print(f"  {finding}", markup=False, soft_wrap=True)
        console.print(
            f"  Again: make rig SEED={seed} EFFORT={effort} ONLY='{scenario.name}'",
            markup=False,
            soft_wrap=True,
        )


def _progress(console: Console, tallies: dict[str, Tally], begin: float, minutes: float) -> None:
    rounds = sum(tally.rounds for tally in tallies.values())
    operations = sum(tally.operations for tally in tallies.values())
    findings = sum(tally.findings for tally in tallies.values())
    spent = (time.monotonic() - begin) / 60
    console.print(
        f"{spent:5.1f} of {minutes:g} min  {rounds} rounds  {operations:,} operations "
        f" {findings} findings",
        end="\r" if console.is_terminal else "\n",
    )


def _table(tallies: dict[str, Tally]) -> Table:
    table = Table("scenario")
    for heading in ("rounds", "operations", "seconds", "findings"):
        table.add_column(heading, justify="right")
    for name, tally in tallies.items():
        table.add_row(
            name,
            str(tally.rounds),
            f"{tally.operations:,}",
            f"{tally.seconds:.0f}",
            str(tally.findings),
        )
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.rig", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, help="play each chosen scenario once, with this seed")
    parser.add_argument("--only", default="", help="scenarios with this in their names")
    parser.add_argument("--effort", type=int, default=4, help="1 is what `make test-slow` does")
    return parser


if __name__ == "__main__":
    os.environ.pop("CHRONODESK_DATABASE_URL", None)
    sys.exit(main())
