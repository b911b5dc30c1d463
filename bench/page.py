"""The figures of pages in docs/: `python -m bench.page bench/results/FILE.json`.

Everything between `<!-- figures: NAMES -->` and `<!-- end -->` is written from the results of the
run above it, and the plot is drawn from the first run of docs/performance.md; the words around it
are for people to write. So no such figure is typed by hand, and none stands there without its
yardstick and its machine.
"""

import re
import sys
from pathlib import Path
from typing import Any

from bench.report import Line, amount, kept, milliseconds, times

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
PAGES = (PAGE, ROOT / "docs" / "scaling.md")
PLOT = ROOT / "docs" / "performance.svg"

_BLOCK = re.compile(r"(<!-- (run|figures)(?:: ([^>]*?))? -->\n).*?(<!-- end -->)", re.DOTALL)
_SOURCE = re.compile(r"<!-- run: ([^>]*?) -->")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d-")
_HEAD = (
    "| measured | value | p50 | p99 | beside | its value | ratio | aim | met |\n"
    "|---|--:|--:|--:|---|--:|--:|---|---|\n"
)
_MET = {True: "yes", False: "**no**", None: ""}


def main() -> None:
    """Write pages and plot, with the run that the argument names in place of an older one.

    Two runs are of one kind when their files differ in the date alone.
    """
    from bench.plot import draw

    source = Path(sys.argv[1]).resolve()
    taken_over = [_taken_over(page, source) for page in PAGES]
    if not any(taken_over):
        raise SystemExit(f"No page has a run of the kind of {source.name} yet: add one to it.")
    first = sources_of(PAGE.read_text())[0]
    draw(kept(first), first.name, PLOT)


def _taken_over(page: Path, source: Path) -> bool:
    """Write a page with a newer run, if it shows one of that kind."""
    text = page.read_text()
    older = [one for one in sources_of(text) if _kind(one) == _kind(source)]
    for one in older:
        text = text.replace(_named(one), _named(source))
    page.write_text(written(text))
    return bool(older)


def sources_of(page: str) -> list[Path]:
    """The results that a page shows. Raises ValueError if it names none."""
    found = [ROOT / name for name in _SOURCE.findall(page)]
    if not found:
        raise ValueError("The page names no run: <!-- run: bench/results/FILE.json -->")
    return found


def _named(source: Path) -> str:
    return f"<!-- run: {source.relative_to(ROOT)} -->"


def _kind(source: Path) -> str:
    return _DATE.sub("", source.name)


def written(page: str) -> str:
    """The page with its figures as the run above each of them has them.

    Raises ValueError for a block without a figure, and for a figure that no block shows.
    """
    shown: dict[Path, set[str]] = {}
    source = sources_of(page)[0]

    def block(found: re.Match[str]) -> str:
        nonlocal source
        begin, kind, names, end = found.groups()
        if kind == "run":
            source = ROOT / names
            shown.setdefault(source, set())
            return f"{begin}{_run(kept(source))}{end}"
        figures = kept(source)["figures"]
        lines = [line for line in figures if _wanted(line["name"], names.split())]
        if not lines:
            raise ValueError(f"The run has no figures for {names}.")
        shown.setdefault(source, set()).update(line["name"] for line in lines)
        return f"{begin}{_HEAD}{''.join(map(_row, lines))}{end}"

    done = _BLOCK.sub(block, page)
    for one, names in shown.items():
        missing = sorted({line["name"] for line in kept(one)["figures"]} - names)
        if missing:
            raise ValueError(f"The page does not show {', '.join(missing)}.")
    return done


def _wanted(name: str, prefixes: list[str]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def _run(results: dict[str, Any]) -> str:
    rows = [("taken", results["taken"]), ("scale", results["scale"]), *results["machine"].items()]
    return "| | |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)


def _row(line: Line) -> str:
    cells = (
        line["what"],
        amount(line["value"], line["unit"]),
        milliseconds(line["p50_ms"]),
        milliseconds(line["p99_ms"]),
        line["yardstick"],
        amount(line["yardstick_value"], line["unit"]),
        f"{times(line['ratio'])} ({times(line['ratio_from'])} to {times(line['ratio_to'])})"
        if line["rounds"] > 1
        else times(line["ratio"]),
        line["aim"] or "",
        _MET[line["met"]],
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    main()
