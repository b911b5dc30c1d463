"""The routes, one file per group; `ROUTERS` lists them in the order of the reference."""

from fastapi import APIRouter

from api.routes import (
    blobs,
    bulk,
    configuration,
    conversation,
    desk,
    drafts,
    health,
    holidays,
    kpi,
    live,
    people,
    session,
    sign_in,
    sla,
    sla_book,
    tickets,
    tokens,
    views,
    what_if,
    words,
)

ROUTERS: tuple[APIRouter, ...] = (
    session.router,
    sign_in.router,
    tokens.router,
    tickets.router,
    bulk.router,
    conversation.router,
    blobs.router,
    drafts.router,
    live.router,
    views.router,
    words.router,
    sla.router,
    sla_book.router,
    holidays.router,
    kpi.router,
    what_if.router,
    configuration.router,
    people.router,
    desk.router,
    health.router,
)
