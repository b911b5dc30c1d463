"""The plot of docs/performance.md: how far each figure is from its aim."""

from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

_GOOD, _BAD = "#2a7f62", "#b5483a"
_SVG = {
    "svg.hashsalt": "chronodesk",  # the same run gives the same file
    "svg.fonttype": "none",  # text stays text
}


def draw(results: dict[str, Any], name: str, file: Path) -> None:
    """One bar per aim: 1 is the aim, more is better, on a logarithmic scale.

    `name` of the results is kept in the file, so that a page can be checked against it.
    """
    bars = [
        (_label(line, part), _reached(line, part))
        for line in results["figures"]
        for part in (line["aim"] or "").split(", ")
        if part
    ]
    bars.reverse()
    figure = Figure(figsize=(10, 0.5 * len(bars) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    colours = [_GOOD if reached >= 1 else _BAD for _, reached in bars]
    drawn = axes.barh([label for label, _ in bars], [reached for _, reached in bars], color=colours)
    axes.bar_label(drawn, fmt=lambda reached: f"{reached:.2g}x", padding=3, fontsize=8)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_xlabel("times as good as the aim")
    axes.tick_params(axis="y", labelsize=8)
    axes.margins(x=0.1)
    axes.set_title(f"{results['machine']['processors']}, scale {results['scale']}", fontsize=9)
    with rc_context(_SVG):
        figure.savefig(file, format="svg", metadata={"Date": None, "Source": name})


def _label(line: dict[str, Any], aim: str) -> str:
    beside = f" beside {line['yardstick']}" if aim.startswith("ratio") else ""
    return f"{line['what']}\n{aim}{beside}"


def _reached(line: dict[str, Any], aim: str) -> float:
    """How many times as good as the aim a figure is."""
    part, relation, limit = aim.removesuffix(" ms").split()
    measured: float = line[{"p99": "p99_ms"}.get(part, part)]
    return measured / float(limit) if relation == ">=" else float(limit) / measured
