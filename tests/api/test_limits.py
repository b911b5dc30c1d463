"""Rate limits: bursts are fine, floods are not, and one caller does not starve another."""

from collections.abc import Callable
from typing import Any

from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from api.edge.limits import Buckets
from domain.access import Role
from tests.api.desk import running_desk


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200), st.integers(4, 600))
def test_never_more_than_the_burst_and_the_rate(pauses: list[float], per_minute: int) -> None:
    now = 0.0
    buckets = Buckets(per_minute, now=lambda: now)
    taken = 0
    for pause in pauses:
        now += pause
        taken += buckets.take("caller") == 0
        assert taken <= per_minute / 4 + now * per_minute / 60 + 1e-6


def test_who_waits_as_long_as_told_is_served() -> None:
    now = 0.0
    buckets = Buckets(60, now=lambda: now)
    while (wait := buckets.take("caller")) == 0:
        pass
    now += wait
    assert buckets.take("caller") == 0
    assert buckets.take("another") == 0


def test_zero_is_no_limit() -> None:
    buckets = Buckets(0)
    assert all(buckets.take("caller") == 0 for _ in range(1_000))


def test_a_flood_is_told_when_to_come_back(database_url: str) -> None:
    limits: dict[str, Any] = {
        "rate_per_minute": 120,
        "anonymous_per_minute": 40,
        "logins_per_minute": 8,
    }
    with running_desk(database_url, worker=False, **limits) as desk:
        refused = flood(lambda: desk.agent.get("/me"), 200)
        assert refused.json()["type"] == "/problems/too-many-requests"
        assert int(refused.headers["Retry-After"]) >= 1
        assert desk.as_(Role.LEAD).get("/me").status_code == 200
        flood(lambda: desk.client.get("/api/v1/me"), 401)
        wrong = {"email": "kim@example.com", "password": "guess"}
        flood(lambda: desk.client.post("/api/v1/session", json=wrong), 401)


def flood(ask: Callable[[], Response], before: int) -> Response:
    """Ask without a pause until it is too often: how soon that is depends on the machine."""
    for n in range(1_000):
        answer = ask()
        if answer.status_code == 429:
            assert n > 0
            return answer
        assert answer.status_code == before
    raise AssertionError("nobody minds")
