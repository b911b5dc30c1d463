"""What can be seen: read models, each rebuilt from the log at will. One file, one view.

A projection is a pure function from events to row changes, its tables and its queries. `run.py`
keeps all of them up to date, `rebuild.py` makes one anew beside the old one, `verify.py` compares
one with the log. See docs/how-to/add-a-projection.md.
"""

from projections import (
    configuration,
    conversation,
    history,
    kpi,
    notifications,
    people,
    queue,
    requester_tickets,
    search,
    sla_board,
)
from projections.ports import Projection

PROJECTIONS: tuple[Projection, ...] = (
    queue.PROJECTION,
    conversation.PROJECTION,
    requester_tickets.PROJECTION,
    sla_board.PROJECTION,
    notifications.PROJECTION,
    people.PROJECTION,
    configuration.PROJECTION,
    search.PROJECTION,
    history.PROJECTION,
    kpi.PROJECTION,
)
"""Every read model, in the order in which a batch of events reaches them: first what somebody may
be waiting to see."""
