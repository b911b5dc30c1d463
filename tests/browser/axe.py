"""Holds a page against the rules of WCAG by axe-core, as it stands in the browser."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def findings(page: Page) -> list[str]:
    """What is wrong, a line per rule with the first element that breaks it; empty if nothing is."""
    page.evaluate(_AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", _TAGS
    )
    return [
        f"{rule['id']}: {rule['help']} ({rule['nodes'][0]['html'][:200]})"
        for rule in found["violations"]
    ]
