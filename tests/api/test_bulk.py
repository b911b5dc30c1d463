"""A bulk is many single commands: the same events, the same refusals, each on its own."""

from typing import Any

import pytest

from domain.access import Role
from tests.api.desk import Desk, Person, key, running_desk

UNLIKE = {"id", "ticket", "stream", "recorded_at", "occurred_at", "command_id", "correlation_id"}
"""What two events of the same kind on two tickets differ in anyway."""


def bulk(person: Person, command: str, tickets: Any, **more: Any) -> dict[str, Any]:
    headers = more.pop("headers", {})
    body = {"command": command, **more}
    if tickets is not None:
        body["tickets"] = [t if isinstance(t, dict) else {"ticket": t} for t in tickets]
    answer = person.post("/bulk", body, match=None, headers=headers)
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "position": answer.headers.get("X-Chronodesk-Position")}


def alike(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = [{k: v for k, v in event.items() if k not in UNLIKE} for event in events]
    return [{**one, "details": {**one["details"], "message": None}} for one in shown]


SINGLE: list[tuple[str, dict[str, Any]]] = [
    ("assign", {"agent": "kim"}),
    ("tag", {"tag": "red"}),
    ("reply", {"body": "We look.", "next_status": "pending"}),
    ("resolve", {"code": "fixed"}),
    ("reopen", {"reason": "Not resolved"}),
    ("assign", {"agent": "nobody"}),
    ("set_field", {"field": "site", "value": "Seoul"}),
]


@pytest.mark.parametrize(("command", "fields"), SINGLE)
def test_each_result_is_that_of_the_single_command(
    shared_desk: Desk, command: str, fields: dict[str, Any]
) -> None:
    agent = shared_desk.agent
    twin, *several = [agent.opens()["id"] for _ in range(4)]
    single = agent.post(f"/tickets/{twin}/{command}", fields)
    found = bulk(agent, command, several, fields=fields)
    assert [one["ticket"] for one in found["results"]] == several
    for one in found["results"]:
        assert one["ok"] is (single.status_code == 200)
        if one["ok"]:
            assert one["problem"] is None
            assert alike(one["events"]) == alike(single.json()["events"])
            assert (one["version"], one["changed"]) == (single.json()["version"], True)
            now = agent.get(f"/tickets/{one['ticket']}").json()
            assert (now["version"], now["number"]) == (one["version"], one["number"])
        else:
            said = {**one["problem"], "instance": None, "request_id": None}
            assert said == {**single.json(), "instance": None, "request_id": None}
            assert one["problem"]["instance"] == f"/api/v1/tickets/{one['ticket']}/{command}"
    ids = {event["correlation_id"] for one in found["results"] for event in one["events"]}
    assert len(ids) <= 1


def test_one_that_is_refused_keeps_nobody_else_back(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    good, done = agent.opens(), agent.opens()
    agent.post(f"/tickets/{done['id']}/resolve", {"code": "fixed"})
    missing = "00000000-0000-4000-8000-000000000000"
    number = str(good["ticket"]["number"])
    found = bulk(
        agent,
        "pend",
        [number, done["id"], missing, "999999999", "9" * 30],
        fields={"reason": "asked"},
        headers={"X-Chronodesk-Position": agent.opens()["position"]},
    )
    assert [one["ok"] for one in found["results"]] == [True, False, False, False, False]
    assert (found["done"], found["refused"]) == (1, 4)
    assert found["results"][0]["ticket"] == good["id"]
    types = [one["problem"]["type"] for one in found["results"][1:]]
    assert types == ["/problems/not-allowed", *["/problems/not-found"] * 3]
    assert found["results"][1]["number"] is not None


def test_the_same_bulk_again_gives_the_first_answers(shared_desk: Desk) -> None:
    agent, headers = shared_desk.agent, {"Idempotency-Key": key()}
    tickets = [agent.opens()["id"] for _ in range(3)]
    first = bulk(agent, "resolve", tickets, fields={"code": "fixed"}, headers=headers)
    agent.post(f"/tickets/{tickets[0]}/reopen", {"reason": "No"})
    again = bulk(agent, "resolve", tickets, fields={"code": "fixed"}, headers=headers)
    assert again["results"] == first["results"]
    assert again["id"] == first["id"] == headers["Idempotency-Key"]
    assert agent.get(f"/tickets/{tickets[0]}").json()["status"] == "open"
    other = bulk(agent, "resolve", tickets[1:], fields={"code": "other"}, headers=headers)
    reused = {one["problem"]["type"] for one in other["results"]}
    assert reused == {"/problems/command-id-reused"}


def test_nothing_unseen_is_overwritten(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    calm, moved = agent.opens()["id"], agent.opens()["id"]
    agent.post(f"/tickets/{moved}/assign", {"agent": "kim"})
    tickets = [{"ticket": calm, "seen": 1}, {"ticket": moved, "seen": 1}]
    dry = bulk(agent, "assign", tickets, fields={"agent": "agent"}, dry_run=True)
    found = bulk(agent, "assign", tickets, fields={"agent": "agent"})
    for one in (dry, found):
        assert [result["ok"] for result in one["results"]] == [True, False]
        refused = one["results"][1]["problem"]
        assert refused["type"] == "/problems/ticket-changed"
        assert [event["kind"] for event in refused["events"]] == ["ticket.assigned"]


def test_a_dry_run_does_nothing_and_says_all(shared_desk: Desk) -> None:
    agent, headers = shared_desk.agent, {"Idempotency-Key": key()}
    tickets = [agent.opens()["id"] for _ in range(3)]
    tickets += [agent.opens()["id"]]
    agent.post(f"/tickets/{tickets[-1]}/resolve", {"code": "fixed"})
    asked: dict[str, Any] = {"fields": {"reason": "asked"}, "headers": headers}
    dry = bulk(agent, "pend", tickets, dry_run=True, **asked)
    assert (dry["dry_run"], dry["position"]) == (True, None)
    assert all(agent.get(f"/tickets/{t}").json()["version"] == 1 for t in tickets[:3])
    done = bulk(agent, "pend", tickets, **asked)
    for tried, real in zip(dry["results"], done["results"], strict=True):
        assert alike(tried["events"]) == alike(real["events"])
        assert (tried["ok"], tried["version"]) == (real["ok"], real["version"])


def test_a_bulk_is_undone_by_a_bulk(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    tickets = [agent.opens()["id"] for _ in range(5)]
    done = bulk(agent, "assign", tickets, fields={"agent": "kim"})
    back = [
        {"ticket": one["ticket"], "fields": {"event": one["events"][0]["id"]}}
        for one in done["results"]
    ]
    undone = bulk(agent, "undo", back)
    assert undone["refused"] == 0
    for ticket in tickets:
        now = agent.get(f"/tickets/{ticket}").json()
        assert (now["agent"], now["status"]) == (None, "new")


def test_many_are_merged_into_one(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    into, *sources = [agent.opens()["id"] for _ in range(31)]
    done = bulk(agent, "merge", sources, fields={"into": into})
    assert done["refused"] == 0, [one["problem"] for one in done["results"]]
    events = agent.get(f"/tickets/{into}/events").json()["items"]
    absorbed = [event for event in events if event["kind"] == "ticket.absorbed"]
    assert {event["details"]["source"] for event in absorbed} == set(sources)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"command": "resolve", "tickets": [{"ticket": "a"}]}, "fields.code"),
        (
            {"command": "resolve", "fields": {"code": 1}, "tickets": [{"ticket": "a"}]},
            "fields.code",
        ),
        (
            {
                "command": "resolve",
                "fields": {"code": "x"},
                "tickets": [{"ticket": "a"}, {"ticket": "b", "fields": {"code": 1}}],
            },
            "tickets[1].fields.code",
        ),
        ({"command": "resolve", "fields": {"cod": 1}, "tickets": [{"ticket": "a"}]}, "fields.code"),
        ({"command": "open_ticket", "tickets": [{"ticket": "a"}]}, "command"),
        ({"command": "retire_queue", "tickets": [{"ticket": "a"}]}, "command"),
        ({"command": "tag", "fields": {"tag": "a"}, "tickets": []}, "tickets"),
        ({"command": "tag", "fields": {"tag": "a"}}, "tickets"),
        (
            {"command": "tag", "fields": {"tag": "a"}, "tickets": [{"ticket": "a"}, {}]},
            "tickets[1].ticket",
        ),
        (
            {"command": "tag", "fields": {"tag": "a"}, "tickets": [{"ticket": "a", "seen": "*"}]},
            "tickets[0].seen",
        ),
        (
            {"command": "tag", "fields": {"tag": "a"}, "tickets": [{"ticket": "a"}] * 2},
            "tickets[1].ticket",
        ),
        (
            {"command": "tag", "fields": {"tag": "a"}, "tickets": [{"ticket": "a"}], "filter": {}},
            "tickets",
        ),
        ({"command": "tag", "fields": {"tag": "a"}, "filter": {"agent": ["me"]}}, "expected"),
        ({"command": "tag", "fields": {"tag": "a"}, "filter": {"agnt": ["me"]}}, "filter"),
    ],
)
def test_what_is_wrong_is_named(shared_desk: Desk, body: dict[str, Any], field: str) -> None:
    answer = shared_desk.agent.post("/bulk", body)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]


def test_who_may_not_work_on_tickets_may_not_do_so_in_bulk(shared_desk: Desk) -> None:
    ticket = shared_desk.agent.opens("requester")["id"]
    body = {"command": "close", "tickets": [{"ticket": ticket}]}
    for role in (Role.REQUESTER, Role.AUDITOR, Role.ANALYST):
        assert shared_desk.as_(role).post("/bulk", body).status_code == 403


def test_a_filter_goes_on_until_nothing_remains(
    shared_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.bulk.MOST", 3)
    agent = shared_desk.agent
    tag = key()[:8]
    for n in range(8):
        last = agent.opens(tags=[tag], subject=f"{n}")
    asked: dict[str, Any] = {"filter": {"tag": [tag]}, "fields": {"code": "fixed"}}
    asked["headers"] = {"X-Chronodesk-Position": last["position"]}
    wrong = agent.post(
        "/bulk",
        {"command": "resolve", "expected": 7, "filter": {"tag": [tag]}, "fields": {"code": "x"}},
        headers=asked["headers"],
    )
    assert (wrong.status_code, wrong.json()["tickets"]) == (409, 8)
    dry = bulk(agent, "resolve", None, expected=8, dry_run=True, **asked)
    assert (dry["done"], dry["remaining"]) == (3, 5)
    page = bulk(agent, "resolve", None, expected=8, **asked)
    late = agent.opens(tags=[tag])
    seen = [one["ticket"] for one in page["results"]]
    while page["next"] is not None:
        asked["headers"] = {"X-Chronodesk-Position": page["position"]}
        page = bulk(agent, "resolve", None, cursor=page["next"], **asked)
        seen += [one["ticket"] for one in page["results"]]
    assert (len(seen), len(set(seen)), page["remaining"]) == (8, 8, 0)
    assert late["id"] not in seen
    assert all(agent.get(f"/tickets/{t}").json()["status"] == "resolved" for t in seen)


def test_what_changed_since_the_queue_saw_it_is_not_overwritten(desk: Desk) -> None:
    """The filter finds tickets as the queue shows them, which may be a moment ago."""
    agent = desk.agent
    opened = [agent.opens() for _ in range(2)]
    agent.get("/tickets", headers={"X-Chronodesk-Position": opened[-1]["position"]})
    desk.services.worker.stop()
    agent.post(f"/tickets/{opened[0]['id']}/assign", {"agent": "kim"})
    found = bulk(
        agent, "assign", None, filter={"agent": ["none"]}, expected=2, fields={"agent": "agent"}
    )
    desk.services.worker.start()
    assert [one["ok"] for one in found["results"]] == [False, True]
    assert found["results"][0]["problem"]["type"] == "/problems/ticket-changed"


def test_a_large_bulk_costs_more_than_a_small_one(database_url: str) -> None:
    with running_desk(database_url, rate_per_minute=480) as desk:  # 120 at once
        tickets = [desk.agent.opens()["id"] for _ in range(5)]
        many = [f"00000000-0000-4000-8000-{n:012}" for n in range(495)] + tickets
        assert bulk(desk.agent, "tag", tickets, fields={"tag": "a"})["refused"] == 0
        assert bulk(desk.agent, "tag", many, fields={"tag": "b"})["refused"] == 495
        body = {"command": "tag", "fields": {"tag": "c"}, "tickets": [{"ticket": t} for t in many]}
        assert desk.agent.post("/bulk", body).status_code == 429
        assert desk.agent.get("/me").status_code == 200
