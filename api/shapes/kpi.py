"""Key figures: what they mean, what they are, and what each of them counted."""

from api.shapes.deriving import like
from domain.record import record
from projections import kpi


@like(kpi.Definition)
class KpiDefinition:
    """`version` goes up whenever the same events would give another number than before."""


@record
class KpiDefinitions:
    """Every figure there is."""

    items: tuple[KpiDefinition, ...]


@like(kpi.Window)
class KpiWindow:
    """[start, end) in the zone of the report, seen with what was known at `as_of`."""


@like(kpi.Cell)
class KpiCell:
    """A figure for one span of time and one value of each dimension asked for; see `unit`."""


@like(kpi.Figure)
class KpiFigure:
    """Cells with nothing to count are left out."""

    definition: KpiDefinition
    cells: tuple[KpiCell, ...]


@like(kpi.Report)
class KpiReport:
    """`spans` are the beginnings of all spans of the window, those without cells included."""

    window: KpiWindow
    figures: tuple[KpiFigure, ...]


@like(kpi.Observation)
class KpiObservation:
    """One thing that a figure counted: the ticket, the value, and the events it rests on."""


@record
class KpiObservations:
    """A page of what a figure counted, in the order of time."""

    items: tuple[KpiObservation, ...]
    next: str | None
