"""Whatever is sent, the answer is a problem that says what to do, and never our fault."""

import json
from typing import Any

import pytest

from tests.api.desk import Desk

OPEN = {"requester": "mina", "subject": "Fine"}
JSON = {"Content-Type": "application/json"}


def raw(**fields: Any) -> bytes:
    return json.dumps({**OPEN, **fields}).encode()


BODIES: list[tuple[str, bytes, int]] = [
    ("nothing", b"", 422),
    ("no json", b"{", 400),
    ("not an object", b"[]", 422),
    ("text after it", raw() + b"x", 400),
    ("an unknown field", raw(colour="red"), 422),
    ("a duplicate key", b'{"subject": "a", "subject": "b", "requester": "mina"}', 400),
    ("NaN", b'{"requester": "mina", "subject": "x", "fields": {"a": NaN}}', 400),
    ("Infinity", b'{"requester": "mina", "subject": "x", "fields": {"a": -Infinity}}', 400),
    ("too large a float", b'{"requester": "mina", "subject": "x", "fields": {"a": 1e999}}', 400),
    ("a huge integer", raw(fields={"a": 10**300}), 422),
    ("an absurd integer", b'{"subject": "x", "fields": {"a": ' + b"9" * 10_000 + b"}}", 400),
    ("NUL, escaped", b'{"requester": "mina", "subject": "a\\u0000b"}', 400),
    ("NUL, bare", b'{"requester": "mina", "subject": "a\x00b"}', 400),
    ("half a surrogate pair", b'{"requester": "mina", "subject": "a\\ud800b"}', 400),
    ("half a pair as key", b'{"requester": "mina", "subject": "a", "fields": {"\\ud800": 1}}', 400),
    ("invalid UTF-8", b'{"requester": "mina", "subject": "\xff\xfe"}', 400),
    ("UTF-16", '{"requester": "mina"}'.encode("utf-16"), 400),
    ("a byte order mark", b"\xef\xbb\xbf" + raw(), 400),
    ("deep nesting", b'{"subject": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    ("deep objects", b'{"a":' * 50 + b"1" + b"}" * 50, 400),
    ("a wrong type", raw(subject=7), 422),
    ("true for text", raw(subject=True), 422),
    ("null for text", raw(subject=None), 422),
    ("blank text", raw(subject="  "), 422),
    ("a long subject", raw(subject="x" * 251), 422),
    ("a very long text", raw(description="x" * 100_001), 422),
    ("an unknown priority", raw(priority="extreme"), 422),
    ("too many tags", raw(tags=[f"t{n}" for n in range(2_000)]), 422),
    ("a nested field value", raw(fields={"a": {"b": 1}}), 422),
    ("an unknown requester", raw(requester="nobody"), 404),
    ("an id that is none", raw(requester="../etc/passwd"), 404),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"), [(b, s) for _, b, s in BODIES], ids=[n for n, _, _ in BODIES]
)
def test_bodies(shared_desk: Desk, body: bytes, status: int) -> None:
    answer = shared_desk.agent.request("POST", "/tickets", content=body, headers=JSON)
    problem = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["what_to_do"]
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    if problem["type"] == "/problems/invalid":
        assert all(
            e["field"] or (e["in"] and e["message"] and e["what_to_do"]) for e in problem["errors"]
        )
    assert shared_desk.client.get(problem["type"]).status_code == 200


def test_a_mistake_names_its_field(shared_desk: Desk) -> None:
    answer = shared_desk.agent.post("/tickets", {**OPEN, "colour": "red", "priority": "extreme"})
    assert {error["field"] for error in answer.json()["errors"]} == {"colour", "priority"}


INSTANTS = [
    "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01",
    "2026-01-01T00:00:00", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00+99:99", "1767225600", "now",
    "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "2026-01-01T24:00:00Z", "",
    "\u0662026-01-01T00:00:00Z",
]  # fmt: skip


@pytest.mark.parametrize("instant", INSTANTS)
def test_instants(shared_desk: Desk, instant: str) -> None:
    agent = shared_desk.agent
    asked = agent.get("/tickets", params={"as_of": instant})
    assert asked.status_code == 422, asked.text
    ticket = agent.opens()["id"]
    sent = agent.post(f"/tickets/{ticket}/pend", {"reason": "x", "wake_at": instant})
    assert sent.status_code == 422, sent.text
    assert sent.json()["errors"][0]["field"] == "wake_at"


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1", "limit=0", "limit=201", "limit=1e3", "limit=99999999999999999999", "limit=abc",
        "limit=1&limit=2", "colour=red", "status=brilliant", "sort=favourite", "cursor=forged",
        "cursor=" + "A" * 5_000, "cursor=%00", "text=%00", "text=%ff%00", "text=" + "x" * 300,
        "agent=" + "&agent=".join("a" * 60), "as_of=2026-01-01T00:00:00%2B25:00", "backlog=perhaps",
    ],
)  # fmt: skip
def test_parameters(shared_desk: Desk, query: str) -> None:
    answer = shared_desk.agent.get(f"/tickets?{query}")
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Idempotency-Key": "not a uuid"}, 422),
        ({"Idempotency-Key": "{6f0c7a52-7f0e-4a8e-9a39-0f6f1de0c7a1}"}, 422),
        ({"Idempotency-Key": "x" * 5_000}, 422),
        ({"If-Match": "yesterday"}, 422),
        ({"If-Match": '"-1"'}, 422),
        ({"If-Match": '"' + "9" * 50 + '"'}, 422),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Authorization": "Basic YTpi"}, 401),
        ({"Authorization": "Bearer cd_0000000000000000_" + "A" * 43}, 401),
        ({"Authorization": "Bearer " + "x" * 10_000}, 401),
        ({"Authorization": "Bearer"}, 401),
    ],
)  # fmt: skip
def test_headers(shared_desk: Desk, headers: dict[str, str], status: int) -> None:
    sent = {**JSON, **headers}
    answer = shared_desk.agent.request("POST", "/tickets", content=raw(), headers=sent)
    assert answer.status_code == status, answer.text


def test_a_forged_position_is_refused(shared_desk: Desk) -> None:
    for forged in ("x", "A" * 60, "\xe9", "A" * 4_000):
        headers = {"X-Chronodesk-Position": forged.encode("latin-1")}
        answer = shared_desk.agent.get("/tickets", headers=headers)
        assert answer.json()["type"] == "/problems/bad-position"


def test_a_body_beyond_the_limit_is_not_read(shared_desk: Desk) -> None:
    limit = shared_desk.services.settings.body_limit
    announced = shared_desk.agent.request(
        "POST", "/tickets", content=b"x" * (limit + 1), headers=JSON
    )
    parts = (b"x" * 100_000 for _ in range(limit // 100_000 + 2))
    in_parts = shared_desk.agent.request("POST", "/tickets", content=parts, headers=JSON)
    for answer in (announced, in_parts):
        assert answer.status_code == 413
        assert answer.json()["limit"] == limit


@pytest.mark.parametrize(
    "path",
    ["/tickets/%00", "/tickets/a%00b/events", "/requesters/%00", "/tokens/%00", "/nowhere",
     "/tickets/" + "x" * 300, "/tickets/%ff%fe", "/queues/%00/rename_queue", "/../../etc/passwd"],
)  # fmt: skip
def test_addresses(shared_desk: Desk, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PATCH"):
        answer = shared_desk.admin.request(method, path, json={})
        assert 400 <= answer.status_code < 500, (method, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_wrong_method_names_the_right_ones(shared_desk: Desk) -> None:
    answer = shared_desk.agent.request("DELETE", "/views")
    assert answer.status_code == 405
    assert answer.json()["allowed"] == ["GET"]
    assert answer.headers["Allow"] == "GET"
