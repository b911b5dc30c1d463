"""Files: chosen, pasted and dropped; refused in words; opened from the conversation; never run."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, JSHandle, Page, expect

from tests.api.samples import EXE, HTML
from tests.browser.conftest import Visit
from tests.browser.pictures import png
from tests.browser.site import Site, running_site
from tests.browser.test_ticket_work import address, conversation, opened
from tests.database import Databases

_LIMIT = 50_000
"""Bytes that a file may have on this desk."""


@pytest.fixture(scope="module")
def site(databases: Databases) -> Iterator[Site]:
    """A desk that takes small files only."""
    with (
        databases.fresh(migrated=True) as url,
        running_site(url, upload_limit=_LIMIT) as running,
    ):
        yield running


def file(name: str, content: bytes, media_type: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": media_type, "buffer": content}


def choose(page: Page, *files: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(list(files))


def transfer(page: Page, name: str, content: bytes, media_type: str = "image/png") -> JSHandle:
    """What a browser hands over when somebody pastes or drops a file."""
    return page.evaluate_handle(
        """([name, content, type]) => {
            const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type }));
            return transfer;
        }""",
        [name, base64.b64encode(content).decode(), media_type],
    )


def paste(page: Page, transfer: JSHandle) -> None:
    writing = page.get_by_role("combobox", name="Reply to Mina Lee")
    writing.evaluate(
        """(area, transfer) => area.dispatchEvent(new ClipboardEvent("paste", {
            clipboardData: transfer, bubbles: true, cancelable: true }))""",
        transfer,
    )


def written(page: Page) -> Any:
    """The part of the page in which a reply is written."""
    return page.get_by_role("region", name="Reply")


def arrived(page: Page, *names: str) -> None:
    """Wait until these files are there to be sent, and no others on their way."""
    for name in names:
        expect(
            written(page).get_by_role("button", name=f"Remove {name}", exact=True)
        ).to_be_visible()
    expect(written(page).get_by_role("listitem")).to_have_count(len(names))
    expect(written(page).get_by_role("progressbar")).to_have_count(0)


def test_files_are_chosen_pasted_and_dropped_and_opened_from_the_conversation(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    page.get_by_role("combobox", name="Reply to Mina Lee").fill("Compare these.")
    choose(
        page, file("chosen.png", png((200, 0, 0))), file("한글 이름.txt", b"hello", "text/plain")
    )
    paste(page, transfer(page, "pasted.png", png((0, 200, 0))))
    dropped = transfer(page, "dropped.png", png((0, 0, 200)))
    written(page).dispatch_event("dragover", {"dataTransfer": dropped})
    expect(written(page)).to_contain_text("Drop files here")
    written(page).dispatch_event("drop", {"dataTransfer": dropped})
    expect(written(page)).not_to_contain_text("Drop files here")
    names = ["chosen.png", "한글 이름.txt", "pasted.png", "dropped.png"]
    arrived(page, *names)
    written(page).get_by_role("button", name="Remove pasted.png").click()
    names.remove("pasted.png")
    page.get_by_role("combobox", name="Reply to Mina Lee").press("Control+Enter")

    files = conversation(page).get_by_role("list", name="Attachments")
    expect(files.get_by_role("listitem")).to_have_count(len(names))
    for name in names:
        expect(files).to_contain_text(name)
    files.get_by_role("button", name="Preview dropped.png").click()
    picture = page.get_by_role("dialog", name="dropped.png").get_by_role("img")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('[role=dialog] img').naturalWidth === 8")
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        files.get_by_role("link", name="Download 한글 이름.txt").click()
    assert download.value.suggested_filename == "한글 이름.txt"
    download.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == b"hello"


@pytest.mark.parametrize("size", [_LIMIT + 1, 4_000_000])
def test_a_file_that_is_too_large_is_refused_with_the_limit(
    site: Site, visit: Visit, size: int
) -> None:
    page = visit("kim", address(opened(site)))
    page.get_by_role("combobox", name="Reply to Mina Lee").fill("Look:")
    choose(page, file("large.bin", b"\1" * size, "application/octet-stream"))
    told = page.get_by_role("status").filter(has_text="large.bin was not uploaded")
    expect(told).to_contain_text("at most 50 kB")
    expect(written(page).get_by_role("listitem")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Reply to Mina Lee")).to_have_value("Look:")


def test_what_is_not_taken_is_refused_in_the_reader_s_language(site: Site, visit: Visit) -> None:
    page = visit("kim", address(opened(site)), locale="ko")
    page.get_by_role("combobox", name="Mina Lee").wait_for()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="파일 첨부").click()
    chooser.value.set_files([file("tool.exe", EXE, "application/x-msdownload")])
    expect(page.get_by_text("이런 종류의 파일은 받지 않습니다")).to_be_visible()


def test_what_looks_like_a_picture_and_is_a_page_is_never_shown(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    page.get_by_role("combobox", name="Reply to Mina Lee").fill("Is this you?")
    choose(page, file("photo.png", HTML))
    told = page.get_by_role("status").filter(has_text="photo.png was not uploaded")
    expect(told).to_contain_text("its content is text/html")
    choose(page, file("photo", HTML, "application/octet-stream"))
    arrived(page, "photo")
    page.get_by_role("combobox", name="Reply to Mina Lee").press("Control+Enter")

    files = conversation(page).get_by_role("list", name="Attachments")
    expect(files).to_contain_text("photo")
    expect(files.locator("img")).to_have_count(0)
    where = files.get_by_role("link", name="Download photo").get_attribute("href")
    # Also at its own address: it is saved, and no document of it appears.
    other = page.context.new_page()
    other.goto("/sign-in")
    with other.expect_download():
        other.evaluate("where => location.assign(where)", where)
    expect(other).to_have_url(f"{site.url}/sign-in")
