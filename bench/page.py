"""The figures of docs/performance.md: `python -m bench.page bench/results/FILE.json`.

Everything between `<!-- figures: NAMES -->` and `<!-- end -->` is written from the results of one
run, and the plot is drawn from them; the words around it are for people to write. So no figure on
the page is typed by hand, and none stands there without its yardstick and its machine.
"""

import re
import sys
from pathlib import Path
from typing import Any

from bench.report import Line, amount, kept, milliseconds, times

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"

_BLOCK = re.compile(r"(<!-- (run|figures)(?:: ([^>]*?))? -->\n).*?(<!-- end -->)", re.DOTALL)
_SOURCE = re.compile(r"<!-- run: ([^>]*?) -->")
_HEAD = (
    "| measured | value | p50 | p99 | beside | its value | ratio | aim | met |\n"
    "|---|--:|--:|--:|---|--:|--:|---|---|\n"
)
_MET = {True: "yes", False: "**no**", None: ""}


def main() -> None:
    """Write the page and the plot from the run that the argument names."""
    from bench.plot import draw

    source = Path(sys.argv[1]).resolve()
    page = _SOURCE.sub(f"<!-- run: {source.relative_to(ROOT)} -->", PAGE.read_text())
    PAGE.write_text(written(page))
    draw(kept(source), source.name, PLOT)


def source_of(page: str) -> Path:
    """The results that a page shows. Raises ValueError if it does not say."""
    found = _SOURCE.search(page)
    if found is None:
        raise ValueError("The page names no run: <!-- run: bench/results/FILE.json -->")
    return ROOT / found[1]


def written(page: str) -> str:
    """The page with its figures as the run that it names has them.

    Raises ValueError for a block without a figure, and for a figure that no block shows.
    """
    results = kept(source_of(page))
    shown: set[str] = set()

    def block(found: re.Match[str]) -> str:
        begin, kind, names, end = found.groups()
        if kind == "run":
            return f"{begin}{_run(results)}{end}"
        lines = [line for line in results["figures"] if _wanted(line["name"], names.split())]
        if not lines:
            raise ValueError(f"The run has no figures for {names}.")
        shown.update(line["name"] for line in lines)
        return f"{begin}{_HEAD}{''.join(map(_row, lines))}{end}"

    done = _BLOCK.sub(block, page)
    missing = sorted({line["name"] for line in results["figures"]} - shown)
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
