import { expect, test } from "vitest";

import { minorUnits, noWishes } from "./codes";

test.each([
  ["80", 2, 8000],
  ["80.5", 2, 8050],
  ["80,50", 2, 8050],
  [" 7 ", 2, 700],
  ["80.505", 2, null],
  ["500", 0, 500],
  ["500.0", 0, null],
  ["-5", 2, null],
  ["eighty", 2, null],
  ["", 2, null],
  ["9999999", 2, null],
])("an amount of %j with %i digits is %s", (text, digits, minor) => {
  expect(minorUnits(text, digits)).toBe(minor);
});

test("without a word said, only language and place are known", () => {
  const wishes = noWishes("ar", "DE");
  expect([wishes.languages, wishes.jurisdiction]).toEqual([["ar"], "DE"]);
  expect(wishes.gender_must || wishes.parts_must).toBe(false);
});
