"""The reference of the figures is what the code says."""

from docs.reference.make_kpis import PAGE, page
from projections.kpi.definitions import DEFINITIONS
from projections.kpi.sources import SOURCES


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "python -m docs.reference.make_kpis"


def test_every_figure_is_defined_and_can_be_counted() -> None:
    assert DEFINITIONS.keys() == SOURCES.keys()
