"""What a page holds is told apart from what the browser compiles for it."""

import pytest

from bench.browser import browsing, chromium, memory

_HOLD = "() => { window.kept = Array.from({ length: 50_000 }, (_, n) => ({ n, half: n / 2 })); }"
_CALL = """() => {
  for (let n = 0; n < 200; n++) {
    const made = new Function("a", `let sum = ${n}; for (let i = 0; i < a; i++) sum += i % 7;
      return sum;`);
    for (let round = 0; round < 200; round++) made(2_000);
    (window.calls ??= []).push(made);
  }
}"""


@pytest.mark.slow
def test_a_leak_shows_as_held_and_compiled_code_does_not() -> None:
    if chromium() is None:
        pytest.skip("There is no Chromium here.")
    with browsing() as browser:
        page = browser.new_page()
        before = memory(page)
        page.evaluate(_CALL)
        called = memory(page)
        page.evaluate(_HOLD)
        held = memory(page)
        page.evaluate("() => { window.kept = null; }")
        gone = memory(page)
    assert called.code - before.code > 0.01  # usually 0.5, but compiled code is thrown away, too
    assert called.held - before.held < 0.3  # usually 0.07
    assert held.held - called.held > 1
    assert held.heap - called.heap > 1
    assert gone.held - called.held < 0.3
    assert before.nodes > 0
