"""Two ways to work the same screens: with a pointer, and with nothing but a keyboard."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from playwright.sync_api import Locator, Page, expect

from tests.e2e.accessibility import STILL, assert_accessible, assert_fits

Role = Literal["button", "link", "checkbox", "radio", "switch"]

MOST_TABS = 220
#: At a control that has just got the focus, until it shows that.
MOST_LOOKS = 20

LOOK = """(e) => {
  const of = (x) => {
    if (!x) return "";
    const s = getComputedStyle(x);
    return [
      s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor
    ].join();
  };
  // A control may be drawn by a neighbour (the box beside a hidden input) or by its frame.
  return [of(e), of(e.nextElementSibling), of(e.parentElement), of(e.closest("label"))].join("/");
}"""

#: Whether any of five points of the focused control is on top (WCAG 2.2, 2.4.11), at once or after
#: the few frames that scrolling to it takes.
IN_SIGHT = """async (e) => {
  const points = [[.5,.5],[.1,.5],[.9,.5],[.5,.15],[.5,.85]];
  const shown = () => {
    const own = e.getBoundingClientRect();
    const drawn = own.width > 2 && own.height > 2 ? e : (e.closest("label") ?? e.parentElement);
    const r = drawn.getBoundingClientRect();
    return points.some(([x, y]) => {
      const hit = document.elementFromPoint(r.left + r.width * x, r.top + r.height * y);
      if (hit === null) return false;
      const label = e.id === "" ? null : hit.closest(`label[for="${e.id}"]`);
      return drawn.contains(hit) || label !== null;
    });
  };
  for (let frame = 0; frame < 90; frame += 1) {
    if (shown()) return true;
    await new Promise((drawn) => requestAnimationFrame(drawn));
  }
  return false;
}"""


class Operator(Protocol):
    """What a person does on a screen."""

    page: Page

    def press(self, name: str, role: Role = "button", within: Locator | None = None) -> None: ...
    def fill(self, label: str, text: str) -> None: ...
    def choose(self, label: str, option: str) -> None: ...
    def tick(self, label: str, role: Role = "checkbox") -> None: ...
    def open_details(self, summary: str) -> None: ...
    def answer(self, code: int) -> None: ...
    def key(self, key: str, button: str) -> None: ...
    def screen(self, name: str) -> None: ...


def find(page: Page, role: Role, name: str, within: Locator | None = None) -> Locator:
    where = within if within is not None else page
    # A description may follow a tick box's label in its name.
    end = "" if role in {"checkbox", "switch"} else r"( \*)?$"
    return where.get_by_role(role, name=re.compile(rf"^{re.escape(name)}{end}")).first


def field_of(page: Page, label: str) -> Locator:
    # A required field's label ends in a star that is part of its text, not of its name.
    return page.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$")).first


@dataclass
class Mouse:
    """Clicks and types. Screens are looked at by the other operator."""

    page: Page

    def press(self, name: str, role: Role = "button", within: Locator | None = None) -> None:
        find(self.page, role, name, within).click()

    def fill(self, label: str, text: str) -> None:
        field_of(self.page, label).fill(text)

    def choose(self, label: str, option: str) -> None:
        field_of(self.page, label).select_option(label=option)

    def tick(self, label: str, role: Role = "checkbox") -> None:
        find(self.page, role, label).check()

    def open_details(self, summary: str) -> None:
        self.page.locator("summary", has_text=summary).first.click()

    def answer(self, code: int) -> None:
        """Chooses an answer of the question on screen, by the code it stands for."""
        self.page.locator(f"[data-code='{code}']").click()

    def key(self, key: str, button: str) -> None:
        self.press(button)

    def screen(self, name: str) -> None:
        """Nothing to look at here: names the place in the flow."""


@dataclass
class Keyboard:
    """Tab, arrows, Enter, Space, digits and letters; and looks closely at every screen."""

    page: Page
    seen: list[str] = field(default_factory=list)

    def press(self, name: str, role: Role = "button", within: Locator | None = None) -> None:
        self.reach(find(self.page, role, name, within))
        self.page.keyboard.press("Enter")

    def fill(self, label: str, text: str) -> None:
        self.reach(field_of(self.page, label))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        expect(field_of(self.page, label)).to_have_value(text)

    def choose(self, label: str, option: str) -> None:
        control = field_of(self.page, label)
        self.reach(control)
        chosen = "e => e.options[e.selectedIndex].label"
        steps = control.evaluate(
            "(e, wanted) => [...e.options].findIndex((o) => o.label === wanted) - e.selectedIndex",
            option,
        )
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        assert control.evaluate(chosen) == option

    def tick(self, label: str, role: Role = "checkbox") -> None:
        control = find(self.page, role, label)
        expect(control).to_be_attached()
        if role == "radio":
            self._arrow_to(control)
        else:
            self.reach(control)
            if not control.is_checked():
                self.page.keyboard.press("Space")
        expect(control).to_be_checked()

    def _arrow_to(self, control: Locator) -> None:
        """A group of radio buttons is one stop for Tab; arrows choose within it."""
        name = control.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name='{name}']")
        ticked = group.and_(self.page.locator(":checked"))
        self.reach(ticked if ticked.count() else group.first, any_of=group)
        for _ in range(group.count()):
            if control.evaluate("e => e === document.activeElement"):
                break
            self.page.keyboard.press("ArrowDown")
        if not control.is_checked():
            self.page.keyboard.press("Space")

    def open_details(self, summary: str) -> None:
        self.reach(self.page.locator("summary", has_text=summary).first)
        self.page.keyboard.press("Enter")

    def answer(self, code: int) -> None:
        option = self.page.locator(f"[data-code='{code}']")
        if self.page.evaluate("document.activeElement.matches('input, select, textarea')"):
            # A digit belongs to the field that has the focus.
            self.reach(option)
            self.page.keyboard.press("Enter")
            return
        digit = option.locator("kbd").text_content()
        assert digit is not None
        self.page.keyboard.press(digit.strip())

    def key(self, key: str, button: str) -> None:
        """The shortcut of a button that is on the screen."""
        expect(find(self.page, "button", button)).to_be_visible()
        self.page.keyboard.press(key)

    def reach(self, control: Locator, any_of: Locator | None = None) -> None:
        """Press Tab until the control has the focus; it must then show that, and be in sight."""
        expect(control).to_be_visible()
        stops = any_of if any_of is not None else control
        before: Any = control.evaluate(LOOK)
        started_there = self._focused(stops)
        for _ in range(MOST_TABS):
            if self._focused(stops):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"Tab does not lead to {control} on {self.page.url}")
        if started_there or any_of is not None:
            return
        expect(control).to_be_focused()
        for _ in range(MOST_LOOKS):
            if control.evaluate(LOOK) != before:
                break
            self.page.evaluate(STILL)
        else:
            raise AssertionError(f"the focus does not show on {control}")
        assert control.evaluate(IN_SIGHT), f"the focused control is hidden: {control}"

    def _focused(self, stops: Locator) -> bool:
        found: bool = stops.evaluate_all("all => all.includes(document.activeElement)")
        return found

    def screen(self, name: str) -> None:
        """A screen of the flow: axe finds nothing on it, and all of it can be read."""
        if name in self.seen:
            return
        self.seen.append(name)
        assert_fits(self.page, name)
        assert_accessible(self.page, name)
