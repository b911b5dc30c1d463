"""Custom fields over the API: defined by an administrator, obeyed by tickets."""

from typing import Any

from domain.access import Role
from tests.api.desk import Desk


def test_a_definition_from_creation_to_retirement(shared_desk: Desk) -> None:
    admin, agent = shared_desk.admin, shared_desk.agent
    body = {
        "field": "site",
        "label": {"ko": "지점", "en": "Site"},
        "kind": "choice",
        "choices": [{"value": "seoul", "label": {"ko": "서울"}}, {"value": "busan"}],
        "order": 2,
    }
    assert agent.post("/fields", body).status_code == 403
    created = admin.post("/fields", body)
    assert created.status_code == 201, created.text
    assert created.headers["Location"] == "/api/v1/fields/site"
    assert created.json()["id"] == "site"
    first = admin.post("/fields", {"field": "floor", "label": {"en": "Floor"}, "kind": "number"})
    headers = {"X-Chronodesk-Position": first.headers["X-Chronodesk-Position"]}
    listed = agent.get("/fields", headers=headers).json()["items"]
    assert [field["id"] for field in listed] == ["floor", "site"]
    shown = agent.get("/fields/site")
    assert shown.json() == listed[1]
    assert shown.json()["choices"][1] == {"value": "busan", "label": {}}
    etag = shown.headers["ETag"]

    ticket = agent.opens(fields={"floor": 3})["id"]
    wrong = agent.post(f"/tickets/{ticket}/set_field", {"field": "site", "value": "tokyo"})
    assert (wrong.status_code, wrong.json()["choices"]) == (422, ["seoul", "busan"])
    assert wrong.json()["errors"][0]["field"] == "value"
    opening = {"requester": "mina", "subject": "Help", "fields": {"floor": "third"}}
    assert agent.post("/tickets", opening).json()["errors"][0]["field"] == "fields.floor"

    admin.post("/fields/site/require_field", match=etag)
    late = admin.post("/fields/site/relabel_field", {"label": {"en": "Place"}}, match=etag)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/ticket-changed")
    floor = agent.get("/fields/floor").headers["ETag"]
    other = admin.post("/fields/floor/reorder_field", {"order": 7}, match=floor)
    assert other.status_code == 200, other.text
    refused = agent.post(f"/tickets/{ticket}/resolve", {"code": "fixed"})
    assert (refused.status_code, refused.json()["missing"]) == (422, ["site"])
    assert refused.json()["errors"][0]["field"] == "fields.site"
    filled = agent.post(f"/tickets/{ticket}/set_field", {"field": "site", "value": "seoul"})
    assert filled.status_code == 200
    assert agent.post(f"/tickets/{ticket}/resolve", {"code": "fixed"}).status_code == 200

    retired = admin.post("/fields/site/retire_field")
    headers = {"X-Chronodesk-Position": retired.headers["X-Chronodesk-Position"]}

    def names(**params: Any) -> list[str]:
        found = agent.get("/fields", params=params, headers=headers)
        return [field["id"] for field in found.json()["items"]]

    assert (names(), names(retired=True)) == (["floor"], ["site"])
    admin.post("/fields/site/restore_field")
    assert not agent.get("/fields/site").json()["retired"]


def test_there_is_no_definition_of_what_nobody_defined(shared_desk: Desk) -> None:
    assert shared_desk.agent.get("/fields/nothing").status_code == 404
    assert shared_desk.as_(Role.REQUESTER, "mina").get("/fields").status_code == 403
