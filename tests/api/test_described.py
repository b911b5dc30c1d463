"""The test client notices whatever the API answers otherwise than it says."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from httpx2 import Response

from api.answers import Answer
from tests.api.described import Described, NotAsDescribed
from tests.api.desk import Desk

TICKET = "/api/v1/tickets/{ticket}"


@pytest.fixture(scope="module")
def described(shared_desk: Desk) -> Described:
    return Described(shared_desk.app.openapi())


@pytest.fixture(scope="module")
def ticket(shared_desk: Desk) -> dict[str, Any]:
    return dict(shared_desk.agent.get(f"/tickets/{shared_desk.agent.opens()['id']}").json())


def hold(
    described: Described,
    body: Any,
    path: str = "/api/v1/tickets/x",
    *,
    method: str = "GET",
    status: int = 200,
    media_type: str = "application/json",
    headers: Sequence[str] = (),
) -> None:
    told = {"Content-Type": media_type, **dict.fromkeys(headers, "said")}
    described.check(method, path, Response(status, headers=told, content=json.dumps(body)))


def test_what_is_described_passes(described: Described, ticket: dict[str, Any]) -> None:
    hold(described, ticket)


@pytest.mark.parametrize(
    "fault",
    [
        {"subject": 5},
        {"status": "somewhere"},
        {"opened_at": "yesterday"},
        {"version": None},
        {"forgotten": True},
        {"links": [{"other": "x", "relation": "parent", "since": None}]},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_a_field_that_is_otherwise_is_noticed(
    described: Described, ticket: dict[str, Any], fault: dict[str, Any]
) -> None:
    with pytest.raises(NotAsDescribed):
        hold(described, ticket | fault)


def test_a_field_that_is_missing_is_noticed(described: Described, ticket: dict[str, Any]) -> None:
    for name in ticket:
        with pytest.raises(NotAsDescribed):
            hold(described, {field: value for field, value in ticket.items() if field != name})


def test_an_event_of_an_unknown_kind_is_noticed(shared_desk: Desk, described: Described) -> None:
    ticket = shared_desk.agent.opens()["id"]
    events = shared_desk.agent.get(f"/tickets/{ticket}/events").json()
    path = f"/api/v1/tickets/{ticket}/events"
    hold(described, events, path)
    events["items"][0]["kind"] = "ticket.forgotten"
    with pytest.raises(NotAsDescribed):
        hold(described, events, path)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"status": 202},
        {"media_type": "text/html"},
        {"method": "PATCH"},
        {"path": "/api/v1/nowhere"},
        {"status": 409},
        {"status": 409, "media_type": "application/problem+json"},
    ],
    ids=str,
)
def test_another_answer_than_the_described_ones_is_noticed(
    described: Described, ticket: dict[str, Any], otherwise: dict[str, Any]
) -> None:
    with pytest.raises(NotAsDescribed):
        hold(described, ticket, **otherwise)


def test_a_header_that_is_not_described_is_noticed(
    described: Described, ticket: dict[str, Any]
) -> None:
    hold(described, ticket, headers=["ETag", "X-Anything"])
    with pytest.raises(NotAsDescribed):
        hold(described, ticket, headers=["ETag", "Location"])


def test_a_problem_that_is_none_of_the_table_is_noticed(described: Described) -> None:
    problem = {
        "type": "/problems/not-found",
        "title": "There is nothing here",
        "status": 404,
        "detail": "There is no ticket.",
        "instance": "/api/v1/tickets/x",
        "request_id": "1",
        "what_to_do": "Check the address.",
    }
    told: dict[str, Any] = {"status": 404, "media_type": "application/problem+json"}
    hold(described, problem, **told)
    hold(described, problem, path="/api/v1/nowhere", **told)
    for path in ("/api/v1/tickets/x", "/api/v1/nowhere"):
        with pytest.raises(NotAsDescribed):
            hold(described, problem | {"type": "/problems/bad-luck"}, path=path, **told)


def test_each_line_of_a_stream_is_looked_at(described: Described) -> None:
    def lines(*lines: Any) -> None:
        told = {"Content-Type": "application/x-ndjson"}
        text = "\n".join(json.dumps(line) for line in lines)
        answer = Response(200, headers=told, content=text)
        described.check("POST", "/api/v1/what-if/sla", answer)

    progress = {"progress": {"done": 1, "total": 2}}
    lines(progress, progress)
    with pytest.raises(NotAsDescribed):
        lines(progress, {"progress": {"done": "one", "total": 2}})


def test_the_client_looks_at_every_answer(
    shared_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.health.Answer", lambda _: Answer({"status": "unwell"}))
    with pytest.raises(NotAsDescribed):
        shared_desk.client.get("/api/v1/health")


def test_the_literal_path_is_the_one_that_is_meant() -> None:
    def operation(wanted: str) -> dict[str, Any]:
        schema = {"type": "string", "const": wanted}
        content = {"application/json": {"schema": schema}}
        return {"get": {"responses": {"200": {"content": content}}}}

    paths = {"/a/{b}/c": operation("any"), "/a/one/c": operation("one"), "/a/{b}": operation("b")}
    described = Described({"paths": paths, "components": {}})
    hold(described, "one", "/a/one/c")
    hold(described, "any", "/a/two/c")
    hold(described, "b", "/a/one")
    with pytest.raises(NotAsDescribed):
        hold(described, "any", "/a/one/c")
