"""A real browser that looks at a served desk, and what its pages tell about themselves."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WATCH = """
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(null);
  }));
  window.bench = {
    begun: {},
    painted: (holds) => new Promise((done, failed) => {
      setTimeout(() => failed(new Error(`This did not come: ${holds}`)), 30_000);
      const look = () => {
        if (!holds()) return false;
        watching.disconnect();
        frame().then(done);
        return true;
      };
      const watching = new MutationObserver(look);
      if (!look()) watching.observe(document, {
        subtree: true, childList: true, characterData: true, attributes: true,
      });
    }),
  };
  for (const kind of ["click", "keydown"])
    addEventListener(kind, (event) => { window.bench.begun[kind] = event.timeStamp; }, true);
  const reachable = () => {
    const row = document.querySelector("[role=row][data-index='0']");
    const place = row?.getBoundingClientRect();
    return place && row.contains(document.elementFromPoint(place.x + 200, place.y + 20));
  };
  window.bench.interactive = window.bench.painted(reachable);
"""
"""`painted` gives the time after the first frame in which something holds; `begun` the instants of
the last click and key, as the browser had them from the system."""


def chromium() -> str | None:
    """Where the browser is, if there is one."""
    return (
        os.environ.get("CHRONODESK_TEST_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("google-chrome")
    )


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without a screen. Raises RuntimeError where none is installed."""
    path = chromium()
    if path is None:
        raise RuntimeError("There is no Chromium here: install one (Debian: chromium).")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_OPTIONS)
        try:
            yield started
        finally:
            started.close()


def signed_in(browser: Browser, address: str, email: str, password: str) -> BrowserContext:
    """A visitor of its own, with an empty cache and a session."""
    context = browser.new_context(
        base_url=address, locale="en-GB", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(60_000)
    context.add_init_script(_WATCH)
    answer = context.request.post(
        "/api/v1/session", data={"email": email, "password": password, "cookie": True}
    )
    if not answer.ok:
        raise RuntimeError(f"Answered {answer.text()}")
    return context


def first_paint(page: Page) -> float:
    """Milliseconds from the navigation to the first content on the screen."""
    told: float = page.evaluate(
        "new Promise((done) => new PerformanceObserver((list) => {"
        " for (const one of list.getEntries())"
        " if (one.name === 'first-contentful-paint') done(one.startTime); })"
        ".observe({ type: 'paint', buffered: true }))"
    )
    return told


def scripts(page: Page) -> tuple[int, int]:
    """Bytes of the scripts that were loaded so far: as they were sent, and unpacked."""
    sent, unpacked = page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter((one) => new URL(one.name).pathname.endsWith('.js'))"
        ".reduce(([sent, all], one) => [sent + one.encodedBodySize, all + one.decodedBodySize],"
        " [0, 0])"
    )
    return sent, unpacked


def memory(page: Page) -> tuple[float, float]:
    """MiB of the page's JavaScript heap and its DOM nodes, when all garbage is gone."""
    session = page.context.new_cdp_session(page)
    try:
        session.send("Performance.enable")
        for _ in range(3):  # what a finalizer lets go is garbage of the next round
            session.send("HeapProfiler.collectGarbage")
        told: dict[str, Any] = session.send("Performance.getMetrics")
    finally:
        session.detach()
    metrics = {one["name"]: one["value"] for one in told["metrics"]}
    return metrics["JSHeapUsedSize"] / 2**20, metrics["Nodes"]
