"""Keys that are pressed when the page listens to them."""

from playwright.sync_api import Page, expect


def press(page: Page, key: str) -> None:
    """A key for the page, once nothing lies over it that would take it."""
    over = page.locator("[role=dialog], [role=listbox]").filter(visible=True)
    expect(over).to_have_count(0)
    page.keyboard.press(key)


def by_palette(page: Page, words: str, label: str) -> None:
    """Find an action by some words, and do it once it is the one that Enter means."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Type a command")).to_be_focused()
    page.keyboard.type(words)
    expect(page.get_by_role("option", name=label)).to_have_attribute("data-active-item", "true")
    page.keyboard.press("Enter")
