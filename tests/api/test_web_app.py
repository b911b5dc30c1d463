"""The web app is served by the API's own process, under a strict policy."""

import re
from pathlib import Path

import pytest

from api import web_app
from tests.api.desk import Desk

INDEX = (
    '<!doctype html><script type="module" src="/assets/index-1a2b.js"></script>'
    '<link rel="stylesheet" href="/assets/index-3c4d.css">'
)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "assets" / "index-1a2b.js").write_text("export {};")
    (tmp_path / "assets" / "index-3c4d.css").write_text("body {}")
    (tmp_path / "assets" / "index-1a2b.js.map").write_text("{}")
    monkeypatch.setattr(web_app, "BUILT", tmp_path)
    web_app._asset.cache_clear()
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/tickets", "/tickets/42", "/portal/new", "/settings/views"])
def test_every_address_of_the_app_gives_its_page(shared_desk: Desk, built: Path, path: str) -> None:
    page = shared_desk.client.get(path)
    assert (page.status_code, page.text) == (200, INDEX)
    assert page.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_what_the_page_names_is_there_and_kept_for_ever(shared_desk: Desk, built: Path) -> None:
    for path in re.findall(r'(?:src|href)="(/assets/[^"]+)', INDEX):
        part = shared_desk.client.get(path)
        assert part.status_code == 200
        assert "immutable" in part.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["index-1a2b.js.map", "nothing.js", "..%2findex.html"])
def test_nothing_else_of_the_folder_is_given(shared_desk: Desk, built: Path, name: str) -> None:
    assert shared_desk.client.get(f"/assets/{name}").status_code == 404


def test_without_the_app_the_page_says_what_to_do(
    shared_desk: Desk, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_app, "BUILT", built / "elsewhere")
    page = shared_desk.client.get("/")
    assert page.status_code == 503
    assert "make setup" in page.text
