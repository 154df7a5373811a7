// @vitest-environment node
import { describe, expect, it } from "vitest";

import { excerptOf, passagesOf } from "./passages";

const TEXT = "I slept badly. Then I walked to the lake!\n\nIt helped. I told nobody.";

describe("an entry's passages", () => {
  it("are its sentences, and put together they are the entry", () => {
    const passages = passagesOf(TEXT, "en");
    expect(passages.map((each) => each.trim())).toEqual([
      "I slept badly.",
      "Then I walked to the lake!",
      "It helped.",
      "I told nobody.",
    ]);
    expect(passages.join("")).toBe(TEXT);
  });

  it("that are chosen stand in their order, and a gap between them shows", () => {
    const passages = passagesOf(TEXT, "en");
    expect(excerptOf(passages, new Set([2, 0]))).toBe("I slept badly. […] It helped.");
    expect(excerptOf(passages, new Set([0, 1]))).toBe("I slept badly. Then I walked to the lake!");
    expect(excerptOf(passages, new Set([1, 2]))).toBe("Then I walked to the lake!\n\nIt helped.");
    expect(excerptOf(passages, new Set())).toBe("");
  });

  it("never say anything that the entry does not", () => {
    const passages = passagesOf(TEXT, "en");
    for (let mask = 0; mask < 2 ** passages.length; mask += 1) {
      const chosen = new Set(passages.map((_, at) => at).filter((at) => (mask >> at) % 2 === 1));
      const said = excerptOf(passages, chosen).split("[…]").map((part) => part.trim());
      for (const part of said) expect(TEXT).toContain(part);
    }
  });
});
