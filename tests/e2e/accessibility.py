"""What is asked of every screen: WCAG 2.2 AA by axe, nothing cut off, no sideways scrolling."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.e2e.server import ROOT

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

RUN_AXE = """async ([tags, part]) => {
  const found = await axe.run(part || document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
  });
  return found.violations.map((each) => ({
    rule: each.id,
    help: each.help,
    where: each.nodes
      .slice(0, 4)
      .map((node) => `${node.target.join(" ")} :: ${node.failureSummary}`),
  }));
}"""

#: Two frames on, when what a change sets in motion has begun to move; then until that has ended.
STILL = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const ending = document
    .getAnimations()
    .filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime ?? Infinity));
  const ended = Promise.allSettled(ending.map((each) => each.finished));
  await Promise.race([ended, new Promise((late) => setTimeout(late, 2000))]);
}"""

#: Text that does not fit in its box and cannot be scrolled to, and the page's own overflow.
MEASURE = """() => {
  const root = document.documentElement;
  const width = root.clientWidth;
  const said = [];
  const named = (e) =>
    `${e.tagName.toLowerCase()}.${e.className}: ${e.textContent.trim().slice(0, 60)}`;
  if (root.scrollWidth > width + 1) {
    const wide = [...document.querySelectorAll("body *")]
      .filter((e) => {
        const box = e.getBoundingClientRect();
        if (box.width === 0 || (box.right <= width + 1 && box.left >= -1)) return false;
        for (let up = e.parentElement; up; up = up.parentElement) {
          const flow = getComputedStyle(up).overflowX;
          if (["auto", "scroll", "hidden", "clip"].includes(flow)) return false;
        }
        return true;
      })
      .map(named);
    said.push(`the page is ${root.scrollWidth} wide on ${width}: ${wide.slice(0, 4).join(" | ")}`);
  }
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== "");
    if (!own || e.closest("[aria-hidden=true], .hf-visually-hidden, svg, option")) continue;
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || style.visibility === "hidden") continue;
    const cuts = (flow) => ["hidden", "clip"].includes(flow);
    const cutX = cuts(style.overflowX) && e.scrollWidth > e.clientWidth + 2;
    const cutY = cuts(style.overflowY) && e.scrollHeight > e.clientHeight + 4;
    if (cutX || cutY) said.push(`cut: ${named(e)}`);
  }
  return said;
}"""


@cache
def _axe() -> str:
    path = ROOT / "web/node_modules/axe-core/axe.min.js"
    return path.read_text(encoding="utf-8")


def violations(page: Page, part: str = "") -> list[dict[str, Any]]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, or in a part of it."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())
    # Of a dialog that fades away the colours are nobody's.
    page.evaluate(STILL)
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, [TAGS, part])
    return found


def assert_accessible(page: Page, screen: str, part: str = "") -> None:
    found = violations(page, part)
    lines = [
        f"{each['rule']}: {each['help']}\n    " + "\n    ".join(each["where"]) for each in found
    ]
    assert not found, f"axe on {screen} ({page.url}):\n" + "\n".join(lines)


def assert_fits(page: Page, screen: str) -> None:
    """Nothing is cut off, and nobody has to scroll sideways to read."""
    said: list[str] = page.evaluate(MEASURE)
    assert not said, f"{screen} ({page.url}) does not fit:\n" + "\n".join(said)
