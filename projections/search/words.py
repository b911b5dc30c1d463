"""Words of a text, as they are indexed and looked for, in any script.

Letters are folded: full and half width, upper and lower case, accents. Korean glues particles to
its words and is free about the spaces between them; Chinese, Japanese and Thai have no spaces at
all. So of such scripts every two neighbouring letters are a word (결제가: 결제, 제가), also across
a single space (결제 오류: 결제, 제오, 오류). That finds a word in a compound, and whatever is glued
to it.
"""

import re
import unicodedata
import zlib
from html import unescape
from itertools import pairwise

LONGEST_WORD = 40
"""Letters of a word that count; what is longer is no word that anybody types."""

_PAIRED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_RUN = re.compile(rf"([{_PAIRED}]+)|([^\W_{_PAIRED}]+)")
_WORD = re.compile(rf"[^\W_{_PAIRED}]+")
_PAIRED_RUN = re.compile(rf"[{_PAIRED}]+")
_ACROSS = re.compile(rf"([{_PAIRED}]) (?=([{_PAIRED}]))")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_HANGUL = re.compile("[\uac00-\ud7a3]+")

_PARTICLES = (
    "으로부터", "에서부터", "이라고", "에서는", "에게서", "으로는", "까지는", "한테서",
    "에서", "에게", "으로", "부터", "까지", "이나", "라고", "처럼", "보다", "마다", "밖에", "하고",
    "은", "는", "이", "가", "을", "를", "에", "의", "도", "로", "와", "과", "만", "께", "나", "야",
)  # fmt: skip
"""Endings of Korean nouns, the longest first: without one, a question finds the noun itself."""


def folded(text: str) -> str:
    """The text with all that makes no difference to a search made the same."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words(text: str) -> set[str]:
    """All words of a text."""
    text = folded(text)
    if text.isascii():
        found = set(_ASCII_WORD.findall(text))
    else:
        found = {plain(word) for word in _WORD.findall(text)}
        for run in set(_PAIRED_RUN.findall(text)):
            found.update(pairs(run))
        found.update(_across(text))
    long = [word for word in found if len(word) > LONGEST_WORD]
    return found.difference(long).union(word[:LONGEST_WORD] for word in long) if long else found


def _across(text: str) -> list[str]:
    """The pairs of letters that a single space parts."""
    return [before + after for before, after in _ACROSS.findall(text)]


def pairs(run: str) -> list[str]:
    """Every two neighbouring letters; of a single one, that one."""
    return [run] if len(run) == 1 else [a + b for a, b in pairwise(run)]


def text_of(html: str) -> str:
    """What an HTML body says, on one line. It is for searching: as HTML it would not be safe."""
    return " ".join(unescape(_MARKUP.sub(" ", html)).split())


_MARKUP = re.compile(
    r"<(script|style|head|title)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL
)


def asked(text: str) -> list[list[str]]:
    """What a question asks for: groups of words, each group one thing that is looked for.

    A group of several words is a run of paired letters, without its particle.
    """
    groups: list[list[str]] = []
    for run in _RUN.finditer(folded(text)):
        paired, word = run.groups()
        group = [plain(word)[:LONGEST_WORD]] if word else pairs(_without_particle(paired))
        if group not in groups:
            groups.append(group)
    return groups


def is_paired(word: str) -> bool:
    """Whether a word is of a script that is indexed in pairs."""
    return _PAIRED_RUN.match(word) is not None


def _without_particle(run: str) -> str:
    if not _HANGUL.fullmatch(run):
        return run
    for particle in _PARTICLES:
        if run.endswith(particle) and len(run) - len(particle) >= 2:  # noqa: PLR2004 - a word
            return run.removesuffix(particle)
    return run


def plain(word: str) -> str:
    """A word without its accents."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join(c for c in parts if not unicodedata.combining(c)) or word


def grams(text: str) -> set[int]:
    """What a text is found by, in whose middle somebody looks: each three letters, as a number.

    Of scripts that are indexed in pairs, each two as well. A text holds all grams of each of its
    parts; that several have the same number does no harm to who looks at the text itself, then.
    """
    text = text.casefold()
    found = {text[n : n + 3] for n in range(len(text) - 2)}
    for run in _PAIRED_RUN.findall(text):
        if len(run) > 1:
            found.update(pairs(run))
    return {zlib.crc32(gram.encode()) - _HALF for gram in found}


_HALF = 2**31
"""So that the number fits into the database's smallest kind."""
