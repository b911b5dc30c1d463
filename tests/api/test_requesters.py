"""A requester sees own tickets, of them the public part, and speaks for nobody else."""

import pytest

from domain.access import Role
from tests.api.desk import Desk, Person


@pytest.fixture
def mina(shared_desk: Desk) -> Person:
    return shared_desk.as_(Role.REQUESTER, "mina")


@pytest.fixture
def jun(shared_desk: Desk) -> Person:
    return shared_desk.as_(Role.REQUESTER, "jun")


def test_opens_without_saying_who_it_is_for(mina: Person) -> None:
    answer = mina.post("/tickets", {"subject": "My screen flickers"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["ticket"]["requester"] == "mina"
    assert answer.json()["events"][0]["by"] == {"kind": "requester", "id": "mina"}


def test_does_not_open_for_somebody_else_or_choose_a_queue(mina: Person) -> None:
    for foreign in ({"requester": "jun"}, {"queue": "service-desk"}, {"priority": "urgent"}):
        answer = mina.post("/tickets", {"subject": "Screen", **foreign})
        assert answer.status_code == 403, answer.text


def test_an_agent_has_to_say_who_it_is_for(shared_desk: Desk) -> None:
    answer = shared_desk.agent.post("/tickets", {"subject": "For whom?"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "requester"


def test_the_ticket_of_another_is_not_there(mina: Person, jun: Person) -> None:
    opened = mina.post("/tickets", {"subject": "Private"}).json()
    path = f"/tickets/{opened['id']}"
    for look in ("", "/events", "/conversation"):
        assert jun.get(path + look).status_code == 404
    assert jun.post(f"{path}/receive_message", {"body": "hi", "channel": "web"}).status_code == 404
    number = opened["ticket"]["number"]
    assert jun.get(f"/tickets/{number}").json()["detail"].startswith("There is no ticket")


def test_sees_no_notes_and_nothing_of_how_we_work(shared_desk: Desk, mina: Person) -> None:
    opened = mina.post("/tickets", {"subject": "Visible"}).json()
    path = f"/tickets/{opened['id']}"
    agent = shared_desk.agent
    for command, body in (
        ("add_note", {"body": "SECRET note"}),
        ("assign", {"agent": "kim"}),
        ("escalate", {"level": 1, "reason": "SECRET reason"}),
        ("tag", {"tag": "SECRET"}),
        ("set_field", {"field": "inner", "value": "SECRET"}),
        ("hold", {"reason": "SECRET supplier"}),
        ("reply", {"body": "We are on it."}),
        ("resolve", {"code": "fixed", "note": "SECRET cause"}),
    ):
        last = agent.post(f"{path}/{command}", body)
        assert last.status_code == 200, last.text
    position = {"X-Chronodesk-Position": last.headers["X-Chronodesk-Position"]}
    for look in ("", "/events", "/conversation", "?at_version=4"):
        seen = mina.get(path + look, headers=position)
        assert seen.status_code == 200
        assert "SECRET" not in seen.text
        assert "kim" not in seen.text
        assert '"agent"' not in seen.text.replace('"kind":"agent"', "").replace(
            '"actor_kind":"agent"', ""
        )
    kinds = [event["kind"] for event in mina.get(f"{path}/events").json()["items"]]
    assert kinds == ["ticket.opened", "ticket.held", "ticket.reply_sent", "ticket.resolved"]
    assert "We are on it." in mina.get(f"{path}/conversation", headers=position).text


def test_what_another_wrote_stays_unseen_when_their_ticket_is_merged_into_ours(
    shared_desk: Desk, mina: Person, jun: Person
) -> None:
    into = mina.post("/tickets", {"subject": "No mail", "description": "My mail."}).json()["id"]
    own = mina.post("/tickets", {"subject": "Mail!", "description": "Still mine."}).json()["id"]
    theirs = jun.post("/tickets", {"subject": "Mail", "description": "PRIVATE mail."}).json()["id"]
    agent = shared_desk.agent
    for merged in (own, theirs):
        last = agent.post(f"/tickets/{merged}/merge", {"into": into})
        assert last.status_code == 200, last.text
    position = {"X-Chronodesk-Position": last.headers["X-Chronodesk-Position"]}
    seen = mina.get(f"/tickets/{into}/conversation", headers=position).text
    assert "My mail." in seen
    assert "Still mine." in seen
    assert "PRIVATE" not in seen
    assert theirs not in seen
    assert "PRIVATE" in agent.get(f"/tickets/{into}/conversation", headers=position).text
    assert "PRIVATE" in jun.get(f"/tickets/{theirs}/conversation", headers=position).text


def test_a_message_that_was_split_off_for_a_colleague_goes_to_the_colleague(
    shared_desk: Desk, mina: Person, jun: Person
) -> None:
    path = f"/tickets/{mina.post('/tickets', {'subject': 'Two things'}).json()['id']}"
    for body in ("First thing.", "Second thing."):
        written = mina.post(f"{path}/receive_message", {"body": body, "channel": "web"}).json()
    message = written["events"][0]["details"]["message"]
    agent = shared_desk.agent
    split = agent.post(f"{path}/split", {"messages": [message], "subject": "Second"}).json()
    part = next(e["ticket"] for e in split["events"] if e["kind"] == "ticket.opened")
    last = agent.post(f"/tickets/{part}/change_requester", {"requester": "jun"})
    position = {"X-Chronodesk-Position": last.headers["X-Chronodesk-Position"]}
    seen = jun.get(f"/tickets/{part}/conversation", headers=position).text
    assert "Second thing." in seen
    assert "First thing." not in seen


def test_a_conflict_tells_a_requester_no_more_than_the_events(
    shared_desk: Desk, mina: Person
) -> None:
    path = f"/tickets/{mina.post('/tickets', {'subject': 'Conflict'}).json()['id']}"
    shared_desk.agent.post(f"{path}/resolve", {"code": "fixed", "note": "SECRET"})
    seen = mina.get(path).headers["ETag"]
    shared_desk.agent.post(f"{path}/add_note", {"body": "SECRET"})
    shared_desk.agent.post(f"{path}/reopen", {"reason": "SECRET"})
    shared_desk.agent.post(f"{path}/resolve", {"code": "fixed"})
    refused = mina.post(f"{path}/close", match=seen)
    assert refused.status_code == 409
    assert "SECRET" not in refused.text
    assert [e["kind"] for e in refused.json()["events"]] == ["ticket.reopened", "ticket.resolved"]


def test_writes_confirms_rates_and_comes_back(shared_desk: Desk, mina: Person) -> None:
    path = f"/tickets/{mina.post('/tickets', {'subject': 'Full circle'}).json()['id']}"
    shared_desk.agent.post(f"{path}/reply", {"body": "Try again.", "next_status": "resolved"})
    assert mina.get(path).json()["allowed_commands"] == [
        "receive_message", "reopen", "close", "rate",
    ]  # fmt: skip
    assert mina.post(f"{path}/reopen", {"reason": "No."}).json()["ticket"]["status"] == "open"
    written = mina.post(f"{path}/receive_message", {"body": "Still dark.", "channel": "web"})
    assert written.json()["changed"] is True
    shared_desk.agent.post(f"{path}/resolve", {"code": "fixed"})
    assert mina.post(f"{path}/rate", {"score": 5}).status_code == 200
    assert mina.post(f"{path}/close").json()["ticket"]["status"] == "closed"


def test_the_list_holds_own_tickets_only(mina: Person, jun: Person) -> None:
    assert mina.post("/tickets", {"subject": "Of Mina"}).status_code == 201
    theirs = jun.post("/tickets", {"subject": "Of Jun"})
    position = {"X-Chronodesk-Position": theirs.headers["X-Chronodesk-Position"]}
    listed = mina.get("/tickets?limit=200", headers=position).json()["items"]
    assert {row["requester"] for row in listed} == {"mina"}
    assert mina.get("/tickets?agent=kim").status_code == 403
    assert mina.get("/tickets?requester=jun").status_code == 403


def test_a_directory_gives_those_that_are_named(shared_desk: Desk) -> None:
    headers = {"X-Chronodesk-Position": shared_desk.agent.opens()["position"]}
    named = shared_desk.agent.get("/requesters?id=jun&id=mina&id=nobody", headers=headers).json()
    assert [person["id"] for person in named["items"]] == ["jun", "mina"]
    assert shared_desk.agent.get("/requesters?" + "id=a&" * 201).status_code == 422
