"""The routes, one file per group; `ROUTERS` lists them in the order of the reference."""

from fastapi import APIRouter

from api.routes import health, session, tickets

ROUTERS: tuple[APIRouter, ...] = (session.router, tickets.router, health.router)
