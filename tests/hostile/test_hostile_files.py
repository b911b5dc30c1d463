"""Hostile drawings: never taken for a picture, never shown by a browser, never allowed to act."""

import io
from urllib.parse import quote

import pytest

from api.files.recognise import recognise
from tests.api.desk import Desk
from tests.hostile.svgs import SVGS

PICTURES = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"}
)


@pytest.mark.parametrize("ending", ["svg", "png", "txt", "xml", ""])
@pytest.mark.parametrize("name", SVGS)
def test_a_drawing_is_no_picture_whatever_it_is_called(name: str, ending: str) -> None:
    assert recognise(io.BytesIO(SVGS[name]), f"x.{ending}") not in PICTURES


@pytest.mark.parametrize("name", SVGS)
def test_a_drawing_is_saved_and_can_do_nothing(shared_desk: Desk, name: str) -> None:
    agent = shared_desk.agent
    kept = agent.request(
        "POST",
        f"/blobs?name={quote(name)}.svg",
        content=SVGS[name],
        headers={"Content-Type": "image/svg+xml"},
    )
    assert kept.status_code == 201, kept.text
    answer = agent.get(f"/blobs/{kept.json()['blob']}")
    assert answer.content == SVGS[name]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policies = answer.headers.get_list("Content-Security-Policy")
    assert "sandbox; default-src 'none'" in policies
    how = answer.headers["Content-Disposition"].partition(";")[0]
    assert how == "attachment" or answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("name", SVGS)
def test_a_drawing_does_not_come_in_as_a_picture(shared_desk: Desk, name: str) -> None:
    refused = shared_desk.agent.request(
        "POST", "/blobs?name=x.png", content=SVGS[name], headers={"Content-Type": "image/png"}
    )
    assert refused.json()["type"] == "/problems/file-mismatch", name
