"""Every route, every role: who may, who may not, and nothing forgotten."""

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.app import PREFIX
from api.ask_routes import command_routes
from api.asked import asks_of
from api.auth.allow import Allow
from api.auth.permissions import ALLOWED, Permission
from api.routes import ROUTERS
from commands import COMMANDS
from domain.access import Role
from tests.api.desk import Desk, Person

PUBLIC = {
    ("POST", "/session"),
    ("GET", "/sign-in"),
    ("GET", "/sign-in/{provider}"),
    ("GET", "/sign-in/{provider}/callback"),
    ("GET", "/health"),
    ("GET", "/health/ready"),
}
"""Routes of the API that work without a token. Think twice before adding one."""

QUESTIONS = ("/what-if/", "/sla/policies/preview", "/sla/holidays/")
"""Posted for the size of the question: they write nothing."""

ROUTES = [
    (method, route)
    for router in (*ROUTERS, command_routes(asks_of(COMMANDS).values())[0])
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]


def locks(dependant: Dependant) -> Iterator[Allow]:
    if isinstance(dependant.call, Allow):
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from locks(dependency)


def permission_of(route: APIRoute) -> Permission:
    (lock,) = locks(route.dependant)
    return lock.permission


def test_these_are_all_the_routes_of_the_description(shared_desk: Desk) -> None:
    described = {
        (method.upper(), path)
        for path, item in shared_desk.app.openapi()["paths"].items()
        for method in item
    }
    assert described == {(method, PREFIX + route.path) for method, route in ROUTES}


def test_every_permission_is_in_the_table_and_on_some_route() -> None:
    used = {permission_of(route) for method, route in ROUTES if (method, route.path) not in PUBLIC}
    assert used == set(Permission) == set(ALLOWED)


def test_every_command_that_people_ask_for_has_a_route_and_no_other_has() -> None:
    names = {route.name for method, route in ROUTES if method == "POST"}
    assert {command.name for command in COMMANDS if not command.is_internal} <= names
    assert names.isdisjoint(command.name for command in COMMANDS if command.is_internal)


@pytest.mark.parametrize(
    ("method", "route"), ROUTES, ids=[f"{method} {route.path}" for method, route in ROUTES]
)
def test_each_role_may_what_the_table_says(shared_desk: Desk, method: str, route: APIRoute) -> None:
    address = PREFIX + route.path.replace("{", "x").replace("}", "")
    if (method, route.path) in PUBLIC:
        assert shared_desk.client.request(method, address, json={}).status_code in (200, 404, 422)
        return
    refused = shared_desk.client.request(method, address, json={})
    assert refused.status_code == 401, refused.text
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert refused.json()["type"] == "/problems/not-signed-in"
    for role in Role:
        person = Person(shared_desk, shared_desk.fresh_token(role))
        answer = person.request(method, address.removeprefix(PREFIX), json={})
        if role in ALLOWED[permission_of(route)]:
            assert answer.status_code not in (401, 403, 405, 500, 503), answer.text
        else:
            assert answer.status_code == 403, answer.text
            assert answer.json()["type"] == "/problems/forbidden"
            assert role not in answer.json()["allowed"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ANALYST])
def test_who_only_looks_writes_nothing(role: Role) -> None:
    writes = {
        permission
        for method, route in ROUTES
        if method != "GET" and (method, route.path) not in PUBLIC
        if not route.path.startswith(QUESTIONS)
        for permission in [permission_of(route)]
    }
    assert {p for p in writes if role in ALLOWED[p]} == {Permission.SEE_ONESELF}  # to sign out
