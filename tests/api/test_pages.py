"""Pages, headers, health, metrics, logs."""

import json
import re

import pytest

from api.problems import PROBLEMS
from domain.access import Role
from tests.api.desk import Desk


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/docs", "/problems", "/static/style.css", "/favicon.ico"),
        *(f"/problems/{code}" for code in PROBLEMS),
    ],
)
def test_pages_are_there_and_need_no_other_server(shared_desk: Desk, path: str) -> None:
    page = shared_desk.client.get(path)
    assert page.status_code == 200
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_every_link_of_a_page_leads_somewhere(shared_desk: Desk) -> None:
    for path in ("/api/v1/docs", "/problems"):
        for link in set(re.findall(r'(?:src|href)="(/[^"#]*)', shared_desk.client.get(path).text)):
            assert shared_desk.client.get(link).status_code == 200, (path, link)


def test_the_reference_names_every_operation(shared_desk: Desk) -> None:
    reference = shared_desk.client.get("/api/v1/docs").text
    for path in shared_desk.app.openapi()["paths"]:
        assert path in reference


def test_the_reference_shows_what_is_answered(shared_desk: Desk) -> None:
    reference = shared_desk.client.get("/api/v1/docs").text
    links = set(re.findall('href="#(shape-[A-Za-z]+)"', reference))
    assert {"shape-Ticket", "shape-TicketPage", "shape-TicketRow", "shape-Priority"} <= links
    assert links <= set(re.findall('id="(shape-[A-Za-z]+)"', reference))


def test_pages_hold_no_script_of_their_own(shared_desk: Desk) -> None:
    for path in ("/api/v1/docs", "/problems"):
        page = shared_desk.client.get(path).text
        assert not re.search(r"<script(?! src=)| style=| on\w+=", page)


def test_unknown_pages_are_problems(shared_desk: Desk) -> None:
    for path in ("/nowhere", "/static/nothing.js", "/problems/unheard-of", "/static/..%2fapp.py"):
        answer = shared_desk.client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_a_request_keeps_the_id_that_it_came_with(shared_desk: Desk) -> None:
    given = shared_desk.client.get("/api/v1/health", headers={"X-Request-Id": "abc-1"})
    assert given.headers["X-Request-Id"] == "abc-1"
    odd = shared_desk.client.get("/api/v1/health", headers={"X-Request-Id": "a b\tc"})
    assert re.fullmatch("[0-9a-f]{32}", odd.headers["X-Request-Id"])


def test_readiness_tells_how_far_views_are(shared_desk: Desk) -> None:
    ready = shared_desk.client.get("/api/v1/health/ready").json()
    assert ready["status"] == "ready"
    assert {view["projection"] for view in ready["views"]} >= {"queue", "history", "people"}


def test_metrics_count_requests_by_route(shared_desk: Desk) -> None:
    shared_desk.agent.get("/tickets/no-such-ticket")
    shared_desk.client.request("BREW", "/api/v1/tickets")
    text = shared_desk.as_(Role.ANALYST).get("/metrics").text
    pattern = r'request_seconds_count\{method="GET",route="[^"]*/tickets/\{ticket\}",status="404"\}'
    assert re.search(pattern, text)
    assert "no-such-ticket" not in text
    assert 'method="BREW"' not in text
    assert "chronodesk_projection_lag_events" in text


def test_long_answers_are_compressed(shared_desk: Desk) -> None:
    answer = shared_desk.client.get("/api/v1/openapi.json")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(answer.text)["openapi"].startswith("3.1")
