"""Drafts: on every device, never overwritten unseen, and gone when they were sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from domain.access import Role
from tests.api.desk import Desk, Person
from tests.api.live_desk import LiveDesk, running_live
from tests.api.samples import PNG
from tests.api.test_cleaning import AFTER, Later, cleaner, is_kept
from tests.api.test_files import brought
from tests.database import Databases

DRAFT: dict[str, Any] = {
    "kind": "reply",
    "body": "Please try to",
    "next_status": "pending",
    "attachments": [],
    "mentions": ["kim"],
}


@pytest.fixture(scope="module")
def live(databases: Databases) -> Iterator[LiveDesk]:
    with databases.fresh(migrated=True) as url, running_live(url) as running:
        yield running


@pytest.fixture(scope="module")
def desk(live: LiveDesk) -> Desk:
    return live.desk


def save(person: Person, ticket: str, revision: int | None = None, **changed: Any) -> Response:
    body = {**DRAFT, **changed, "revision": revision}
    return person.request("PUT", f"/tickets/{ticket}/draft", json=body)


def test_a_draft_is_found_again_as_it_was_saved(desk: Desk) -> None:
    agent = desk.agent
    opened = agent.opens()
    ticket, place = opened["id"], f"/tickets/{opened['id']}/draft"
    assert agent.get(place).status_code == 204
    file = brought(agent, PNG)
    saved = save(agent, ticket, attachments=[{"blob": file["blob"], "name": "as I call it.png"}])
    assert saved.status_code == 200, saved.text
    draft = saved.json()
    assert {name: draft[name] for name in DRAFT} == {
        **DRAFT,
        "attachments": [{**file, "name": "as I call it.png"}],
    }
    assert agent.get(place).json() == draft
    now = {"X-Chronodesk-Position": opened["position"]}
    by_number = f"/tickets/{opened['ticket']['number']}/draft"
    assert agent.get(by_number, headers=now).json() == draft
    listed = agent.get("/drafts", headers=now).json()["items"]
    about = {"ticket": ticket, "number": opened["ticket"]["number"], "subject": "Printer is broken"}
    assert {**draft, **about} in listed
    for removed in (True, False):
        assert agent.request("DELETE", place).json() == {"removed": removed}
    assert agent.get(place).status_code == 204


def test_a_draft_is_nobody_else_s(desk: Desk) -> None:
    agent, ticket = desk.agent, desk.agent.opens()["id"]
    save(agent, ticket)
    for other in (desk.as_(Role.AGENT, "kim"), desk.admin):
        assert other.get(f"/tickets/{ticket}/draft").status_code == 204
        assert ticket not in {draft["ticket"] for draft in other.get("/drafts").json()["items"]}
        assert save(other, ticket, body="Mine").status_code == 200
    assert agent.get(f"/tickets/{ticket}/draft").json()["body"] == "Please try to"


def test_what_was_saved_elsewhere_is_shown_and_not_overwritten(desk: Desk) -> None:
    agent, ticket = desk.agent, desk.agent.opens()["id"]
    first = save(agent, ticket).json()
    second = save(agent, ticket, first["revision"], body="Please try to switch").json()
    assert second["revision"] != first["revision"]
    for seen in (first["revision"], None):
        refused = save(agent, ticket, seen, body="From the other device")
        assert refused.status_code == 409
        assert refused.json()["type"] == "/problems/draft-changed"
        assert refused.json()["draft"] == second
    agent.request("DELETE", f"/tickets/{ticket}/draft")
    refused = save(agent, ticket, second["revision"])
    assert (refused.status_code, refused.json()["draft"]) == (409, None)
    assert save(agent, ticket).status_code == 200


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "letter"}, "kind"),
        ({"next_status": "closed"}, "next_status"),
        ({"attachments": [{"blob": "f" * 64}]}, "attachments[0].blob"),
        ({"mentions": ["x" * 101]}, "mentions[0]"),
        ({"mentions": ["x"] * 51}, "mentions"),
        ({"body": "x" * 100_001}, "body"),
        ({"signature": "Kim"}, "signature"),
    ],
)
def test_what_is_no_draft_is_refused(desk: Desk, changed: dict[str, Any], field: str) -> None:
    agent, ticket = desk.agent, desk.agent.opens()["id"]
    refused = save(agent, ticket, **changed)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field
    assert save(agent, "no-such-ticket").status_code == 404


@pytest.mark.parametrize(("kind", "command"), [("reply", "reply"), ("note", "add_note")])
def test_a_draft_that_was_sent_word_for_word_does_not_wait_to_be_sent_again(
    desk: Desk, kind: str, command: str
) -> None:
    """Its author sent it, and lost the connection before removing it."""
    agent, ticket = desk.agent, desk.agent.opens()["id"]
    agent.post(f"/tickets/{ticket}/{command}", {"body": "Said before it was drafted"})
    for body in ("Said before it was drafted", "Please try to", "안녕하세요 'x' %s"):
        place = f"/tickets/{ticket}/draft"
        save(agent, ticket, kind=kind, body=body)
        other_kind = {"reply": "add_note", "add_note": "reply"}[command]
        sent = agent.post(f"/tickets/{ticket}/{other_kind}", {"body": body})
        sent = agent.post(f"/tickets/{ticket}/{command}", {"body": f"{body}!"})
        now = {"X-Chronodesk-Position": sent.headers["X-Chronodesk-Position"]}
        agent.get(f"/tickets/{ticket}/conversation", headers=now)
        assert agent.get(place).json()["body"] == body, "something else was said"
        by_another = desk.admin.post(f"/tickets/{ticket}/{command}", {"body": body})
        assert by_another.status_code == 200
        sent = agent.post(f"/tickets/{ticket}/{command}", {"body": body})
        now = {"X-Chronodesk-Position": sent.headers["X-Chronodesk-Position"]}
        agent.get(f"/tickets/{ticket}/conversation", headers=now)
        assert ticket not in {draft["ticket"] for draft in agent.get("/drafts").json()["items"]}
        assert agent.get(place).status_code == 204


def test_other_devices_of_the_same_person_are_told(live: LiveDesk) -> None:
    agent, ticket = live.desk.agent, live.desk.agent.opens()["id"]
    with live.reads() as own, live.reads(Role.AGENT, "kim") as other:
        revision = save(agent, ticket).json()["revision"]
        own.until("draft", ticket=ticket, revision=revision)
        agent.request("DELETE", f"/tickets/{ticket}/draft")
        own.until("draft", ticket=ticket, revision=None)
        live.as_described(own)
        live.desk.services.announcements.tell(
            live.desk.services.gate.principal(agent.token).workspace,  # type: ignore[union-attr]
            "kim",
            "draft",
            {"ticket": "last", "revision": 1},
        )
        other.until("draft", ticket="last")
        assert [got["ticket"] for got in other.of("draft")] == ["last"]


def test_a_file_of_a_draft_stays_until_the_draft_goes(desk: Desk) -> None:
    agent, ticket = desk.agent, desk.agent.opens()["id"]
    file = brought(agent, PNG + b"of a draft")
    save(agent, ticket, attachments=[file])
    clock = Later(desk.services.clock.now() + 2 * AFTER)
    cleaner(desk, clock).round()
    assert is_kept(desk, file)
    agent.request("DELETE", f"/tickets/{ticket}/draft")
    clock.instant += AFTER - AFTER / 4
    cleaner(desk, clock).round()
    assert is_kept(desk, file), "it was used when the draft was looked at"
    clock.instant += AFTER
    cleaner(desk, clock).round()
    assert not is_kept(desk, file)
