"""Writes down of a message's HTML what is allowed, closed properly and not too deep.

A parser that follows the standard repairs what is broken, and a few kilobytes can be broken in ways
that make the repaired text gigabytes. What comes out of here has nothing to repair: it is as long
as what came in, give or take, and so is the work that is left for the sanitiser.
"""

from collections import Counter
from html import escape
from urllib.parse import urlsplit

from api.html.allowed import TAGS, VOID, Files, allowed, is_remote
from api.html.tokens import End, Raw, Start, Text, tokens

DEEPEST = 120
"""Elements in each other. Below that, tags are left out and texts stay."""

_CELLS = frozenset({"caption", "td", "th"})
_ROWS = frozenset({"tbody", "tfoot", "thead"})
_LISTS = frozenset({"dl", "ol", "ul"})
_TABLE = frozenset({"table"})
_WALLS = _CELLS | _TABLE
"""What is around one of these is not ended from inside it."""

_BLOCKS = _LISTS | {
    "address", "blockquote", "center", "div", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "p", "pre", "table",
}  # fmt: skip
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **dict.fromkeys(_BLOCKS, (frozenset({"p"}), _WALLS)),
    "a": (frozenset({"a"}), _WALLS),
    "li": (frozenset({"li", "p"}), _WALLS | _LISTS),
    **dict.fromkeys(("dd", "dt"), (frozenset({"dd", "dt", "p"}), _WALLS | _LISTS)),
    **dict.fromkeys(_CELLS, (_CELLS, _TABLE)),
    "tr": (_CELLS | {"tr"}, _TABLE),
    **dict.fromkeys(_ROWS, (_CELLS | _ROWS | {"tr"}, _TABLE)),
}
"""By start tag: open elements that it ends by itself, and those that it does not look beyond."""

_OF_A_TABLE = _CELLS | _ROWS | {"table", "tr"}

_SHOWN_RAW = frozenset({"plaintext", "textarea", "xmp"})
_LONGEST_LABEL = 100
_DOT = frozenset({"0", "1", "2"})


def regular(html: str, files: Files) -> str:
    """The allowed part of `html`, with a link in the place of each image that is elsewhere."""
    writer = _Writer(files)
    for token in tokens(html):
        match token:
            case Text(text=text):
                writer.text(text)
            case Start(name="img", attributes=attributes):
                writer.image(attributes)
            case Start(name=name, attributes=attributes) if name in TAGS:
                writer.start(name, attributes)
            case End(name=name) if name in TAGS:
                writer.end(name)
            case Raw(name=name, text=text) if name in _SHOWN_RAW:
                writer.text(text)
            case _:
                pass  # a tag that is not allowed; what stands in it is looked at by itself
    return writer.whole()


class _Writer:
    """What was written so far, and the elements that are open."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._out: list[str] = []
        self._open: list[str] = []
        self._left_out: Counter[str] = Counter()  # too deep to be written, and not ended yet

    def text(self, text: str) -> None:
        self._out.append(escape(text, quote=False))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _ENDS:
            ended, walls = _ENDS[name]
            while self._close(ended, walls):
                pass
        if name in VOID:
            self._tag(name, attributes)
        elif len(self._open) < DEEPEST:
            self._tag(name, attributes)
            self._open.append(name)
        else:
            self._left_out[name] += 1

    def end(self, name: str) -> None:
        if self._left_out[name]:
            self._left_out[name] -= 1
        elif name not in VOID:
            self._close(frozenset({name}), _TABLE if name in _OF_A_TABLE - _TABLE else _WALLS)

    def image(self, attributes: dict[str, str]) -> None:
        """An image that may be shown, or a link to one that may not; nothing for a dot.

        Whoever's server holds an image learns when it is looked at, so that is left to a click.
        """
        address, label = attributes.get("src", "").strip(), attributes.get("alt", "").strip()
        if allowed("img", "src", address, self._files) is not None:
            self._tag("img", attributes)
        elif not is_remote(address):
            self._label(label)
        elif not {attributes.get("width"), attributes.get("height")} & _DOT:
            address = f"https:{address}" if address.startswith("//") else address
            linked = "a" not in self._open
            if linked:
                self.start("a", {"href": address})
            self._label(label or _host(address))
            if linked:
                self.end("a")

    def _label(self, label: str) -> None:
        if label:
            self.text(f"[{label[:_LONGEST_LABEL]}]")

    def whole(self) -> str:
        """Everything that was written; what is open is closed."""
        self._out.extend(f"</{name}>" for name in reversed(self._open))
        self._open.clear()
        return "".join(self._out)

    def _tag(self, name: str, attributes: dict[str, str]) -> None:
        kept = (
            f' {attribute}="{escape(value)}"'
            for attribute, given in attributes.items()
            if (value := allowed(name, attribute, given, self._files)) is not None
        )
        self._out.append(f"<{name}{''.join(kept)}>")

    def _close(self, names: frozenset[str], walls: frozenset[str]) -> bool:
        """End the innermost open element of these names, and all inside it; False: there is none.

        Nothing is ended beyond one of the walls, unless that is what is looked for.
        """
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place] in names:
                self._out.extend(f"</{name}>" for name in reversed(self._open[place:]))
                del self._open[place:]
                return True
            if self._open[place] in walls:
                return False
        return False


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "image"
    except ValueError:
        return "image"
