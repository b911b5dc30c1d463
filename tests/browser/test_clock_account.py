"""How a clock was counted, told to the reader in their language."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import findings
from tests.browser.conftest import Visit
from tests.browser.preparing import done
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, opened


@pytest.mark.parametrize(
    ("locale", "clock", "said"),
    [
        ("en", "Resolution", ["Judged by", "Started", "opened the ticket", "for priority"]),
        ("ko", "해결", ["적용 기준", "시작", "티켓을 접수했습니다", "우선순위"]),
    ],
)
def test_the_account_of_a_clock(
    site: Site, visit: Visit, locale: str, clock: str, said: list[str]
) -> None:
    ticket = opened(site)
    done(site, "kim", f"/tickets/{ticket['id']}/pend", {"reason": "Which floor?"})
    page = visit("kim", address(ticket), locale=locale)
    expect(page.get_by_role("log")).to_be_visible()
    page.locator("aside").get_by_role("button", name=clock).first.click()
    account = page.get_by_role("dialog")
    for words in said:
        expect(account).to_contain_text(words)
    # The reason of the pause, as an event of the ticket.
    expect(account).to_contain_text("Which floor?")
    assert findings(page) == []
