"""The web app in a real browser: first paint, opening, commands, scrolling, memory.

The production build, served by a server with many tickets and looked at by Chromium without a
screen. Some tickets are new and have a conversation: these are opened and changed.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Page

from bench.benchmarks.web_figures import Taken, figures
from bench.browser import browsing, first_paint, memory, scripts, signed_in
from bench.context import Bench
from bench.desk import AGENTS, REQUESTER, WORKSPACE, people, served, services, token
from bench.figure import Figure
from bench.tickets import filled
from domain.access import Role

_EMAIL, _PASSWORD = "kim@example.com", "not a secret at all"  # of a desk that is thrown away
_TOLD = 2_000
_QUEUE = "/tickets?sort=opened_at&direction=desc"
_SWITCHED = 20  # tickets between which is switched while the memory is looked at
_SCROLL = """async ({ scroller, rows }) => {
  const gaps = [];
  const at = scroller ?? document.scrollingElement;
  let last = await new Promise(requestAnimationFrame);
  for (let row = 0; row < rows; row += 3) {
    at.scrollTop += 120;
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - last);
    last = now;
  }
  return gaps;
}"""
_STILL = """() => new Promise((done) => {
  let [still, last] = [0, null];
  const look = () => {
    const top = document.querySelector("[role=row][data-index]")?.getBoundingClientRect().top;
    still = top !== undefined && top === last ? still + 1 : 0;
    last = top;
    if (still < 10) requestAnimationFrame(look);
    else done();
  };
  look();
})"""
_PLAIN = """(rows) => {
  const table = document.createElement("table");
  for (const row of rows) {
    const line = table.insertRow();
    line.style.height = "40px";
    for (const cell of [row.number, row.subject, row.status, row.priority, row.requester])
      line.insertCell().textContent = cell;
  }
  document.body.replaceChildren(table);
}"""


def measure(bench: Bench) -> Iterator[Figure]:
    scale = bench.scale
    url = filled(bench, scale.many_in_web, told=min(_TOLD, scale.told))
    with services(url) as opened:
        people(opened)
        opened.sessions.put_account(
            workspace=WORKSPACE,
            email=_EMAIL,
            person=AGENTS[0],
            role=Role.AGENT,
            name="Kim",
            password=_PASSWORD,
        )
        secret = token(opened, AGENTS[1])
    with (
        served(url) as server,
        closing(_Other(server.port, secret)) as desk,
        browsing() as browser,
    ):
        tickets = [desk.opens() for _ in range(max(_SWITCHED, 2 * scale.looks))]
        taken = Taken(tickets=scale.many_in_web)
        address = f"http://127.0.0.1:{server.port}"
        bench.say("web: first paint")
        for _ in range(scale.rounds + 1):
            _arrive(browser, address, taken)
        taken.forget_first()
        context = signed_in(browser, address, _EMAIL, _PASSWORD)
        page = context.new_page()
        page.goto(_QUEUE)
        page.evaluate("bench.interactive")
        bench.say("web: tickets are opened and taken, others are changed by somebody else")
        # The newest are on the screen without scrolling; the older ones are changed unseen.
        mine, unseen = tickets[-scale.looks :], tickets[: scale.looks]
        for ticket in mine:
            _open(page, ticket, taken)
            _take(page, taken)
            _go_back(page)
        for ticket in mine:
            _see(page, desk, ticket, taken)
        for ticket in unseen:
            taken.sent.append(desk.changes(ticket["id"]))
        bench.say("web: scrolling")
        _scroll(page, taken, scale.scrolled)
        context.close()
        bench.say("web: memory")
        context = signed_in(browser, address, _EMAIL, _PASSWORD)
        page = context.new_page()
        page.goto(_QUEUE)
        for _ in range(2):  # the first ones are for the browser, which compiles what is used often
            _switch(page, tickets[-_SWITCHED:], max(_SWITCHED, scale.switches))
            taken.memory.append(memory(page))
        context.close()
    yield from figures(taken)


class _Other:
    """Somebody else, who asks the API."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self._secret = secret

    def connect(self) -> None:
        """Anew: the server closes a connection that was idle for seconds."""
        self._connection.close()
        self._connection.connect()

    def close(self) -> None:
        self._connection.close()

    def opens(self) -> dict[str, Any]:
        """A ticket with a question, an answer and a note."""
        opening = {
            "requester": REQUESTER,
            "subject": "Printer is broken",
            "description": "It prints blank pages.",
        }
        ticket: dict[str, Any] = self._sends("/tickets", opening)["ticket"]
        self._sends(f"/tickets/{ticket['id']}/reply", {"body": "Which floor is it on?"})
        self._sends(f"/tickets/{ticket['id']}/add_note", {"body": "The third, I think."})
        return ticket

    def changes(self, ticket: str) -> float:
        """Takes it; the milliseconds until the answer."""
        self.connect()
        sent = time.perf_counter()
        self._sends(f"/tickets/{ticket}/assign", {"agent": AGENTS[1]})
        return (time.perf_counter() - sent) * 1_000

    def _sends(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        head = {
            "Authorization": f"Bearer {self._secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid4()),
            "If-Match": "*",
        }
        self._connection.request("POST", f"/api/v1{path}", json.dumps(body), head)
        answer = self._connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        if answer.status not in (200, 201):
            raise RuntimeError(f"Answered {answer.status} {told}")
        return told


def _arrive(browser: Browser, address: str, taken: Taken) -> None:
    """For the first time, with an empty cache; then to the same rows as bare JSON."""
    context = signed_in(browser, address, _EMAIL, _PASSWORD)
    page = context.new_page()
    with page.expect_request(lambda request: "/api/v1/tickets?" in request.url) as asked:
        page.goto(_QUEUE)
    taken.interactive.append(page.evaluate("bench.interactive"))
    taken.scripts.append(scripts(page))
    taken.first_paint.append(first_paint(page))
    taken.rows = asked.value.url
    bare = context.new_page()
    bare.goto(taken.rows)
    taken.bare_paint.append(first_paint(bare))
    context.close()


def _open(page: Page, ticket: dict[str, Any], taken: Taken) -> None:
    """From the queue, by a click."""
    row = page.get_by_role("row").filter(has_text=f"#{ticket['number']}")
    row.scroll_into_view_if_needed()
    page.evaluate(_STILL)
    page.evaluate(
        "() => { bench.shown = bench.painted(() => document.querySelector('[role=log]')); }"
    )
    row.click(position={"x": 200, "y": 20})
    taken.opened.append(page.evaluate("bench.shown.then((at) => at - bench.begun.click)"))
    both = [f"/api/v1/tickets/{ticket['number']}{part}" for part in ("", "/conversation")]
    taken.fetched.append(
        page.evaluate(
            "async (paths) => { const begun = performance.now();"
            " await Promise.all(paths.map(async (path) => (await fetch(path)).json()));"
            " return performance.now() - begun; }",
            both,
        )
    )


def _take(page: Page, taken: Taken) -> None:
    """The ticket that is looked at, by a key."""
    page.evaluate(
        "() => { const taken = (one) => /Assignee.*kim/i.test(one.ariaLabel ?? one.textContent);"
        " bench.shown = bench.painted("
        "() => [...document.querySelectorAll('main button')].some(taken)); }"
    )
    page.keyboard.press("Shift+A")
    taken.commanded.append(page.evaluate("bench.shown.then((at) => at - bench.begun.keydown)"))


def _see(page: Page, desk: _Other, ticket: dict[str, Any], taken: Taken) -> None:
    """A row of the queue that somebody else changes."""
    row = page.get_by_role("row").filter(has_text=f"#{ticket['number']}")
    row.wait_for()
    page.evaluate(
        "(number) => { const line = () => [...document.querySelectorAll('[role=row]')]"
        ".find((one) => one.textContent.includes(number))?.textContent;"
        " const before = line();"
        " bench.shown = bench.painted(() => line() !== before); }",
        f"#{ticket['number']}",
    )
    sent = time.time() * 1_000
    taken.answered.append(desk.changes(ticket["id"]))
    taken.seen.append(page.evaluate("bench.shown.then((at) => performance.timeOrigin + at)") - sent)


def _scroll(page: Page, taken: Taken, rows: int) -> None:
    """Three rows a frame; then a bare table of the same length."""
    grid = page.evaluate_handle("document.querySelector('[role=grid]').parentElement")
    taken.gaps = page.evaluate(_SCROLL, {"scroller": grid, "rows": rows})
    taken.scrolled = int(page.evaluate("(one) => one.scrollTop / 40", grid))
    plain = page.context.new_page()
    answer = page.context.request.get(taken.rows, max_retries=3)
    page.close()
    plain.goto("/api/v1/health")
    items: Sequence[Any] = answer.json()["items"]
    plain.evaluate(_PLAIN, [items[n % len(items)] for n in range(rows + 30)])
    taken.plain_gaps = plain.evaluate(_SCROLL, {"scroller": None, "rows": rows})


def _switch(page: Page, tickets: Sequence[dict[str, Any]], times: int) -> None:
    """To a ticket and back to the queue, so many times."""
    for n in range(times):
        row = page.get_by_role("row").filter(has_text=f"#{tickets[n % len(tickets)]['number']}")
        row.click(position={"x": 200, "y": 20})
        page.get_by_role("log").wait_for()
        _go_back(page)


def _go_back(page: Page) -> None:
    """To the queue, which goes to where it was left: a click before that may miss its row."""
    page.go_back()
    page.evaluate(_STILL)
