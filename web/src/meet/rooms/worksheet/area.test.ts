import { afterEach, beforeEach, expect, it } from "vitest";

import { tie } from "./area";
import type { Form } from "./document";
import { Session } from "./session";
import type { SheetTold } from "./wire";

const FORM: Form = {
  id: "one",
  by: "client",
  flow: null,
  language: "en",
  title: "Blank page",
  fields: [{ name: "page", title: "Our page", hint: "" }],
};

interface Side {
  session: Session;
  area: HTMLTextAreaElement;
  said: SheetTold[];
}

const sides: Side[] = [];

function begin(): Side {
  const said: SheetTold[] = [];
  const session = new Session((told) => said.push(told) > 0, () => undefined);
  const area = document.body.appendChild(document.createElement("textarea"));
  const side = { session, area, said };
  sides.push(side);
  return side;
}

function exchange(): void {
  const [here, there] = sides;
  if (here === undefined || there === undefined) throw new Error("two are needed");
  const under = [here.said.splice(0), there.said.splice(0)];
  for (const told of under[0] ?? []) there.session.heard(told);
  for (const told of under[1] ?? []) here.session.heard(told);
  if (here.said.length + there.said.length > 0) exchange();
}

/** As a browser has it: the letters stand in the area, the caret behind them, then the event comes. */
function type({ area }: Side, letters: string, at = area.selectionStart): void {
  area.focus();
  area.setRangeText(letters, at, at, "end");
  area.dispatchEvent(new InputEvent("input"));
}

const press = ({ area }: Side, key: string, shiftKey = false): boolean =>
  area.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: true, shiftKey, cancelable: true }));

let robin: Side;
let dana: Side;

beforeEach(() => {
  [robin, dana] = [begin(), begin()];
  robin.session.sheet.open(FORM);
  exchange();
  for (const { area, session } of sides) tie(area, "page", session);
});

afterEach(() => {
  for (const { session, area } of sides.splice(0)) {
    session.close();
    area.remove();
  }
});

it("shows at once what the other types, and leaves the caret at its letter", () => {
  type(robin, "I was on the bus.");
  exchange();
  robin.area.setSelectionRange(5, 5);
  type(dana, "Then ", 0);
  robin.area.focus();
  exchange();
  expect(robin.area.value).toBe("Then I was on the bus.");
  expect(robin.area.selectionStart).toBe(10);
});

it("loses no letter where both type in turn before either hears of it", () => {
  for (const letter of "abc") type(robin, letter);
  for (const letter of "xyz") type(dana, letter);
  exchange();
  expect(robin.area.value).toBe(dana.area.value);
  expect(["abcxyz", "xyzabc"]).toContain(robin.area.value);
});

it("takes back one's own letters only, by the keys that do so everywhere", () => {
  type(robin, "mine");
  exchange();
  type(dana, " theirs", 4);
  exchange();
  // Not the browser's own, which would put back a text without theirs.
  expect(press(robin, "z")).toBe(false);
  exchange();
  expect([robin.area.value, dana.area.value]).toEqual([" theirs", " theirs"]);
  press(robin, "z", true);
  exchange();
  expect(dana.area.value).toBe("mine theirs");
});

it("moves nothing below a hand that puts a word together", () => {
  robin.area.dispatchEvent(new CompositionEvent("compositionstart"));
  robin.area.value = "に";
  robin.area.dispatchEvent(new InputEvent("input"));
  type(dana, "there");
  exchange();
  expect(robin.area.value).toBe("に");
  robin.area.value = "日本";
  robin.area.setSelectionRange(2, 2);
  robin.area.dispatchEvent(new CompositionEvent("compositionend"));
  exchange();
  expect(robin.area.value).toBe(dana.area.value);
  expect(robin.area.value).toContain("日本");
  expect(robin.area.value).toContain("there");
});

it("lets nothing stand that does not fit", () => {
  type(robin, "x".repeat(4000));
  type(robin, "y");
  expect(robin.area.value).toBe("x".repeat(4000));
});
