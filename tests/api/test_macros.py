"""Macros over the API: written once, applied to tickets as one command, taken back as one."""

from typing import Any

from domain.access import Role
from tests.api.desk import Desk, Person, key


def keep(person: Person, ident: str, *steps: dict[str, Any], **body: Any) -> dict[str, str]:
    body = {"display_name": ident.title(), "shared": True, "steps": list(steps), **body}
    answer = person.post("/macros", {"macro": ident, **body})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/macros/{ident}"
    return {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}


def kinds(answer: Any) -> list[str]:
    return [event["kind"] for event in answer.json()["events"]]


def test_a_macro_is_one_command_that_is_taken_back_by_one(shared_desk: Desk) -> None:
    kim = shared_desk.as_(Role.AGENT, "kim")
    keep(
        kim,
        "greet",
        {"command": "assign", "agent": "me"},
        {"command": "tag", "tag": "greeted"},
        {"command": "reply", "body": "Hello {{requester.first_name}}! {{agent.name}}"},
        {"command": "hold", "reason": "Parts", "wake_after": 3600},
    )
    ticket = kim.opens()
    path, seen = f"/tickets/{ticket['id']}", kim.get(f"/tickets/{ticket['id']}").headers["ETag"]
    headers = {"Idempotency-Key": key()}
    answer = kim.post(f"{path}/apply_macro", {"macro": "greet"}, match=seen, headers=headers)
    assert answer.status_code == 200, answer.text
    assert kinds(answer) == [
        "ticket.macro_applied",
        "ticket.assigned",
        "ticket.tagged",
        "ticket.reply_sent",
        "ticket.held",
    ]
    applied = answer.json()["events"][0]
    assert applied["details"]["steps"] == [
        {"command": "assign", "events": 1},
        {"command": "tag", "events": 1},
        {"command": "reply", "events": 1},
        {"command": "hold", "events": 1},
    ]
    assert answer.json()["events"][3]["details"]["body"] == "Hello Mina! Kim"
    assert answer.json()["ticket"]["wake_at"] is not None
    again = kim.post(f"{path}/apply_macro", {"macro": "greet"}, headers=headers)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert kinds(again) == kinds(answer)
    undone = kim.post(f"{path}/undo", {"event": applied["id"]})
    assert undone.status_code == 200, undone.text
    shown = undone.json()["ticket"]
    assert (shown["agent"], shown["tags"], shown["status"]) == (None, [], "open")
    conversation = kim.get(
        f"{path}/conversation",
        headers={"X-Chronodesk-Position": undone.headers["X-Chronodesk-Position"]},
    )
    (told,) = [e for e in conversation.json()["items"] if e["event"] == "ticket.macro_applied"]
    assert (told["details"]["name"], told["public"]) == ("Greet", False)


def test_a_macro_overwrites_only_what_was_seen(shared_desk: Desk) -> None:
    kim = shared_desk.as_(Role.AGENT, "kim")
    keep(kim, "file", {"command": "categorise", "category": "c"}, {"command": "tag", "tag": "x"})
    ticket = kim.opens()["id"]
    path = f"/tickets/{ticket}"
    unseen = kim.post(f"{path}/apply_macro", {"macro": "file"}, match=None)
    assert unseen.status_code == 428
    kim.post(f"{path}/rename", {"subject": "Other"})
    commuting = kim.post(f"{path}/apply_macro", {"macro": "file"}, match='"1"')
    assert commuting.status_code == 200, commuting.text
    seen = commuting.headers["ETag"]
    kim.post(f"{path}/categorise", {"category": "other"})
    late = kim.post(f"{path}/apply_macro", {"macro": "file"}, match=seen)
    assert (late.status_code, late.json()["changed"]) == (409, ["category"])


def test_a_dry_run_shows_what_a_macro_would_do(shared_desk: Desk) -> None:
    kim = shared_desk.as_(Role.AGENT, "kim")
    keep(kim, "dry", {"command": "tag", "tag": "x"})
    ticket = kim.opens()["id"]
    foreseen = kim.post(f"/tickets/{ticket}/apply_macro?dry_run=true", {"macro": "dry"})
    assert kinds(foreseen) == ["ticket.macro_applied", "ticket.tagged"]
    assert kim.get(f"/tickets/{ticket}").json()["tags"] == []


def test_a_refused_step_refuses_all(shared_desk: Desk) -> None:
    kim, admin = shared_desk.as_(Role.AGENT, "kim"), shared_desk.admin
    admin.post("/queues", {"queue": "soon-gone", "display_name": "Soon gone"})
    keep(
        kim,
        "move",
        {"command": "tag", "tag": "x"},
        {"command": "move_to_queue", "queue": "soon-gone"},
    )
    admin.post("/queues/soon-gone/retire_queue")
    ticket = kim.opens()["id"]
    answer = kim.post(f"/tickets/{ticket}/apply_macro", {"macro": "move"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/step-refused")
    assert answer.json()["errors"][0]["field"] == "steps[1].queue"
    assert (answer.json()["step"], answer.json()["step_command"]) == (1, "move_to_queue")
    assert kim.get(f"/tickets/{ticket}").json()["tags"] == []


def test_what_is_wrong_with_a_macro_is_said_with_its_place(shared_desk: Desk) -> None:
    kim = shared_desk.as_(Role.AGENT, "kim")
    steps: list[Any] = [{"command": "acknowledge"}, {"command": "assign", "agent": "nobody"}]
    body = {"macro": "bad", "display_name": "Bad", "steps": steps}
    answer = kim.post("/macros", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "steps[1].agent")
    steps[1] = {"command": "tag", "tag": {"deep": 1}}
    assert kim.post("/macros", body).status_code == 422
    steps[1] = "tag"
    assert kim.post("/macros", body).status_code == 422


def test_macros_are_listed_and_rewritten(shared_desk: Desk) -> None:
    kim, other = shared_desk.as_(Role.AGENT, "kim"), shared_desk.as_(Role.AGENT, "agent")
    keep(kim, "listed", {"command": "tag", "tag": "x"}, folder="Listed", order=2)
    headers = keep(kim, "own", {"command": "close"}, folder="Listed", order=1, shared=False)

    def listed(person: Person) -> list[str]:
        found = person.get("/macros", params={"folder": "Listed"}, headers=headers)
        return [item["id"] for item in found.json()["items"]]

    assert (listed(kim), listed(other)) == (["own", "listed"], ["listed"])
    ticket = other.opens()["id"]
    hidden = other.post(f"/tickets/{ticket}/apply_macro", {"macro": "own"})
    assert (hidden.status_code, hidden.json()["errors"][0]["field"]) == (404, "macro")
    shown = other.get("/macros/listed")
    assert shown.json()["steps"] == [{"command": "tag", "tag": "x"}]
    steps = [{"command": "tag", "tag": "y"}]
    changed = other.post(
        "/macros/listed/rewrite_macro", {"steps": steps}, match=shown.headers["ETag"]
    )
    assert changed.json()["events"][0]["details"]["previous"] == shown.json()["steps"]
    assert other.get("/macros/listed").json()["steps"] == steps
    assert other.get("/macros/own").status_code == 404
    assert shared_desk.as_(Role.REQUESTER, "mina").get("/macros").status_code == 403
