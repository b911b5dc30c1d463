"""Pages with figures say what the runs that they name have measured, and nothing else."""

import re
from pathlib import Path

import pytest

from bench import page
from bench.page import PAGE, PAGES, PLOT, sources_of, written


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_a_page_agrees_with_its_runs(shown: Path) -> None:
    text = shown.read_text()
    assert written(text) == text, "write it: python -m bench.page FILE"


def test_a_figure_typed_by_hand_is_noticed() -> None:
    text = PAGE.read_text()
    row = re.search(r"^\| append of one event by one client.*$", text, re.MULTILINE)
    assert row is not None
    changed = text.replace(row[0], row[0].replace(" ms", "0 ms", 1))
    assert changed != text
    assert written(changed) == text


def test_a_figure_that_no_block_shows_is_noticed() -> None:
    text = PAGE.read_text().replace("<!-- figures: memory -->", "<!-- figures: feed -->")
    with pytest.raises(ValueError, match=r"memory\.idle"):
        written(text)


def test_a_figure_is_of_the_run_above_it() -> None:
    text = PAGE.read_text()
    first, second, *_ = (source.relative_to(page.ROOT) for source in sources_of(text))
    with pytest.raises(ValueError, match="no figures for"):
        written(text.replace(f"run: {first}", f"run: {second}", 1))


def test_the_plot_is_of_the_first_run() -> None:
    assert sources_of(PAGE.read_text())[0].name in PLOT.read_text()


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_the_runs_are_kept(shown: Path) -> None:
    for source in sources_of(shown.read_text()):
        assert source.exists()
        assert source.parent == page.ROOT / "bench" / "results"
