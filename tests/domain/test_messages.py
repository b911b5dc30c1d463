"""What a message may hold, and what a file may be called."""

import contextlib
import time

import pytest
from hypothesis import given

from domain.checks import NAME_LIMIT
from domain.errors import Invalid
from domain.ids import BlobId
from domain.ticket.messages import (
    ATTACHMENTS_LIMIT,
    Attachment,
    each_once,
    excerpt,
    file_name,
    message_text,
)
from domain.ticket.words import Format
from tests.strategies import FILES, TEXT


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("견적서 최종.pdf", "견적서 최종.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mina\\scan.png", "scan.png"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"),
        ("nul\0.txt", "nul.txt"),
        (" ..hidden. ", "hidden"),
        ("", "file"),
        ("..", "file"),
        ("/", "file"),
        ("\ud83d", "file"),
    ],
)
def test_a_file_is_called_what_can_be_shown_and_saved(given_name: str, kept: str) -> None:
    assert file_name(given_name) == kept


def test_a_long_name_keeps_its_beginning_and_its_kind() -> None:
    name = file_name("x" * 300 + ".tar.gz")
    assert len(name) == NAME_LIMIT
    assert name.startswith("xxx")
    assert name.endswith(".tar.gz")


@given(TEXT)
def test_a_name_once_cleaned_stays_as_it_is(name: str) -> None:
    cleaned = file_name(name)
    assert file_name(cleaned) == cleaned
    assert 0 < len(cleaned) <= NAME_LIMIT


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (" \n", Format.TEXT),
        ("", Format.HTML),
        ("<p>&nbsp;</p>\n<br>", Format.HTML),
    ],
)
def test_a_message_says_something_or_brings_a_file(text: str, written: Format) -> None:
    with pytest.raises(Invalid, match="blank"):
        message_text(text, written, ())
    message_text(text, written, FILES[:1])


@pytest.mark.parametrize("html", ["<p>Hi</p>", "<img src='cid:x'>", "1 < 2"])
def test_html_says_what_is_left_for_the_eye(html: str) -> None:
    message_text(html, Format.HTML, ())


def test_a_file_is_beside_a_message_once_under_its_first_name() -> None:
    one, other = FILES
    again = Attachment(blob=one.blob, name="again.png", media_type="image/png", size=8)
    assert each_once([one, other, again]) == (one, other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"blob": BlobId("a" * 63)},
        {"blob": BlobId("A" * 64)},
        {"media_type": "image"},
        {"media_type": "text/html; charset=utf-8"},
        {"size": 0},
        {"name": ""},
        {"name": "../a.png"},
        {"name": "x" * 201},
    ],
)
def test_what_names_no_file_is_refused(wrong: dict[str, object]) -> None:
    known: dict[str, object] = {
        "blob": BlobId("a" * 64), "name": "a.png", "media_type": "image/png", "size": 1
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        each_once([Attachment(**{**known, **wrong})])  # type: ignore[arg-type]
    assert refused.value.details["field"] == "attachments"


def test_there_is_a_most_of_files() -> None:
    files = [
        Attachment(blob=BlobId(f"{n:064x}"), name="a", media_type="a/b", size=1)
        for n in range(ATTACHMENTS_LIMIT + 1)
    ]
    assert len(each_once(files[1:])) == ATTACHMENTS_LIMIT
    with pytest.raises(Invalid):
        each_once(files)


@pytest.mark.parametrize(
    ("text", "written", "line"),
    [
        (" two\n\n lines ", Format.TEXT, "two lines"),
        ("<b>kept</b>", Format.TEXT, "<b>kept</b>"),
        ("<p>One,</p><p>two</p>", Format.HTML, "One, two"),
        ("a &lt;b&gt; &amp; c", Format.HTML, "a <b> & c"),
        ("<style>p{}</style>x<script>y()</script>", Format.HTML, "x"),
        ("<script>never closed", Format.HTML, ""),
        ("x<!-- never closed", Format.HTML, "x"),
        ("cut off <a href='", Format.HTML, "cut off"),
        ("1 < 2", Format.HTML, "1 < 2"),
        ("x" * 30, Format.TEXT, "x" * 19 + "…"),
    ],
)
def test_an_excerpt_is_one_line_of_words(text: str, written: Format, line: str) -> None:
    assert excerpt(text, written, 20) == line


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<script>", "&", "<p"])
def test_a_message_is_looked_at_quickly_whatever_it_holds(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    message_text(text, Format.HTML, FILES)
    with contextlib.suppress(Invalid):
        message_text(text, Format.HTML, ())
    excerpt(text, Format.HTML, 200)
    assert time.process_time() - began < 1
