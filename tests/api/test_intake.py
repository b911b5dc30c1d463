"""What other systems hand in over HTTP: reports, alerts, talks, and webhooks of any kind."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from api.intake.mapping import WrongMapping, load_hooks
from api.intake.ports import Handed
from api.intake.reports import OPENING, REPORTS, OpenReport
from domain.access import Principal, Role
from domain.intake import Taken
from tests.api.desk import WORKSPACE, Desk

OPENS = {
    "kind": "open",
    "source": "crm",
    "external_id": "1",
    "conversation": "case 7",
    "requester": {"email": "Sora@Example.com", "name": "Sora"},
    "subject": "Cannot sign in",
    "description": "It says no.",
    "fields": {"plan": "gold"},
}
ALERT = {
    "status": "firing",
    "labels": {"alertname": "DiskFull", "instance": "db1"},
    "annotations": {"description": "98 % used"},
    "startsAt": "2026-03-02T09:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus.example/graph",
    "fingerprint": "c1",
}
ALERTS = {
    "version": "4",
    "groupKey": '{}:{alertname="DiskFull"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "desk",
    "groupLabels": {"alertname": "DiskFull"},
    "commonLabels": {"alertname": "DiskFull", "severity": "critical"},
    "commonAnnotations": {"summary": "A disk is full"},
    "externalURL": "http://alertmanager.example",
    "alerts": [ALERT],
}
HOOK = """
source: grafana
kind: {from: /state, map: {alerting: open, ok: resolve}}
external_id: "{/rule/id}/{/evaluation}"
conversation: "{/rule/id}"
requester: {external_id: grafana, name: Grafana}
subject: "{/rule/name} is {/state}"
description: "{/items/0/text}"
priority: {from: /severity, map: {sev1: urgent}, otherwise: normal}
fields: {rule: "{/rule/name}"}
note: "{/message}"
"""
FIRED = {
    "state": "alerting",
    "evaluation": 3,
    "rule": {"id": 12, "name": "Queue depth"},
    "items": [{"text": "900 waiting"}],
    "severity": "sev1",
}


@pytest.fixture
def bot(shared_desk: Desk, request: pytest.FixtureRequest) -> "Bot":
    return Bot(shared_desk, request.node.name)


class Bot:
    """Hands in, with names that are those of the test."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk, self._name, self._seen = desk, name, ""

    def hands_in(self, report: dict[str, Any], to: str = "", **more: Any) -> Any:
        named = {key: f"{self._name} {report[key]}" for key in _NAMES if key in report}
        return self._desk.agent.post(f"/intake{to}", {**report, **named, **more}, match=None)

    def took(self, report: dict[str, Any], to: str = "", **more: Any) -> dict[str, Any]:
        answer = self.hands_in(report, to, **more)
        assert answer.status_code == 200, answer.text
        self._seen = answer.headers["X-Chronodesk-Position"]
        told: dict[str, Any] = answer.json()
        return told

    def ticket(self, told: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self._desk.agent.get(f"/tickets/{told['ticket']}").json()
        return found

    def said(self, told: dict[str, Any]) -> list[str]:
        headers = {"X-Chronodesk-Position": self._seen}
        address = f"/tickets/{told['ticket']}/conversation"
        items = self._desk.agent.get(address, headers=headers).json()["items"]
        return [str(item["body"]) for item in items if item.get("body")]


def dict_of(hooks: Any) -> dict[str, Any]:
    assert isinstance(hooks, dict)
    return hooks


_NAMES = ("source", "groupKey")


def test_a_report_opens_a_ticket_of_somebody_new_and_once(bot: Bot, shared_desk: Desk) -> None:
    first, again = bot.hands_in(OPENS), bot.hands_in(OPENS)
    assert first.json() == {**again.json(), "repeated": False}
    assert (again.json()["repeated"], again.headers["Idempotent-Replayed"]) == (True, "true")
    ticket = bot.ticket(first.json())
    assert (ticket["subject"], ticket["fields"]) == ("Cannot sign in", {"plan": "gold"})
    who = shared_desk.agent.get(f"/requesters/{ticket['requester']}").json()
    assert (who["name"], who["emails"]) == ("Sora", ["Sora@Example.com"])
    other = bot.took(OPENS, external_id="2", conversation="case 8")
    assert bot.ticket(other)["requester"] == ticket["requester"]


def test_a_conversation_is_written_into_and_resolved(bot: Bot) -> None:
    opened = bot.took(OPENS)
    wrote = {k: OPENS[k] for k in ("source", "conversation", "requester")}
    message = {**wrote, "kind": "message", "external_id": "2", "body": "Still not."}
    assert bot.took(message) == {**opened, "taken": "wrote"}
    over = {"kind": "resolve", "source": "crm", "conversation": "case 7", "external_id": "3"}
    assert bot.took(over, note="Works again")["taken"] == "resolved"
    ticket = bot.ticket(opened)
    assert (ticket["status"], ticket["resolution_note"]) == ("resolved", "Works again")
    assert bot.said(opened)[:2] == ["It says no.", "Still not."]


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"subject": ""}, 422, "subject"),
        ({"colour": "red"}, 422, "colour"),
        ({"requester": {"name": "Nobody"}}, 422, "requester"),
        ({"requester": {"id": "nobody"}}, 404, "requester"),
        ({"fields": {"Bad Name": "x"}}, 422, "name"),
        ({"kind": "close"}, 422, ""),
        ({"external_id": " "}, 422, "external_id"),
        ({"queue": "nowhere"}, 404, "queue"),
    ],
)
def test_a_report_that_is_not_good_is_refused_by_its_field(
    bot: Bot, wrong: dict[str, Any], status: int, field: str
) -> None:
    refused = bot.hands_in(OPENS, **wrong)
    assert refused.status_code == status, refused.text
    assert field in refused.text
    assert bot.took(OPENS)["repeated"] is False  # nothing of the other was kept


def test_a_report_may_say_whatever_the_command_takes() -> None:
    """What is added to the command is added to the report, or named as not meant for it."""
    assert {*OPENING, "requester"} < set(OpenReport.model_fields)


def test_the_same_report_from_eight_at_once_opens_one_ticket(shared_desk: Desk) -> None:
    principal = Principal(
        workspace=WORKSPACE, person="agent", role=Role.AGENT, name="CRM", token="t1"
    )

    def hand_in(conversation: str) -> Handed:
        requester = {"email": f"{conversation}@example.com"}
        named = {"source": "eight", "external_id": conversation, "conversation": conversation}
        report = REPORTS.validate_python({**OPENS, **named, "requester": requester})
        return shared_desk.services.intake.take(principal, report)

    with ThreadPoolExecutor(8) as pool:
        for conversation in ("a", "b", "c"):
            handed = list(pool.map(hand_in, [conversation] * 8))
            assert len({one.ticket for one in handed}) == 1
            assert {one.taken for one in handed} == {Taken.OPENED}
            assert sum(not one.repeated for one in handed) == 1


def test_reports_of_one_conversation_from_eight_at_once_open_one_ticket(shared_desk: Desk) -> None:
    principal = Principal(
        workspace=WORKSPACE, person="agent", role=Role.AGENT, name="CRM", token="t1"
    )

    def hand_in(n: int) -> Handed:
        named = {"source": "eight", "external_id": f"talk {n}", "conversation": "one talk"}
        report = REPORTS.validate_python({**OPENS, **named})
        return shared_desk.services.intake.take(principal, report)

    with ThreadPoolExecutor(8) as pool:
        handed = list(pool.map(hand_in, range(24)))
    assert len({one.ticket for one in handed}) == 1
    assert sorted(one.taken for one in handed) == [Taken.OPENED, *[Taken.WROTE] * 23]


def test_who_has_an_address_now_is_who_asks(bot: Bot, shared_desk: Desk) -> None:
    address = f"{uuid4().hex}@example.com"
    agent, who = shared_desk.agent, {"email": address, "name": "Ann"}

    def asker(external_id: str) -> str:
        told = bot.took(OPENS, external_id=external_id, conversation=external_id, requester=who)
        return str(bot.ticket(told)["requester"])

    first = asker("1")
    assert asker("2") == first
    moved = {"medium": "email", "address": address}
    for requester, command in ((first, "remove_address"), ("jun", "add_address")):
        done = agent.post(f"/requesters/{requester}/{command}", moved)
        assert done.status_code == 200, done.text
    seen = {"X-Chronodesk-Position": done.headers["X-Chronodesk-Position"]}
    assert agent.get("/requesters", headers=seen).status_code == 200  # the view has it now
    assert asker("3") == "jun"
    assert asker("1") == first, "a report that comes again is the one that was taken in"


def test_an_auditor_finds_who_handed_a_report_in(bot: Bot, shared_desk: Desk) -> None:
    told = bot.took(OPENS)
    auditor = shared_desk.as_(Role.AUDITOR)
    (token,) = [
        one["id"]
        for one in shared_desk.admin.get("/tokens").json()["items"]
        if one["person"] == "agent" and one["role"] == "agent"
    ]
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while not found:
        page = auditor.get("/feed", params={"type": "intake", "limit": 100, **after}).json()
        found = [one["data"] for one in page["events"] if one["data"]["ticket"] == told["ticket"]]
        assert found or page["more"]
        after = {"after": page["next"]}
    (taken,) = found
    assert (taken["handed_in_by"], taken["token"]) == ("agent", token)


def test_another_report_under_the_same_name_is_refused(bot: Bot) -> None:
    bot.took(OPENS)
    refused = bot.hands_in(OPENS, subject="Something else")
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/command-id-reused"


def test_alerts_sent_twice_open_one_ticket_and_their_end_resolves_it(bot: Bot) -> None:
    opened, again = bot.took(ALERTS, "/alertmanager"), bot.took(ALERTS, "/alertmanager")
    assert (opened["taken"], again["repeated"]) == ("opened", True)
    ticket = bot.ticket(opened)
    assert (ticket["subject"], ticket["priority"]) == ("A disk is full", "urgent")
    assert (ticket["channel"], ticket["fields"]["alert_alertname"]) == ("monitoring", "DiskFull")
    assert "98 % used" in bot.said(opened)[0]

    more = {**ALERT, "fingerprint": "c2", "labels": {"instance": "db2"}}
    joined = bot.took(ALERTS, "/alertmanager", alerts=[more, ALERT])
    assert joined == {**opened, "taken": "wrote"}
    assert bot.took(ALERTS, "/alertmanager", alerts=[ALERT, more])["repeated"]
    assert len(bot.said(opened)) == 2
    fuller = {**ALERT, "annotations": {"description": "99 % used"}}
    answer = bot.hands_in(ALERTS, "/alertmanager", alerts=[more, fuller])
    assert answer.json() == {**opened, "taken": "nothing", "repeated": True}
    assert len(bot.said(opened)) == 2

    ended = {**ALERT, "status": "resolved", "endsAt": "2026-03-02T10:00:00Z"}
    over = bot.took(ALERTS, "/alertmanager", status="resolved", alerts=[ended])
    assert over == {**opened, "taken": "resolved"}
    assert "until 2026-03-02T10:00:00Z" in bot.ticket(opened)["resolution_note"]

    again = bot.took(ALERTS, "/alertmanager", alerts=[{**ALERT, "startsAt": "2026-03-02T11:00Z"}])
    assert again == {**opened, "taken": "wrote"}
    assert bot.ticket(opened)["status"] == "open"


def test_what_alertmanager_may_send_some_day_is_no_reason_to_refuse(bot: Bot) -> None:
    assert bot.took(ALERTS, "/alertmanager", newer={"than": "us"})["taken"] == "opened"
    assert bot.hands_in({**ALERTS, "alerts": []}, "/alertmanager").status_code == 422


def test_a_talk_is_handed_over_with_all_that_was_said(bot: Bot) -> None:
    talk = {
        "source": "chatbot",
        "conversation": "talk-81",
        "requester": {"external_id": "visitor-9", "name": "Mina"},
        "transcript": [
            {"by": "bot", "text": "How can I help?", "at": "2026-03-02T09:00:00Z"},
            {"by": "requester", "text": "My order is late."},
        ],
        "fields": {"order": "A-17"},
    }
    opened = bot.took(talk, "/chatbot")
    ticket = bot.ticket(opened)
    assert (ticket["subject"], ticket["channel"]) == ("My order is late.", "chat")
    assert bot.said(opened) == ["[09:00] Bot: How can I help?\nMina: My order is late."]
    assert bot.took(talk, "/chatbot")["repeated"]
    longer = [*talk["transcript"], {"by": "requester", "text": "Hello?"}]
    assert bot.took(talk, "/chatbot", transcript=longer) == {**opened, "taken": "wrote"}


def test_a_webhook_becomes_what_its_mapping_says(
    bot: Bot, shared_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "grafana.yaml").write_text(HOOK)
    hooks = load_hooks(tmp_path)
    monkeypatch.setitem(dict_of(shared_desk.services.hooks), "grafana", hooks["grafana"])
    opened = bot.took(FIRED, "/hooks/grafana")
    ticket = bot.ticket(opened)
    assert (ticket["subject"], ticket["priority"]) == ("Queue depth is alerting", "urgent")
    assert ticket["fields"] == {"rule": "Queue depth"}
    assert bot.took(FIRED, "/hooks/grafana")["repeated"]
    over = {"state": "ok", "evaluation": 4, "rule": {"id": 12}, "message": "Drained"}
    assert bot.took(over, "/hooks/grafana") == {**opened, "taken": "resolved"}

    for wrong, field in (
        ({"state": "odd"}, "kind"),
        ({"rule": {"id": 12}}, "subject"),
        ({"items": []}, "description"),
    ):
        refused = bot.hands_in({**FIRED, "evaluation": 9, **wrong}, "/hooks/grafana")
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["field"] == field
    assert bot.hands_in(FIRED, "/hooks/other").status_code == 404


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("Bad Name", HOOK, "small letters"),
        ("a", "source: [", "no YAML"),
        ("a", HOOK + "colour: red", "colour"),
        ("a", HOOK.replace("/state", "state"), "kind"),
    ],
)
def test_a_mapping_that_is_wrong_stops_the_start(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    (tmp_path / f"{name}.yaml").write_text(text)
    with pytest.raises(WrongMapping, match=says):
        load_hooks(tmp_path)
    with pytest.raises(WrongMapping, match="no folder"):
        load_hooks(tmp_path / "missing")


def test_who_only_looks_hands_nothing_in(shared_desk: Desk) -> None:
    for role in (Role.AUDITOR, Role.ANALYST, Role.REQUESTER):
        assert shared_desk.as_(role).post("/intake", OPENS, match=None).status_code == 403
