"""Commands over HTTP: what they answer, and what happens when two ask at once or one asks twice."""

from concurrent.futures import ThreadPoolExecutor

from tests.api.desk import Desk, key


def test_opening_answers_with_events_resource_version_and_place(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    response = agent.post("/tickets", {"requester": "mina", "subject": "No sound"})
    body = response.json()
    assert response.status_code == 201
    assert response.headers["ETag"] == '"1"'
    assert response.headers["Location"] == f"/api/v1/tickets/{body['id']}"
    assert "Idempotent-Replayed" not in response.headers
    assert [event["kind"] for event in body["events"]] == ["ticket.opened"]
    assert body["changed"] is True
    assert body["ticket"]["status"] == "new"
    assert "assign" in body["ticket"]["allowed_commands"]
    assert agent.get(f"/tickets/{body['id']}").json() == body["ticket"]


def test_a_number_names_the_ticket_as_well_as_its_id(shared_desk: Desk) -> None:
    opened = shared_desk.agent.opens()
    number = opened["ticket"]["number"]
    seen = {"X-Chronodesk-Position": opened["position"]}
    assert shared_desk.agent.get(f"/tickets/{number}", headers=seen).json()["id"] == opened["id"]
    assigned = shared_desk.agent.post(f"/tickets/{number}/assign", {"agent": "kim"})
    assert assigned.json()["ticket"]["agent"] == "kim"


def test_what_changes_nothing_says_so(shared_desk: Desk) -> None:
    ticket = shared_desk.agent.opens()["id"]
    shared_desk.agent.post(f"/tickets/{ticket}/tag", {"tag": "printer"})
    again = shared_desk.agent.post(f"/tickets/{ticket}/tag", {"tag": "printer"})
    assert again.status_code == 200
    assert again.json()["changed"] is False
    assert again.json()["events"] == []


def test_the_same_key_gives_the_first_answer_again(shared_desk: Desk) -> None:
    headers = {"Idempotency-Key": key()}
    body = {"requester": "mina", "subject": "Only once"}
    first = shared_desk.agent.post("/tickets", body, headers=headers)
    second = shared_desk.agent.post("/tickets", body, headers=headers)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Idempotency-Key"] == headers["Idempotency-Key"]
    assert second.json()["events"] == first.json()["events"]
    assert second.json()["id"] == first.json()["id"]


def test_the_same_key_for_another_request_is_refused(shared_desk: Desk) -> None:
    headers = {"Idempotency-Key": key()}
    body = {"requester": "mina", "subject": "Only once"}
    shared_desk.agent.post("/tickets", body, headers=headers)
    other = shared_desk.agent.post("/tickets", {**body, "subject": "Another"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/command-id-reused"


def test_overwriting_needs_the_version_that_was_seen(shared_desk: Desk) -> None:
    ticket = shared_desk.agent.opens()["id"]
    blind = shared_desk.agent.post(f"/tickets/{ticket}/rename", {"subject": "X"}, match=None)
    assert blind.status_code == 428
    assert "subject" in blind.json()["detail"]
    unhindered = shared_desk.agent.post(f"/tickets/{ticket}/add_note", {"body": "x"}, match=None)
    assert unhindered.status_code == 200


def test_what_was_overtaken_is_refused_with_the_events_in_between(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    opened = agent.opens()
    path = f"/tickets/{opened['id']}"
    agent.post(f"{path}/assign", {"agent": "kim"}, match='"1"')
    agent.post(f"{path}/add_note", {"body": "Looking into it."})
    late = agent.post(f"{path}/assign", {"agent": "agent"}, match='"1"')
    problem = late.json()
    assert late.status_code == 409
    assert problem["type"] == "/problems/ticket-changed"
    assert [e["kind"] for e in problem["events"]] == ["ticket.assigned", "ticket.note_added"]
    assert problem["changed"] == ["agent"]
    assert late.headers["ETag"] == '"3"'
    assert agent.post(f"{path}/assign", {"agent": "agent"}, match='"3"').status_code == 200


def test_what_commutes_goes_through_from_an_old_version(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    path = f"/tickets/{agent.opens()['id']}"
    agent.post(f"{path}/assign", {"agent": "kim"}, match='"1"')
    assert agent.post(f"{path}/categorise", {"category": "sound"}, match='"1"').status_code == 200


def test_two_at_once_lose_nothing(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    path = f"/tickets/{agent.opens()['id']}"
    with ThreadPoolExecutor(8) as several:
        answers = list(
            several.map(lambda n: agent.post(f"{path}/add_note", {"body": f"note {n}"}), range(24))
        )
    assert {answer.status_code for answer in answers} == {200}
    events = agent.get(f"{path}/events").json()["items"]
    bodies = {e["details"]["body"] for e in events if e["kind"] == "ticket.note_added"}
    assert bodies == {f"note {n}" for n in range(24)}
    assert [event["version"] for event in events] == list(range(1, 26))


def test_what_the_status_forbids_is_refused_with_what_it_allows(shared_desk: Desk) -> None:
    ticket = shared_desk.agent.opens()["id"]
    refused = shared_desk.agent.post(f"/tickets/{ticket}/reopen", {"reason": "why not"})
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/not-allowed"
    assert "assign" in refused.json()["allowed"]
    assert "reopen" not in refused.json()["allowed"]


def test_a_command_on_nothing_is_not_found(shared_desk: Desk) -> None:
    for reference in ("nothing", "999999999", "9" * 40):
        answer = shared_desk.agent.post(f"/tickets/{reference}/add_note", {"body": "x"})
        assert answer.status_code == 404, answer.text


def test_the_trace_of_the_caller_becomes_the_correlation(shared_desk: Desk) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    body = {"requester": "mina", "subject": "Traced"}
    answer = shared_desk.agent.post("/tickets", body, headers=headers)
    assert answer.json()["events"][0]["correlation_id"] == trace


def test_the_rules_of_the_desk_are_commands_as_well(shared_desk: Desk) -> None:
    changed = shared_desk.admin.post("/desk/set_close_after", {"seconds": 3 * 86_400})
    assert changed.status_code == 200, changed.text
    assert shared_desk.agent.get("/desk/rules").json()["close_after"] == 3 * 86_400
