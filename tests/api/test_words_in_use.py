"""Tags and categories complete what is typed."""

from domain.access import Role
from tests.api.desk import Desk


def test_tags_and_categories_are_found(shared_desk: Desk) -> None:
    agent = shared_desk.agent
    first = agent.opens(tags=["alpha", "alphabet"], category="Hardware/Printer")
    second = agent.opens(tags=["alpha"], category="Hardware/Screen")
    headers = {"X-Chronodesk-Position": second["position"]}
    tags = agent.get("/tags?search=alph", headers=headers).json()["items"]
    assert tags == [{"name": "alpha", "tickets": 2}, {"name": "alphabet", "tickets": 1}]
    agent.post(f"/tickets/{second['id']}/untag", {"tag": "alpha"})
    last = agent.post(f"/tickets/{first['id']}/categorise", {"category": None})
    headers = {"X-Chronodesk-Position": last.headers["X-Chronodesk-Position"]}
    tags = agent.get("/tags", params={"search": "alpha", "limit": 1}, headers=headers)
    assert tags.json()["items"] == [{"name": "alpha", "tickets": 1}]
    categories = agent.get("/categories?search=hardware").json()["items"]
    assert categories == [{"name": "Hardware/Screen", "tickets": 1}]
    assert shared_desk.as_(Role.REQUESTER, "mina").get("/tags").status_code == 403
