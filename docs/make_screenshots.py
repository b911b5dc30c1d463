"""Takes the pictures in docs/screenshots of a running demo desk: `make run`, then

.venv/bin/python docs/make_screenshots.py http://127.0.0.1:8000
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
LOCALES = {"en": "en-GB", "ko": "ko-KR"}


def main(url: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    chromium = os.environ.get("CHRONODESK_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        for language in LOCALES:
            for theme in ("light", "dark"):
                take(browser, url, language, theme)
        browser.close()


def take(browser: Browser, url: str, language: str, theme: str) -> None:
    """The four pages in one language and theme."""

    def page_of(who: str) -> Page:
        context = browser.new_context(
            base_url=url,
            locale=LOCALES[language],
            timezone_id="Asia/Seoul",
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": 1280, "height": 800},
        )
        who = {"email": f"{who}@demo.example", "password": "demo", "cookie": True}
        assert context.request.post("/api/v1/session", data=who).ok
        return context.new_page()

    def keep(page: Page, name: str) -> None:
        page.wait_for_timeout(1_500)
        page.screenshot(path=FOLDER / f"{name}-{language}-{theme}.png")

    agent = page_of("agent")
    agent.goto("/tickets")
    agent.get_by_role("row").nth(1).wait_for()
    keep(agent, "queue")
    agent.get_by_role("row").nth(1).click()
    agent.wait_for_url("**/tickets/*")
    keep(agent, "ticket")
    agent.keyboard.press("y")
    keep(agent, "timeline")
    requester = page_of("requester")
    requester.goto("/portal")
    keep(requester, "portal")


if __name__ == "__main__":
    main(sys.argv[1])
