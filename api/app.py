"""The web application: routes, middleware, error handlers, around the services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import pages, web_app
from api.answers import Answer
from api.ask_routes import command_routes
from api.asked import asks_of
from api.command_route import CommandTable
from api.edge.middleware import Edge
from api.errors import handle_errors
from api.openapi import complete
from api.routes import ROUTERS, intake
from api.services import Services

PREFIX = "/api/v1"

_ABOUT = (
    "An event-sourced help desk. Commands are posted and answer with the events they caused; "
    "everything else is read, now or as of any instant. Errors are problem details (RFC 9457); "
    "instants are RFC 3339 in UTC; durations are seconds."
)


def make_app(services: Services) -> FastAPI:
    """An application on these services; it starts and stops nothing but its own threads."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = services.settings.threads
        async with services.ports() as ports:
            yield {"ports": ports}  # for the requests of this event loop

    app = FastAPI(
        title="Chronodesk",
        version="1",
        description=_ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        default_response_class=Answer,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    app.state.services = services
    asks = asks_of(services.commands)
    app.state.asks = asks
    commands, known = command_routes(tuple(asks.values()))
    app.router.routes.append(CommandTable(PREFIX, [*known, intake.HAND_IN]))
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(commands, prefix=PREFIX)
    app.include_router(pages.router)
    app.include_router(web_app.router)
    handle_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4)
    app.add_middleware(
        Edge,
        metrics=services.metrics,
        body_limit=services.settings.body_limit,
        longer={f"{PREFIX}/blobs": services.settings.upload_limit},
    )
    if services.settings.trusted_proxies:
        trusted = [network.strip() for network in services.settings.trusted_proxies.split(",")]
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=trusted)
    plain = app.openapi
    described = {PREFIX: [route for router in (*ROUTERS, commands) for route in router.routes]}

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(plain(), described)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _operation_id(route: APIRoute) -> str:
    """Its function's name: stable, readable, and what generated clients call it."""
    return route.name
