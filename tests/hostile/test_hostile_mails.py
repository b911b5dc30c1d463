"""Hostile mails: whatever comes in, what is shown holds nothing that runs, loads, or deceives."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.html import Files, safe_html
from api.html.allowed import ATTRIBUTES, TAGS
from tests.hostile.mails import MAILS
from tests.hostile.walk import ATTRIBUTES as WALKED_ATTRIBUTES
from tests.hostile.walk import ELEMENTS, findings, tree_of, written_again

OWN = "a" * 64
FILES = Files(ticket="t-1", blobs=frozenset({OWN}))
NEW_WINDOW = 'target="_blank" rel="noopener noreferrer nofollow"'
PLACES = ("div", "p", "td", "article")
"""Elements into which a page may put a message."""


@pytest.mark.parametrize("name", MAILS)
def test_nothing_that_harms_is_left(name: str) -> None:
    shown = safe_html(MAILS[name], FILES)
    for place in PLACES:
        assert findings(shown, place) == [], shown[:500]


@pytest.mark.parametrize("name", MAILS)
def test_what_is_shown_stays_the_same_when_a_page_reads_and_writes_it(name: str) -> None:
    """Mutation attacks live on markup that becomes another when it is parsed a second time."""
    shown = safe_html(MAILS[name], FILES)
    again = written_again(shown)
    assert tree_of(again) == tree_of(shown)
    assert findings(again) == []
    assert findings(safe_html(shown, FILES)) == []


@pytest.mark.parametrize("name", MAILS)
def test_it_takes_no_time_and_does_not_grow(name: str) -> None:
    mail = MAILS[name]
    safe_html.cache_clear()
    began = time.process_time()
    shown = safe_html(mail, FILES)
    assert time.process_time() - began < 5
    assert len(shown) < 25 * len(mail) + 1_000


PIECES = [
    "<", ">", "/", "'", '"', "=", " ", "\n", "\0", "&lt;", "&#60;", "--", "<!--", "-->",
    "<![CDATA[", "]]>", "<svg>", "</svg>", "<math>", "<mtext>", "<mglyph>", "<style>",
    "</style>", "<script>", "</script>", "<title>", "</title>", "<noscript>", "</noscript>",
    "<template>", "<table>", "<td>", "</table>", "<a href=", "javascript:hit()",
    "<img src=x onerror=hit()>", "</p>", "<p>", "<b>", "<select>", "<textarea>", "</textarea>",
    "<form>", "<desc>", "<foreignObject>", "x", "<br>", "<li>", "<a href='https://x.example'>",
    "</a>", "<caption>", "<iframe>", "</iframe>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_no_mixture_of_them_gets_through(mail: str) -> None:
    shown = safe_html(mail, FILES)
    assert findings(shown) == []
    assert tree_of(written_again(shown)) == tree_of(shown)


@given(st.text(max_size=200))
def test_any_text_can_be_shown(mail: str) -> None:
    assert findings(safe_html(mail, FILES)) == []


@pytest.mark.parametrize(
    ("mail", "shown"),
    [
        ("<p>Hi <b>there</b></p>", "<p>Hi <b>there</b></p>"),
        ("a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p dir=RTL lang=ko>안녕</p>", '<p dir="rtl" lang="ko">안녕</p>'),
        ("<script>hit()</script>after", "after"),
        (
            "<table><tr><td colspan=2>x",
            '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
        ),
        (
            f"<img src='cid:{OWN}' alt=scan>",
            f'<img src="/api/v1/tickets/t-1/attachments/{OWN}" alt="scan">',
        ),
        (
            f"<img src='/api/v1/blobs/{OWN}'>",
            f'<img src="/api/v1/tickets/t-1/attachments/{OWN}">',
        ),
        ("<img src='data:image/png;base64,AAAA'>", '<img src="data:image/png;base64,AAAA">'),
        ("<img src='https://evil.example/p.gif' width=1>", ""),
        (f"<img src='cid:{'f' * 64}' alt='a scan'>", "[a scan]"),
        (
            "<img src='//cdn.example/x.png'>",
            f'<a href="https://cdn.example/x.png" {NEW_WINDOW}>[cdn.example]</a>',
        ),
        (
            "<a href=mailto:kim@example.com>Kim</a>",
            f'<a href="mailto:kim@example.com" {NEW_WINDOW}>Kim</a>',
        ),
    ],
)
def test_what_people_write_is_shown(mail: str, shown: str) -> None:
    assert safe_html(mail, FILES) == shown


def test_the_walk_knows_what_is_allowed_by_itself() -> None:
    assert ELEMENTS == TAGS
    allowed = {name: set(names) for name, names in ATTRIBUTES.items()}
    walked = {name or "*": set(names) for name, names in WALKED_ATTRIBUTES.items()}
    walked["a"] -= {"rel", "target"}  # which the sanitiser sets
    assert walked == allowed


SAFE_LINK = "rel='noopener noreferrer nofollow' target=_blank"
PLANTED = {
    "script": "<script>hit()</script>",
    "handler": "<p onclick=hit()>x</p>",
    "style": "<p style='color:red'>x</p>",
    "class": "<p class=x>x</p>",
    "identity": "<p id=x>x</p>",
    "comment": "<!-- x -->",
    "svg": "<svg></svg>",
    "math": "<math></math>",
    "form": "<form></form>",
    "frame": "<iframe></iframe>",
    "javascript": f"<a href='java\tscript:hit()' {SAFE_LINK}>x</a>",
    "data": f"<a href='data:text/html,x' {SAFE_LINK}>x</a>",
    "relative": f"<a href='/api/v1/me' {SAFE_LINK}>x</a>",
    "link without rel": "<a href='https://x.example' target=_blank>x</a>",
    "link without target": "<a href='https://x.example' rel='noopener noreferrer nofollow'>x</a>",
    "remote image": "<img src='https://x.example/a.png'>",
    "image by svg": "<img src='data:image/svg+xml;base64,AAAA'>",
    "image by the api": "<img src='/api/v1/me'>",
    "srcset": "<img srcset='https://x.example 1x'>",
    "too wide": "<table><tr><td colspan=99999>x</table>",
    "too deep": "<div>" * 200,
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_walk_sees_what_was_planted(name: str) -> None:
    assert findings(PLANTED[name]) != []
