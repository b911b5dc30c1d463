"""Canned responses: found by folder, words and language, and rendered for a ticket."""

from typing import Any

import pytest

from domain.access import Role
from tests.api.desk import Desk, Person


def keep(person: Person, ident: str, **body: Any) -> dict[str, str]:
    body = {"display_name": ident.title(), "body": "Hello!", "shared": True, **body}
    answer = person.post("/canned-responses", {"canned_response": ident, **body})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/canned-responses/{ident}"
    return {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}


def listed(person: Person, headers: dict[str, str], **params: Any) -> list[str]:
    answer = person.get("/canned-responses", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_they_are_found_by_folder_words_and_language(shared_desk: Desk) -> None:
    kim, other = shared_desk.as_(Role.AGENT, "kim"), shared_desk.as_(Role.AGENT, "agent")
    keep(kim, "reset", folder="Find", language="en", body="Please reset your 100% password.")
    keep(kim, "reset-ko", folder="Find", language="ko", body="비밀번호를 초기화해 주세요.")
    headers = keep(kim, "own", folder="Find", shared=False, body="Nobody else's password")
    assert listed(kim, headers, folder="Find") == ["own", "reset", "reset-ko"]
    assert listed(other, headers, folder="Find") == ["reset", "reset-ko"]
    assert listed(kim, headers, folder="Find", search="PASSWORD") == ["own", "reset"]
    assert listed(kim, headers, folder="Find", search="100%") == ["reset"]
    assert listed(kim, headers, folder="Find", search="초기화") == ["reset-ko"]
    assert listed(kim, headers, folder="Find", language="ko") == ["reset-ko"]
    assert listed(kim, headers, folder="Find", shared=False) == ["own"]
    assert other.get("/canned-responses/own").status_code == 404


def test_one_is_rendered_for_a_ticket_and_its_agent(shared_desk: Desk) -> None:
    kim = shared_desk.as_(Role.AGENT, "kim")
    admin = shared_desk.admin
    admin.post("/organisations", {"organisation": "acme", "display_name": "Acme"})
    admin.post("/requesters/jun/move_requester", {"organisation": "acme"})
    ticket = kim.opens("jun", queue="service-desk", fields={"site": "Seoul"})
    text = (
        "{{requester.first_name}} of {{organisation.name}}: #{{ticket.number}} in {{queue.name}},"
        " {{field:site}} {{field:floor|ground}}, {{assignee.name|nobody yet}}. {{agent.name}}"
    )
    keep(kim, "rendered", body=text)
    number = ticket["ticket"]["number"]
    for reference in (ticket["id"], number):
        answer = kim.get(
            "/canned-responses/rendered/rendered",
            params={"ticket": reference},
            headers={"X-Chronodesk-Position": ticket["position"]},
        )
        assert answer.json()["body"] == (
            f"Jun of Acme: #{number} in Service desk, Seoul ground, nobody yet. Kim"
        )
    assert answer.json()["ticket"] == ticket["id"]
    kim.post(f"/tickets/{ticket['id']}/assign", {"agent": "agent"})
    again = kim.get(f"/canned-responses/rendered/rendered?ticket={ticket['id']}")
    assert "Agent. Kim" in again.json()["body"]
    no_agent = shared_desk.as_(Role.LEAD, "somebody")
    foreign = no_agent.get(f"/canned-responses/rendered/rendered?ticket={ticket['id']}")
    assert foreign.json()["body"].endswith(". somebody")


def test_unknown_variables_are_refused_with_the_known_ones(shared_desk: Desk) -> None:
    body = {"canned_response": "bad", "display_name": "Bad", "body": "{{requester.nickname}}"}
    answer = shared_desk.agent.post("/canned-responses", body)
    known = [one["name"] for one in shared_desk.agent.get("/variables").json()["items"]]
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body"
    assert answer.json()["known"] == known
    assert "requester.first_name" in known


@pytest.mark.parametrize("ticket", ["999999", "no-such"])
def test_there_must_be_a_ticket_to_render_for(shared_desk: Desk, ticket: str) -> None:
    kim = shared_desk.as_(Role.AGENT, "kim")
    keep(kim, f"for-{ticket}")
    answer = kim.get(f"/canned-responses/for-{ticket}/rendered?ticket={ticket}")
    assert answer.status_code == 404


def test_words_change_and_come_back(shared_desk: Desk) -> None:
    kim = shared_desk.as_(Role.AGENT, "kim")
    keep(kim, "reworded")
    path = "/canned-responses/reworded"
    stale = kim.get(path).headers["ETag"]
    first = kim.post(f"{path}/reword_canned_response", {"body": "Hi!"}, match=stale)
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    late = kim.post(f"{path}/reword_canned_response", {"body": "Ho!"}, match=stale)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/ticket-changed")
    unseen = kim.post(f"{path}/reword_canned_response", {"body": "Ho!"}, match=None)
    assert unseen.status_code == 428
    kim.post(f"{path}/retire_canned_response")
    assert kim.get(path).json()["retired"]
    kim.post(f"{path}/restore_canned_response")
    shown = kim.get(path).json()
    assert (shown["body"], shown["retired"], shown["owner"]) == ("Hi!", False, "kim")
