"""Is it alive, is it ready, how is it doing?"""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.answers import Answer
from api.auth.allow import Allow
from api.auth.permissions import Permission
from api.reading import services_of
from api.routing import strict_router
from api.shapes.health import Alive, Ready
from api.shapes.naming import answers
from domain.access import Principal

router = strict_router("health")


@router.get("/health", summary="Is the process alive?", responses=answers(Alive))
async def get_health() -> Answer:
    """It answers without looking at anything: restart the process when it does not."""
    return Answer({"status": "alive"})


@router.get("/health/ready", summary="Can it do its work?", responses=answers(Ready))
def get_readiness(request: Request) -> Answer:
    """Asks the database; 503 while it is away. `lag` and `parked` count events."""
    found = services_of(request).runner.lag()
    views = [
        {
            "projection": lag.projection,
            "lane": lag.lane,
            "lag": lag.events,
            "parked": lag.parked,
        }
        for lag in found
    ]
    return Answer({"status": "ready", "views": views})


@router.get(
    "/metrics",
    summary="Metrics in the Prometheus text format",
    response_class=PlainTextResponse,
)
def get_metrics(
    request: Request, _: Annotated[Principal, Depends(Allow(Permission.SEE_METRICS))]
) -> Response:
    """Requests by route and status, and how far the views are behind."""
    text = services_of(request).metrics.text()
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
