"""What-if over HTTP: before and after, what moved, and nothing written."""

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from api.routes import what_if as route
from domain.access import Role
from projections.what_if import Stopped
from tests.api.desk import Desk


def policy(hours: float, **more: Any) -> dict[str, Any]:
    target = {"seconds": hours * 3_600, "calendar": "24x7"}
    return {
        "set_policy": {
            "policy": "swift",
            "display_name": "Swift",
            "rank": 1,
            "condition": {"all": []},
            "promises": [{"clock": "resolution", "targets": {"urgent": target, "normal": target}}],
            **more,
        }
    }


def yesterday() -> str:
    return (datetime.now(UTC) - timedelta(days=1)).isoformat()


def asked(desk: Desk, *changes: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    body = {"from": yesterday(), "changes": list(changes), **more}
    answer = desk.as_(Role.ANALYST).post("/what-if/sla", body, match=None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def outcome(desk: Desk, *changes: dict[str, Any], **more: Any) -> Any:
    return asked(desk, *changes, **more)[-1]["outcome"]


def resolved(desk: Desk, **fields: Any) -> str:
    ident: str = desk.agent.opens(**fields)["id"]
    assert desk.agent.post(f"/tickets/{ident}/resolve", {"code": "fixed"}).status_code == 200
    return ident


def events(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM chronodesk.event").fetchone()
    return 0 if row is None else int(row[0])


def test_a_target_that_nobody_meets_breaches_what_was_kept(desk: Desk) -> None:
    ident = resolved(desk, priority="urgent")
    resolved(desk, priority="low")
    desk.agent.opens(priority="urgent")
    told = outcome(desk, policy(0.000_000_1), by=["priority"])
    (resolution,) = [row for row in told["clocks"] if row["clock"] == "resolution"]
    assert resolution["before"] == {
        "met": 2,
        "breached": 0,
        "running": 1,
        "cancelled": 0,
        "attainment": 1.0,
    }
    assert (resolution["after"]["met"], resolution["after"]["breached"]) == (0, 2)
    by = {row["value"]: row["after"] for row in told["by"]["priority"]}
    assert by["urgent"]["attainment"] == 0
    assert told["newly_breached"]["total"] == 2
    assert told["newly_breached"]["items"][0]["ticket"] == ident
    assert told["newly_saved"]["total"] == 0


def test_progress_comes_before_the_outcome(desk: Desk) -> None:
    resolved(desk)
    lines = asked(desk, policy(1))
    assert [next(iter(line)) for line in lines[:2]] == ["progress", "progress"]
    assert lines[-2]["progress"]["done"] == lines[-2]["progress"]["total"] > 0


def test_what_it_came_from_can_be_opened_down(desk: Desk) -> None:
    ident = resolved(desk, priority="urgent")
    body = {"changes": [policy(0.000_000_1)]}
    answer = desk.as_(Role.LEAD).post(f"/what-if/sla/tickets/{ident}", body, match=None)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    (before,) = [item for item in told["before"] if item["name"] == "resolution"]
    (after,) = [item for item in told["after"] if item["name"] == "resolution"]
    assert (before["state"], after["state"]) == ("met", "breached")
    assert 'Policy "Swift" (swift), version 1 of the book, in force from the' in after["text"]
    assert 'Policy "Default"' in before["text"]


def test_nothing_is_written(desk: Desk, database_url: str) -> None:
    resolved(desk)
    desk.services.worker.stop()
    before = events(database_url)
    outcome(desk, policy(1))
    assert events(database_url) == before
    assert desk.admin.get("/tickets").status_code == 200


def test_pages_name_the_rest(desk: Desk) -> None:
    for _ in range(3):
        resolved(desk, priority="urgent")
    first = outcome(desk, policy(0.000_000_1), limit=2)["newly_breached"]
    rest = outcome(desk, policy(0.000_000_1), limit=2, skip=2)["newly_breached"]
    assert (first["total"], len(first["items"]), len(rest["items"])) == (3, 2, 1)
    assert first["items"][-1]["number"] < rest["items"][0]["number"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"set_policy": policy(1)["set_policy"] | {"rank": -1}}, "changes[0].rank"),
        (policy(-1), "changes[0].promises[0].targets.urgent.seconds"),
        (policy(1, promises=[]), "changes[0].promises"),
        ({"retire_policy": {"policy": "nowhere"}}, "changes[0].policy"),
        ({"retire_calendar": {"calendar": "24x7"}}, "changes[0].calendar"),
        (
            {
                "set_calendar": {
                    "calendar": "new",
                    "display_name": "New",
                    "zone": "Mars/Base",
                    "weekly": {"monday": ["09:00-18:00"]},
                }
            },
            "changes[0].zone",
        ),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_its_field(
    shared_desk: Desk, change: dict[str, Any], field: str
) -> None:
    body = {"from": yesterday(), "changes": [change]}
    answer = shared_desk.as_(Role.ANALYST).post("/what-if/sla", body, match=None)
    assert answer.status_code == 422, answer.text
    assert field in answer.text


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"by": ["mood"]}, "by"),
        ({"until": "2020-01-01T00:00:00Z"}, "until"),
        ({"from": "2200-01-01T00:00:00Z", "until": "2201-01-01T00:00:00Z"}, "from"),
        ({"changes": []}, "changes"),
        ({"changes": [{}]}, "changes"),
        ({"changes": [{"set_policy": None}]}, "changes"),
        ({"changes": [policy(1), policy(2)]}, "changes[1]"),
        ({"changes": [policy(1, effective_at="2026-01-01T00:00:00Z")]}, "effective_at"),
        ({"odd": 1}, "odd"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_its_field(
    shared_desk: Desk, more: dict[str, Any], field: str
) -> None:
    body = {"from": yesterday(), "changes": [policy(1)], **more}
    answer = shared_desk.as_(Role.ANALYST).post("/what-if/sla", body, match=None)
    assert answer.status_code == 422, answer.text
    assert field in answer.text


def test_it_is_for_those_who_see_figures(shared_desk: Desk) -> None:
    body = {"from": yesterday(), "changes": [policy(1)]}
    for role in (Role.AGENT, Role.REQUESTER):
        assert shared_desk.as_(role).post("/what-if/sla", body, match=None).status_code == 403


def test_what_is_too_much_is_refused_with_what_to_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved(desk)
    monkeypatch.setattr(route, "MOST_EVENTS", 1)
    body = {"from": yesterday(), "changes": [policy(1)]}
    answer = desk.as_(Role.ANALYST).post("/what-if/sla", body, match=None)
    assert (answer.status_code, "chronodesk what-if" in answer.text) == (422, True)
    monkeypatch.undo()
    assert outcome(desk, policy(1))["tickets"] == 1


def test_who_hangs_up_stops_it(desk: Desk) -> None:
    stopped = threading.Event()

    class Endless:
        def compare(self, _w: Any, _q: Any, progress: Any, stop: Callable[[], bool]) -> Any:
            for done in itertools.count():
                progress(done, 10**9)
                if stop():
                    stopped.set()
                    raise Stopped
                time.sleep(0.01)

    services = replace(desk.services, histories=lambda _: Endless())

    async def hang_up() -> None:
        reading = SimpleNamespace(services=services, principal=SimpleNamespace(workspace="default"))
        assert route._at_once.acquire(blocking=False)
        run = route._Run(reading, None, lambda done: done)  # type: ignore[arg-type]
        lines = run.lines(await run.next())
        assert b"progress" in await anext(lines)
        await lines.aclose()  # type: ignore[attr-defined]

    asyncio.run(hang_up())
    assert stopped.wait(60)
    assert outcome(desk, policy(1))["tickets"] == 0


def test_a_failure_on_the_way_is_told_at_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Breaking:
        def compare(self, _w: Any, _q: Any, progress: Any, _stop: Any) -> Any:
            progress(0, 10)
            raise RuntimeError("the cable")

    monkeypatch.setattr(
        desk.app.state, "services", replace(desk.services, histories=lambda _: Breaking())
    )
    last = asked(desk, policy(1))[-1]["problem"]
    assert (last["type"], last["status"]) == ("/problems/unavailable", 503)
    assert "cable" not in str(last)


def test_one_at_a_time(desk: Desk) -> None:
    body = {"from": yesterday(), "changes": [policy(1)]}
    with route._at_once:
        answer = desk.as_(Role.ANALYST).post("/what-if/sla", body, match=None)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert outcome(desk, policy(1))["tickets"] == 0
