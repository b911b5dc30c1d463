"""The sanitiser: nothing of what others wrote reaches a screen as HTML but through here."""

from functools import lru_cache, partial

import nh3

from api.html.allowed import ATTRIBUTES, SCHEMES, TAGS, Files, allowed
from api.html.regular import regular

_REMEMBERED = 200
"""A page of a conversation is read many times while it is looked at."""


@lru_cache(maxsize=_REMEMBERED)
def safe_html(html: str, files: Files) -> str:
    """A message's HTML as it may be put into a page.

    Links open elsewhere and tell nobody where from; images are drawn in the text itself or are
    files beside it (`files`). No script, style, form, frame, SVG or MathML survives, and nothing
    that could be taken for a part of the page.
    """
    cleaned: str = nh3.clean(
        regular(html.replace("\0", ""), files),
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=partial(_filter, files),
        url_schemes={*SCHEMES, "data"},
        url_relative=files.shown,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    return cleaned


def _filter(files: Files, tag: str, attribute: str, value: str) -> str | None:
    # What the sanitiser sets itself is asked for as well.
    if tag == "a" and attribute in {"rel", "target"}:
        return value
    return allowed(tag, attribute, value, files)
