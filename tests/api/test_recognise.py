"""What a file is by its content, and which files come in."""

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.files.recognise import HEAD, UNKNOWN, recognise
from api.files.rules import FileRules
from api.problems import Problem
from tests.api.samples import EXE, HTML, JPEG, KNOWN, PDF, PNG, PROGRAMS, SVG, zipped


@pytest.mark.parametrize(("name", "content", "media_type"), KNOWN, ids=[k[0] for k in KNOWN])
def test_a_file_is_what_its_content_says(name: str, content: bytes, media_type: str) -> None:
    assert recognise(io.BytesIO(content), name) == media_type
    FileRules().check(media_type, name, "application/octet-stream")


@pytest.mark.parametrize(("name", "content"), PROGRAMS)
def test_what_a_machine_would_run_does_not_come_in(name: str, content: bytes) -> None:
    media_type = recognise(io.BytesIO(content), name)
    with pytest.raises(Problem) as refused:
        FileRules().check(media_type, name, "application/octet-stream")
    assert refused.value.code == "file-refused"
    assert refused.value.details["media_type"] == media_type


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_are_something(content: bytes, name: str) -> None:
    assert "/" in recognise(io.BytesIO(content), name)


@given(st.sampled_from([known[1] for known in KNOWN]), st.integers(0, 200), st.binary(max_size=9))
def test_a_damaged_file_is_something(content: bytes, at: int, damage: bytes) -> None:
    assert "/" in recognise(io.BytesIO(content[:at] + damage + content[at:]), "x.xlsx")


@pytest.mark.parametrize(
    "content",
    [b"<" * HEAD, b"<!--" * (HEAD // 4), b" " * HEAD, b"<x:" * (HEAD // 3), b"<?xml " * 10_000],
)
def test_it_does_not_take_long_to_look(content: bytes) -> None:
    began = time.process_time()
    recognise(io.BytesIO(content), "x.txt")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("claimed", "name", "content"),
    [
        ("image/png", "a.png", HTML),
        ("application/octet-stream", "a.png", HTML),
        ("image/png", "a", SVG),
        ("application/octet-stream", "a.jpg", PDF),
        ("application/pdf", "a", PNG),
        ("", "a.pdf", b"plain text"),
        ("image/jpeg; charset=x", "a", zipped("a.txt")),
    ],
)
def test_what_is_called_an_image_or_a_pdf_and_is_none_does_not_come_in(
    claimed: str, name: str, content: bytes
) -> None:
    with pytest.raises(Problem) as refused:
        FileRules().check(recognise(io.BytesIO(content), name), name, claimed)
    assert refused.value.code == "file-mismatch"


@pytest.mark.parametrize(
    ("claimed", "name", "content", "media_type"),
    [
        ("image/png", "a.png", JPEG, "image/jpeg"),
        ("image/x-png", "a.png", PNG, "image/png"),
        ("text/plain", "a.txt", PNG, "image/png"),
        ("video/mp2t", "module.ts", b"const a = 1", "text/plain"),
        ("application/vnd.ms-excel", "report.xls", b"<table><tr><td>1", "text/html"),
        ("image/svg+xml", "a.svg", SVG, "image/svg+xml"),
        ("image/png", "a.png", b"\x89PNX\0\1\2\3", UNKNOWN),
    ],
)
def test_a_wrong_name_of_anything_else_is_put_right(
    claimed: str, name: str, content: bytes, media_type: str
) -> None:
    found = recognise(io.BytesIO(content), name)
    FileRules().check(found, name, claimed)
    assert found == media_type


def test_a_desk_may_take_less() -> None:
    rules = FileRules(only=["image/*", ".pdf"], never=["image/svg+xml", ".gif"])
    rules.check("image/png", "a.png", "")
    rules.check("application/pdf", "a.PDF", "")
    for media_type, name in (
        ("image/svg+xml", "a.svg"),
        ("image/gif", "a.gif"),
        ("text/plain", "a.txt"),
    ):
        with pytest.raises(Problem) as refused:
            rules.check(media_type, name, "")
        assert refused.value.code == "file-refused"
    with pytest.raises(Problem):
        FileRules(only=["*/*"]).check(recognise(io.BytesIO(EXE), "x"), "x", "")
