"""Signing in and out, and the life of a token."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from adapters.clock import SetClock
from api.auth.credentials import hash_password, new_token, parse_token, password_matches, same
from domain.access import Role
from domain.ids import WorkspaceId
from tests.api.desk import WORKSPACE, Desk, Person
from tests.projections.postgres import eventually


def add_account(desk: Desk, email: str = "kim@example.com") -> str:
    return desk.services.sessions.put_account(
        workspace=WORKSPACE, email=email, person="kim", role=Role.AGENT, name="Kim"
    )


def test_signing_in_and_out(shared_desk: Desk) -> None:
    password = add_account(shared_desk)
    credentials = {"email": "KIM@example.com", "password": password}
    signed_in = shared_desk.client.post("/api/v1/session", json=credentials)
    assert signed_in.status_code == 201, signed_in.text
    kim = Person(shared_desk, signed_in.json()["token"])
    me = kim.get("/me").json()
    assert (me["person"], me["role"], me["name"]) == ("kim", "agent", "Kim")
    assert "work on tickets" in me["permissions"]
    assert kim.request("DELETE", "/session").status_code == 200
    assert kim.get("/me").status_code == 401


@pytest.mark.parametrize(
    "credentials",
    [
        {"email": "kim@example.com", "password": "wrong"},
        {"email": "nobody@example.com", "password": "wrong"},
        {"email": "kim@example.com", "password": "x", "workspace": "another"},
    ],
)
def test_a_wrong_password_tells_nothing(shared_desk: Desk, credentials: dict[str, str]) -> None:
    add_account(shared_desk)
    answer = shared_desk.client.post("/api/v1/session", json=credentials)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The e-mail address or the password is wrong."


def test_a_disabled_account_is_out_at_once(shared_desk: Desk) -> None:
    password = add_account(shared_desk, "old@example.com")
    credentials = {"email": "old@example.com", "password": password}
    assert shared_desk.client.post("/api/v1/session", json=credentials).status_code == 201
    assert shared_desk.services.access.disable_account(WORKSPACE, "old@example.com")
    assert shared_desk.client.post("/api/v1/session", json=credentials).status_code == 401


def test_whoever_gets_another_role_keeps_no_token_of_the_old_one(shared_desk: Desk) -> None:
    def put(role: Role) -> str:
        return shared_desk.services.sessions.put_account(
            workspace=WORKSPACE, email="lead@example.com", person="lead7", role=role, name="Lee"
        )

    signed_in = shared_desk.client.post(
        "/api/v1/session", json={"email": "lead@example.com", "password": put(Role.ADMIN)}
    )
    token = parse_token(signed_in.json()["token"])
    assert token is not None
    put(Role.ADMIN)  # a new password alone ends nothing
    kept = shared_desk.services.access.token(token[0])
    assert kept is not None
    assert kept.revoked_at is None
    put(Role.AGENT)
    ended = shared_desk.services.access.token(token[0])
    assert ended is not None
    assert ended.revoked_at is not None


def test_a_revoked_token_ends_here_at_once_and_elsewhere_in_seconds(shared_desk: Desk) -> None:
    made = shared_desk.admin.post(
        "/tokens", {"person": "kim", "role": "agent", "name": "Kim", "label": "report"}
    ).json()
    kim = Person(shared_desk, made["token"])
    assert kim.get("/me").status_code == 200
    assert shared_desk.services.access.revoke_token(WORKSPACE, made["id"])  # as another process
    time.sleep(shared_desk.services.settings.token_cache_seconds + 0.1)
    assert kim.get("/me").status_code == 401
    other = shared_desk.fresh_token(Role.AGENT)
    assert Person(shared_desk, other).get("/me").status_code == 200
    parsed = parse_token(other)
    assert parsed is not None
    assert shared_desk.admin.request("DELETE", f"/tokens/{parsed[0]}").status_code == 200
    assert Person(shared_desk, other).get("/me").status_code == 401


def test_a_token_ends_by_itself(shared_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock(datetime.now(UTC))
    soon = clock.instant + timedelta(seconds=0.3)
    brief = Person(shared_desk, shared_desk.fresh_token(Role.AGENT, expires_at=soon))
    with monkeypatch.context() as patched:
        patched.setattr(shared_desk.services.gate, "_clock", clock)
        patched.setattr(shared_desk.services.gate, "_seconds", 3_600)
        assert brief.get("/me").status_code == 200
        clock.instant = soon
        eventually(lambda: brief.get("/me").status_code == 401)  # it is not remembered for longer
    late = {"person": "kim", "role": "agent", "name": "Kim", "label": "x"}
    answer = shared_desk.admin.post("/tokens", {**late, "expires_at": "2001-01-01T00:00:00Z"})
    assert answer.status_code == 422


def test_tokens_are_listed_without_secrets_and_with_their_last_use(shared_desk: Desk) -> None:
    token = shared_desk.fresh_token(Role.AGENT)
    Person(shared_desk, token).get("/me")
    listed = shared_desk.admin.get("/tokens")
    parsed = parse_token(token)
    assert parsed is not None
    assert parsed[1] not in listed.text
    (found,) = [item for item in listed.json()["items"] if item["id"] == parsed[0]]
    assert found["last_used_at"] is not None


def test_a_token_opens_its_own_workspace_only(shared_desk: Desk) -> None:
    ticket = shared_desk.agent.opens()["id"]
    elsewhere = WorkspaceId("elsewhere")
    stranger = Person(shared_desk, shared_desk.fresh_token(Role.ADMIN, workspace=elsewhere))
    assert stranger.get(f"/tickets/{ticket}").status_code == 404
    assert stranger.get("/tickets").json()["items"] == []
    assert stranger.get("/requesters").json()["items"] == []
    assert stranger.get("/tokens").json()["items"] == [
        item for item in stranger.get("/tokens").json()["items"] if item["person"] == "admin"
    ]
    kept = shared_desk.agent.get("/tickets?limit=1").headers
    assert kept["Cache-Control"] == "private, no-cache"


def test_passwords_and_tokens_are_kept_as_digests() -> None:
    kept = hash_password("tr0ub4dor")
    assert "tr0ub4dor" not in kept
    assert kept.startswith("$argon2id$")
    assert password_matches("tr0ub4dor", kept)
    assert not password_matches("tr0ub4dor", None)
    token = new_token()
    parsed = parse_token(token.text)
    assert parsed is not None
    assert same(parsed[1], token.secret_hash)
    assert not same(parsed[1][:-1] + "_", new_token().secret_hash)
