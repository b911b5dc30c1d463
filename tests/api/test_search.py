"""The search over HTTP: for staff everything, for requesters their own; tickets alike."""

from typing import Any

import pytest

from domain.access import Role
from tests.api.desk import Desk, Person


def find(person: Person, question: str, position: str, **more: Any) -> dict[str, Any]:
    seen = {"X-Chronodesk-Position": position}
    answer = person.get("/search", params={"q": question, **more}, headers=seen)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def text(parts: list[dict[str, Any]]) -> str:
    return "".join(part["text"] for part in parts)


def hits(parts: list[dict[str, Any]]) -> list[str]:
    return [part["text"] for part in parts if part["hit"]]


def test_a_ticket_by_its_number_comes_first(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    opened = agent.opens(subject="Numbered")
    number = opened["ticket"]["number"]
    other = agent.opens(subject=f"About {number} pages")
    for question in (f"{number}", f"#{number}", f" {number} "):
        found = find(agent, question, other["position"])["tickets"]
        assert [one["ticket"]["id"] for one in found][:2] == [opened["id"], other["id"]]
        assert found[0]["score"] is None
        assert hits(found[1]["subject"]) == [str(number)]


def test_words_of_messages_come_with_an_excerpt(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    opened = agent.opens(subject="결제 문의", description="카드가 승인되지 않습니다")
    path = f"/tickets/{opened['id']}"
    agent.post(f"{path}/reply", {"body": "Bitte <b>Zwetschgenkuchen</b> mitbringen."})
    last = agent.post(f"{path}/add_note", {"body": "Ask the Quittenlieferant about it."})
    position = last.headers["X-Chronodesk-Position"]
    (found,) = find(agent, "zwetschgen", position)["tickets"]
    assert found["ticket"]["id"] == opened["id"]
    assert found["excerpt"]["kind"] == "reply"
    assert text(found["excerpt"]["parts"]) == "Bitte <b>Zwetschgenkuchen</b> mitbringen."
    assert hits(found["excerpt"]["parts"]) == ["Zwetschgen"]
    (found,) = find(agent, "승인", position)["tickets"]
    assert (found["excerpt"]["kind"], hits(found["excerpt"]["parts"])) == ("opening", ["승인"])
    (found,) = find(agent, "결제를", position)["tickets"]
    assert hits(found["subject"]) == ["결제"]
    assert find(agent, "quitten", position)["tickets"][0]["excerpt"]["kind"] == "note"


def test_a_requester_finds_own_tickets_by_public_words(shared_desk: Desk) -> None:
    agent, mina = shared_desk.agent, shared_desk.as_(Role.REQUESTER, "mina")
    own = agent.opens("mina", subject="Kumquat broken")
    agent.opens("jun", subject="Kumquat lost")
    last = agent.post(f"/tickets/{own['id']}/add_note", {"body": "Secret rhubarb."})
    position = last.headers["X-Chronodesk-Position"]
    found = find(mina, "kumquat", position)
    assert [one["ticket"]["id"] for one in found["tickets"]] == [own["id"]]
    assert "requesters" not in found
    assert "agent" not in found["tickets"][0]["ticket"]
    assert find(mina, "rhubarb", position)["tickets"] == []
    assert len(find(agent, "rhubarb", position)["tickets"]) == 1
    number = agent.opens("jun")["ticket"]["number"]
    assert number not in [
        one["ticket"]["number"] for one in find(mina, str(number), position)["tickets"]
    ]
    mine = own["ticket"]["number"]
    (by_number,) = find(mina, f"#{mine}", position)["tickets"]
    assert by_number["ticket"]["number"] == mine


def test_requesters_are_found_with_their_addresses(shared_desk: Desk) -> None:
    body = {"requester": "hong", "display_name": "홍길동", "emails": ["gildong@hong.example"]}
    last = shared_desk.admin.post("/requesters", body)
    position = last.headers["X-Chronodesk-Position"]
    for question in ("길동", "gildong@hong.example", "hong"):
        found = find(shared_desk.agent, question, position)["requesters"]
        assert [one["id"] for one in found] == ["hong"], question
        assert found[0]["emails"] == ["gildong@hong.example"]


@pytest.mark.parametrize("asked", [{}, {"q": ""}, {"q": "x" * 201}, {"q": "x", "limit": "51"}])
def test_a_question_has_bounds(shared_desk: Desk, asked: dict[str, str]) -> None:
    assert shared_desk.agent.get("/search", params=asked).status_code == 422


def test_who_may_not_read_tickets_may_not_search_them(shared_desk: Desk) -> None:
    assert shared_desk.as_(Role.ANALYST).get("/search?q=x").status_code == 403
    ticket = shared_desk.agent.opens()["id"]
    for role in (Role.ANALYST, Role.REQUESTER):
        assert shared_desk.as_(role).get(f"/tickets/{ticket}/similar").status_code == 403


def test_tickets_alike_say_how_they_were_resolved(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    solved = agent.opens(subject="Flux capacitor overheats", description="At 88 miles per hour")
    path = f"/tickets/{solved['id']}"
    agent.post(f"{path}/reply", {"body": "We replaced the coolant."})
    agent.post(f"{path}/resolve", {"code": "fixed", "note": "Coolant was old"})
    open_ = agent.opens(subject="Capacitor of flux overheats again", description="")
    this = agent.opens(subject="Flux capacitor too hot", description="It overheats at 88 miles")
    seen = {"X-Chronodesk-Position": this["position"]}
    items = agent.get(f"/tickets/{this['id']}/similar", headers=seen).json()["items"]
    assert [item["ticket"]["id"] for item in items] == [solved["id"], open_["id"]]
    first, second = items
    assert 0 < first["score"] <= 1
    assert "capacitor" in first["words"]
    assert first["solution"]["code"] == "fixed"
    assert first["solution"]["note"] == "Coolant was old"
    assert first["solution"]["reply"] == "We replaced the coolant."
    assert second["solution"] is None
    number = this["ticket"]["number"]
    again = agent.get(f"/tickets/{number}/similar?limit=1", headers=seen).json()["items"]
    assert len(again) == 2
    assert agent.get("/tickets/999999999/similar").status_code == 404
