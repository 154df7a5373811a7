// @vitest-environment node
import { describe, expect, it } from "vitest";

import { moveCursor } from "./cursor";

describe("moveCursor", () => {
  it("follows the drawing: later is right in English and left in Arabic", () => {
    expect(moveCursor("ArrowRight", 3, 10, "ltr")).toBe(4);
    expect(moveCursor("ArrowLeft", 3, 10, "ltr")).toBe(2);
    expect(moveCursor("ArrowLeft", 3, 10, "rtl")).toBe(4);
    expect(moveCursor("ArrowRight", 3, 10, "rtl")).toBe(2);
  });

  it("stops at both ends", () => {
    expect(moveCursor("ArrowLeft", 0, 10, "ltr")).toBe(0);
    expect(moveCursor("ArrowRight", 9, 10, "ltr")).toBe(9);
    expect(moveCursor("Home", 5, 10, "ltr")).toBe(0);
    expect(moveCursor("End", 5, 10, "rtl")).toBe(9);
  });

  it("reaches the other end of 1,476 answers in a dozen page steps", () => {
    let index = 0;
    for (let step = 0; step < 12; step += 1) index = moveCursor("PageUp", index, 1_476, "ltr")!;
    expect(index).toBe(1_475);
  });

  it("leaves every other key to the page", () => {
    for (const key of ["Tab", "Enter", "a", "j"]) expect(moveCursor(key, 3, 10, "ltr")).toBeNull();
  });

  it("has nowhere to go without answers", () => {
    expect(moveCursor("ArrowRight", 0, 0, "ltr")).toBeNull();
  });
});
