"""Words in any script, and how questions find them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.search.excerpts import LONGEST, excerpt, marked
from projections.search.words import asked, folded, grams, text_of, words

LETTERS = st.text(st.sampled_from("abZ é 3결제오류가 漢字ｱß_-.'\\%\n"), max_size=40)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Printer-3 is DOWN", {"printer", "3", "is", "down"}),
        ("Café \uff21\uff22\uff23\uff11\uff12", {"cafe", "abc12"}),
        ("결제가 안돼요", {"결제", "제가", "가안", "안돼", "돼요"}),
        ("결제 오류", {"결제", "제오", "오류"}),
        ("신용카드결제", {"신용", "용카", "카드", "드결", "결제"}),
        ("ERR_42: プリンター", {"err", "42", "プリ", "リン", "ンタ", "ター"}),
        ("漢", {"漢"}),
        ("... '' \\", set()),
        ("x" * 100, {"x" * 40}),
    ],
)
def test_the_words_of_a_text(text: str, found: set[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("결제", "신용카드결제가 안 됩니다"),
        ("결제오류", "결제 오류 문의"),
        ("결제 오류", "결제오류 문의"),
        ("결제를", "결제가 안돼요"),
        ("비밀번호를 잊었", "비밀번호 잊었어요"),
        ("cafe", "CAFÉ"),
        ("ﾌﾟﾘﾝﾀ", "プリンター"),
        ("한글", "한글"),  # composed letters, typed as separate ones
    ],
)
def test_a_question_finds_what_is_meant(question: str, text: str) -> None:
    groups = asked(question)
    assert groups
    assert {word for group in groups for word in group} <= words(text)


def test_a_short_noun_keeps_its_last_letter() -> None:
    assert asked("회의") == [["회의"]]
    assert asked("결제가") == [["결제"]]


@given(LETTERS, LETTERS, LETTERS)
def test_a_text_holds_the_grams_of_its_parts(before: str, part: str, behind: str) -> None:
    assert grams(part) <= grams(before + part + behind)


@given(LETTERS)
def test_a_text_asked_for_as_a_whole_is_found(text: str) -> None:
    assert {word for group in asked(text) for word in group} <= words(text)


@given(LETTERS, LETTERS)
def test_marked_text_is_the_text(text: str, question: str) -> None:
    parts = marked(text, asked(question))
    assert folded("".join(part.text for part in parts)) == folded(text)
    assert all(part.text for part in parts)
    assert all(one.hit != other.hit for one, other in pairwise(parts))


def test_what_was_looked_for_is_marked() -> None:
    parts = marked("Café prices: the printer PRINTS", asked("cafe print"))
    assert [part.text for part in parts if part.hit] == ["Café", "print", "PRINT"]
    parts = marked("신용카드 결제 오류입니다", asked("결제오류"))
    assert [part.text for part in parts if part.hit] == ["결제 오류"]


def test_an_excerpt_is_a_line_around_the_first_hit() -> None:
    text = "First line.\n" + "filler words " * 30 + "the needle is here " + "and more " * 50
    parts = excerpt(text, asked("needle"))
    assert parts is not None
    line = "".join(part.text for part in parts)
    assert len(line) <= LONGEST + 2
    assert line[0] == line[-1] == "…"
    assert [part.text for part in parts if part.hit] == ["needle"]
    assert excerpt(text, asked("absent")) is None


def test_html_is_searched_by_what_it_says() -> None:
    html = "<style>p {color: red}</style><p>Hello<br>w&ouml;rld<script>alert('x')</script></p>"
    assert text_of(html) == "Hello wörld"
