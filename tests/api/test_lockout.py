"""Whoever tries passwords waits longer and longer, whether or not there is such an account."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from adapters.clock import SetClock
from domain.access import Role
from tests.api.desk import WORKSPACE, Desk, another_process, running_desk
from tests.database import Databases

CLOCK = SetClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
PASSWORD = "a right and proper password"
WRONG = "a guess"


@pytest.fixture(scope="module")
def guarded(databases: Databases) -> Iterator[Desk]:
    """A desk whose clock stands, that locks an account after 3 attempts and an address after 8."""
    limits: dict[str, Any] = {
        "lockout_after": 3,
        "lockout_after_per_address": 8,
        "lockout_seconds": 10,
    }
    with (
        databases.fresh(migrated=True) as url,
        running_desk(url, worker=False, clock=CLOCK, **limits) as desk,
    ):
        for name in ("kim", "lee", "pat", "sam"):
            desk.services.sessions.put_account(
                workspace=WORKSPACE,
                email=f"{name}@example.com",
                person=name,
                role=Role.AGENT,
                name=name,
                password=PASSWORD,
            )
        yield desk


@pytest.fixture(autouse=True)
def _later() -> None:
    """Each test begins when everything before it is forgotten."""
    CLOCK.instant += timedelta(days=20)


def tries(desk: Desk, name: str, password: str = WRONG, *, place: str = "10.0.0.1") -> Response:
    client = TestClient(desk.app, client=(place, 50_000))
    credentials = {"email": f"{name}@example.com", "password": password}
    answer: Response = client.post("/api/v1/session", json=credentials)
    return answer


def waits(answer: Response) -> int:
    """Seconds, of an answer that says nothing but that."""
    assert answer.status_code == 429, answer.text
    problem = answer.json()
    assert problem["type"] == "/problems/locked-out"
    seconds = int(answer.headers["Retry-After"])
    assert problem["detail"] == (
        "There were too many wrong passwords for this account or from this address. "
        f"Try again in {seconds} s."
    )
    return seconds


@pytest.mark.parametrize("name", ["kim", "nobody"])
def test_an_account_is_locked_for_longer_each_time_whether_or_not_it_exists(
    guarded: Desk, name: str
) -> None:
    assert [tries(guarded, name).status_code for _ in range(3)] == [401, 401, 401]
    for seconds in (10, 20, 40):
        assert waits(tries(guarded, name)) == seconds
        CLOCK.instant += timedelta(seconds=seconds - 1)
        assert waits(tries(guarded, name, PASSWORD)) == 1  # the right one does not count either
        CLOCK.instant += timedelta(seconds=1)
        assert tries(guarded, name.upper()).status_code == 401


def test_the_right_password_after_the_wait_makes_up_for_the_wrong_ones(guarded: Desk) -> None:
    for _ in range(3):
        tries(guarded, "kim")
    CLOCK.instant += timedelta(seconds=10)
    assert tries(guarded, "kim", PASSWORD).status_code == 201
    assert [tries(guarded, "kim").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_an_address_is_locked_for_all_accounts_and_an_account_for_all_addresses(
    guarded: Desk,
) -> None:
    for n in range(8):
        assert tries(guarded, f"guess{n}").status_code == 401
    assert waits(tries(guarded, "kim", PASSWORD)) == 10
    assert tries(guarded, "kim", PASSWORD, place="10.0.0.2").status_code == 201
    for _ in range(3):
        tries(guarded, "lee", place="10.0.0.3")
    assert waits(tries(guarded, "lee", PASSWORD, place="10.0.0.4")) == 10


def test_a_network_of_one_owner_is_one_address(guarded: Desk) -> None:
    for n in range(8):
        tries(guarded, f"guess{n}", place=f"2001:db8:0:7::{n}")
    assert waits(tries(guarded, "kim", PASSWORD, place="2001:db8:0:7:ffff::1"))
    assert tries(guarded, "kim", PASSWORD, place="2001:db8:0:8::1").status_code == 201


def test_an_account_of_ones_own_opens_no_way_to_others(guarded: Desk) -> None:
    guesses = 0
    while tries(guarded, f"victim{guesses}").status_code == 401:
        guesses += 1
        answer = tries(guarded, "kim", PASSWORD)
        assert answer.status_code in (201, 429)
    assert guesses == 8


def test_an_office_may_mistype_as_long_as_it_gets_in(guarded: Desk) -> None:
    for name in ("kim", "lee", "pat", "sam") * 3:
        for _ in range(2):
            assert tries(guarded, name).status_code == 401
        assert tries(guarded, name, PASSWORD).status_code == 201


def test_many_at_once_are_no_more_than_many_in_a_row(guarded: Desk) -> None:
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda n: tries(guarded, "pat", f"guess {n}"), range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 3 + [429] * 9


def test_all_processes_count_together(guarded: Desk) -> None:
    with another_process(guarded) as other:
        desks = (guarded, other, guarded, other, guarded)
        codes = [tries(desk, "kim").status_code for desk in desks]
    assert codes == [401, 401, 401, 429, 429]


def test_an_administrator_opens_what_is_locked_and_the_log_tells(
    guarded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, object]] = []
    monkeypatch.setattr("api.auth.lockout.log", _Log(told))
    for _ in range(3):
        tries(guarded, "sam")
    lockout = guarded.services.lockout
    assert [subject.name for subject, _ in lockout.locked(WORKSPACE)] == ["sam@example.com"]
    assert lockout.unlock(WORKSPACE, "SAM@example.com")
    assert not lockout.unlock(WORKSPACE, "sam@example.com")
    assert tries(guarded, "sam", PASSWORD).status_code == 201
    assert told == [("locked out", "sam@example.com"), ("unlocked", "sam@example.com")]


class _Log:
    def __init__(self, told: list[tuple[str, object]]) -> None:
        self._told = told

    def warning(self, event: str, **fields: object) -> None:
        self._told.append((event, fields["name"]))

    info = warning


def test_it_can_be_turned_off(databases: Databases) -> None:
    off: dict[str, Any] = {"lockout_after": 0, "lockout_after_per_address": 0}
    with (
        databases.fresh(migrated=True) as url,
        running_desk(url, worker=False, **off) as desk,
    ):
        assert {tries(desk, "kim").status_code for _ in range(7)} == {401}
