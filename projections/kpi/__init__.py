"""Key figures: what was opened, answered, resolved, how long it took, and what waits.

How to read this folder: definitions.py says what each figure means; steps.py and fold.py turn
events into facts by the rules in moves.py, and apply.py writes them down (rows.py); sources.py says
which facts a figure counts; report.py counts them by dimension and span of time, and opens a figure
down to its tickets and events.
"""

from projections.kpi.apply import apply, keys
from projections.kpi.definitions import DEFINITIONS, Definition, Unit
from projections.kpi.report import (
    Cell,
    Figure,
    Filters,
    InvalidReport,
    Observation,
    Report,
    Window,
    open_down,
    report,
)
from projections.kpi.rows import CHANGE, OPENED, RESOLVED, RESPONSE, SPELL, TICKET
from projections.kpi.spans import Bucket
from projections.ports import Projection

__all__ = [
    "DEFINITIONS",
    "PROJECTION",
    "Bucket",
    "Cell",
    "Definition",
    "Figure",
    "Filters",
    "InvalidReport",
    "Observation",
    "Report",
    "Unit",
    "Window",
    "open_down",
    "report",
]

PROJECTION = Projection(
    name="kpi",
    version=3,
    tables=(TICKET, OPENED, RESPONSE, RESOLVED, CHANGE, SPELL),
    wants=frozenset({"ticket"}),
    keys=keys,
    apply=apply,
    by_stream=True,
)
