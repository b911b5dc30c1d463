"""The command line of the measurements."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from adapters.postgres.embedded import EmbeddedPostgres
from bench.benchmarks import BENCHMARKS, about
from bench.context import Bench
from bench.machine import machine
from bench.report import Line, file_of, keep, out, say_machine, table
from bench.scale import SCALES, USUAL, Scale

_EXAMPLES = """\
examples:
  python -m bench                     all of it, a few minutes
  python -m bench --list              what there is
  python -m bench appends feed        only these two
  python -m bench --scale full        more rounds, a million tickets
  python -m bench --scale tiny pages  whether the measurement works at all
  python -m bench --folder /mnt/disk  on another disk
  python -m bench.page FILE           put the figures of a run into docs/performance.md

Each figure is a line of JSON on the standard output, and a row of the table at the end; what is
being done is told on the standard error. The results of a run with machine and versions are kept
in bench/results/, where git takes only those that are added by hand.
"""


def main() -> None:
    """Measure, print, keep."""
    asked = _arguments()
    if asked.list:
        for name in BENCHMARKS:
            print(f"{name:16}{about(name)}")
        return
    err = Console(stderr=True)
    names = asked.names or list(BENCHMARKS)
    scale = SCALES[asked.scale]
    lines: list[Line] = []
    with _server(asked.folder) as (server, folder):
        facts = machine(server)
        begun = time.monotonic()

        def say(what: str) -> None:
            err.print(f"[dim]{time.monotonic() - begun:5.0f} s[/]  {what}", highlight=False)

        failed = []
        for name in names:
            try:
                for line in _measured(name, server, folder, scale, say):
                    print(json.dumps(line, ensure_ascii=False), flush=True)
                    lines.append(line)
            except Exception:  # noqa: BLE001 - the others may have taken an hour
                err.print_exception()
                failed.append(name)
    console = out()
    table(lines, console)
    say_machine(facts, console)
    path = asked.output or file_of(scale.name if not asked.names else "-".join(names))
    keep(path, lines, facts, scale.name)
    err.print(f"Kept in {path}", highlight=False)
    if failed:
        sys.exit(f"Not measured: {', '.join(failed)}")


def _measured(
    name: str,
    server: EmbeddedPostgres,
    folder: Path,
    scale: Scale,
    say: Callable[[str], None],
) -> Iterator[Line]:
    with (
        tempfile.TemporaryDirectory(prefix=f"{name}-", dir=folder) as own,
        Bench(server=server, folder=Path(own), scale=scale, say=say) as bench,
    ):
        for figure in BENCHMARKS[name](bench):
            yield figure.as_json()


@contextmanager
def _server(folder: Path) -> Iterator[tuple[EmbeddedPostgres, Path]]:
    """A PostgreSQL whose commits are on disk when they return, and a folder on the same disk."""
    scratch = folder / ".benchmarks"
    scratch.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="run-", dir=scratch) as run,
        EmbeddedPostgres(Path(run) / "postgres") as server,
    ):
        yield server, Path(run)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure Chronodesk, each figure beside a yardstick of the same run.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks; all unless given")
    parser.add_argument("--list", action="store_true", help="say what there is, and end")
    parser.add_argument(
        "--scale", choices=SCALES, default=USUAL.name, help="how much of everything (%(default)s)"
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(), help="a folder on the disk to use (this one)"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to keep the results")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    return asked


if __name__ == "__main__":
    main()
