"""The predefined views of the queue, with their counters."""

from api.answers import PRIVATE, Answer
from api.reading import SeesCounters
from api.routing import strict_router
from api.shapes.naming import answers
from api.shapes.tickets import Counters
from projections import queue

router = strict_router("tickets")


@router.get(
    "/views",
    summary="The views every desk has, with exact counters",
    responses=answers(Counters),
)
def list_views(reading: SeesCounters) -> Answer:
    """`mine` counts the tickets of who asks; `queues` counts the backlog of each queue."""
    counted = queue.counters(reading.view("queue"), reading.principal.person)
    return Answer(
        {
            "views": [{"view": view, "tickets": n} for view, n in counted.views.items()],
            "queues": [{"queue": q or None, "tickets": n} for q, n in counted.by_queue.items()],
        },
        200,
        PRIVATE,
    )
