"""A real browser that looks at a served desk, and what its pages tell about themselves."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
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

_BROWSERS = ("chromium", "google-chrome", "chromium-headless-shell")
"""What people have comes first: the last one does less."""


def chromium() -> str | None:
    """Where the browser is, if there is one."""
    named = os.environ.get("CHRONODESK_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, _BROWSERS)), None)


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
        "/api/v1/session",
        data={"email": email, "password": password, "cookie": True},
        max_retries=3,  # a connection that was closed just then
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


@dataclass(frozen=True)
class Memory:
    """A page's memory when all garbage is gone, in MiB, and its DOM nodes.

    `held`: objects, arrays, strings and functions, which is what the page keeps. `code`: what the
    browser made of its scripts to run them faster; it grows with what is used often, and is dropped
    by the browser as it likes.
    """

    heap: float
    held: float
    code: float
    nodes: float


def memory(page: Page) -> Memory:
    """By a snapshot of the page's heap."""
    session = page.context.new_cdp_session(page)
    pieces: list[str] = []
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda piece: pieces.append(piece["chunk"]))
    try:
        session.send("Performance.enable")
        for _ in range(3):  # what a finalizer lets go is garbage of the next round
            session.send("HeapProfiler.collectGarbage")
        told: dict[str, Any] = session.send("Performance.getMetrics")
        session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    finally:
        session.detach()
    metrics = {one["name"]: one["value"] for one in told["metrics"]}
    sizes = _sizes(orjson.loads("".join(pieces)))
    return Memory(
        heap=metrics["JSHeapUsedSize"] / 2**20,
        held=sum(sizes[kind] for kind in sizes.keys() - _NOT_HELD) / 2**20,
        code=sizes["code"] / 2**20,
        nodes=metrics["Nodes"],
    )


_NOT_HELD = {"code", "hidden", "native", "synthetic"}
"""Kinds of entries that are the browser's own, among them what it keeps for whoever watches it."""


def _sizes(snapshot: dict[str, Any]) -> Counter[str]:
    """Bytes of each kind of entry. The format is V8's, which describes itself in `meta`."""
    meta = snapshot["snapshot"]["meta"]
    fields, kinds = meta["node_fields"], meta["node_types"][0]
    nodes, width = snapshot["nodes"], len(fields)
    sizes: Counter[str] = Counter()
    for kind, size in zip(
        nodes[fields.index("type") :: width],
        nodes[fields.index("self_size") :: width],
        strict=True,
    ):
        sizes[kinds[kind]] += size
    return sizes
