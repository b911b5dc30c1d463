"""Files beside messages at the front door: what may be named, and what readers are told."""

from typing import Any

import pytest

from commands.blob_ports import Upload
from domain.access import Role
from domain.actor import Actor, ActorKind
from domain.ids import BlobId
from tests.api.desk import WORKSPACE, Desk

MINA = Actor(kind=ActorKind.REQUESTER, id="mina")
AGENT = Actor(kind=ActorKind.AGENT, id="agent")


def uploaded(desk: Desk, digit: str, by: Actor, name: str = "scan.png") -> dict[str, Any]:
    upload = Upload(
        workspace=WORKSPACE,
        blob=BlobId(digit * 64),
        by=by,
        name=name,
        media_type="image/png",
        size=8,
        used_at=desk.services.clock.now(),
    )
    assert desk.services.uploads.expect(upload)
    desk.services.uploads.arrived(upload)
    return {"blob": upload.blob, "name": name, "media_type": "image/png", "size": 8}


@pytest.mark.parametrize("fields", [{"blob"}, {"blob", "name"}, {"blob", "name", "size"}])
def test_a_message_names_what_was_uploaded_and_gets_its_facts(
    shared_desk: Desk, fields: set[str]
) -> None:
    agent = shared_desk.agent
    file = uploaded(shared_desk, "a", AGENT)
    named = {name: file[name] for name in fields}
    ticket = agent.opens(attachments=[named])["id"]
    for command, more in (("reply", {}), ("add_note", {}), ("receive_message", {"channel": "web"})):
        body = {"body": "Look.", "format": "html", "attachments": [named], **more}
        answer = agent.post(f"/tickets/{ticket}/{command}", body)
        assert answer.status_code == 200, answer.text
        details = next(e["details"] for e in answer.json()["events"] if "body" in e["details"])
        assert (details["attachments"], details["format"]) == ([file], "html")
    position = {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}
    entries = agent.get(f"/tickets/{ticket}/conversation", headers=position).json()["items"]
    said = [e for e in entries if e["kind"] != "event"]
    assert [e["attachments"] for e in said] == [[file]] * 4


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"blob": "b" * 64}, "attachments[0].blob"),
        ({"blob": "a" * 64, "size": 9}, "attachments[0].size"),
        ({"blob": "a" * 64, "media_type": "text/html"}, "attachments[0].media_type"),
        ({"blob": "xyz"}, "attachments[0].blob"),
        ({"name": "scan.png"}, "attachments[0].blob"),
        ({"blob": "a" * 64, "path": "/etc/passwd"}, "attachments[0].path"),
    ],
)
def test_what_was_not_uploaded_or_is_something_else_is_refused_by_its_field(
    shared_desk: Desk, named: dict[str, Any], field: str
) -> None:
    agent = shared_desk.agent
    uploaded(shared_desk, "a", AGENT)
    ticket = agent.opens()["id"]
    answer = agent.post(f"/tickets/{ticket}/add_note", {"body": "Look.", "attachments": [named]})
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    too_many = [{"blob": "a" * 64}] * 51
    answer = agent.post(f"/tickets/{ticket}/add_note", {"body": "Look.", "attachments": too_many})
    assert answer.json()["errors"][0]["field"] == "attachments"


def test_a_requester_names_own_files_and_staff_those_of_anybody(shared_desk: Desk) -> None:
    mina, agent = shared_desk.as_(Role.REQUESTER, "mina"), shared_desk.agent
    own, foreign = uploaded(shared_desk, "c", MINA), uploaded(shared_desk, "d", AGENT)
    ticket = agent.opens()["id"]
    message = {"body": "Look.", "channel": "web"}
    for file, status in ((own, 200), (foreign, 422)):
        answer = mina.post(f"/tickets/{ticket}/receive_message", {**message, "attachments": [file]})
        assert answer.status_code == status, answer.text
    answer = agent.post(f"/tickets/{ticket}/reply", {"body": "This?", "attachments": [own]})
    assert answer.status_code == 200, answer.text


def test_a_file_s_name_is_cleaned(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    file = uploaded(shared_desk, "a", AGENT)
    ticket = agent.opens()["id"]
    named = {"blob": file["blob"], "name": "C:\\x\\photo\u202egpj.exe"}
    answer = agent.post(f"/tickets/{ticket}/add_note", {"body": "Look.", "attachments": [named]})
    (event,) = answer.json()["events"]
    assert event["details"]["attachments"][0]["name"] == "photogpj.exe"


def test_a_mention_makes_an_agent_follow(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    ticket = agent.opens()["id"]
    answer = agent.post(f"/tickets/{ticket}/add_note", {"body": "Kim?", "mentions": ["kim"]})
    assert [e["kind"] for e in answer.json()["events"]] == ["ticket.note_added", "ticket.followed"]
    assert answer.json()["ticket"]["followers"] == ["kim"]


def test_html_is_shown_made_safe_and_kept_as_it_came(shared_desk: Desk) -> None:
    agent, mina = shared_desk.agent, shared_desk.as_(Role.REQUESTER, "mina")
    file = uploaded(shared_desk, "a", AGENT)
    ticket = agent.opens()["id"]
    body = (
        f"<p onclick='x()'>See <img src='cid:{file['blob']}'><script>x()</script>"
        "<img src='https://tracker.example/pixel.gif' alt='logo'>"
    )
    asked = {"body": body, "format": "html", "attachments": [file]}
    answer = agent.post(f"/tickets/{ticket}/reply", asked)
    position = {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}
    for person in (agent, mina):
        entries = person.get(f"/tickets/{ticket}/conversation", headers=position).json()["items"]
        (entry,) = [e for e in entries if e["kind"] == "reply"]
        assert entry["body"] == body
        assert entry["html"] == (
            f'<p>See <img src="/api/v1/tickets/{ticket}/attachments/{file["blob"]}">'
            '<a href="https://tracker.example/pixel.gif" target="_blank" '
            'rel="noopener noreferrer nofollow">[logo]</a></p>'
        )
        assert {e["html"] for e in entries if e["format"] == "text"} == {None}
