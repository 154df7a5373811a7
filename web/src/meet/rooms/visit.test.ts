import { describe, expect, it } from "vitest";

import { newest, type Visit } from "./api";
import { joinable } from "./joinable";
import { clockWords } from "./Timer";

const STARTS = "2026-11-23T12:00:00Z";
const at = (time: string): number => Date.parse(`2026-11-23T${time}:00Z`);
const visit = { startsAt: STARTS, medium: "video", status: "planned" };

describe("the way into a visit", () => {
  it("opens an hour before and stays open for who is late", () => {
    expect(joinable(visit, at("10:59"))).toBe(false);
    expect(joinable(visit, at("11:00"))).toBe(true);
    expect(joinable(visit, at("14:59"))).toBe(true);
    expect(joinable(visit, at("15:01"))).toBe(false);
  });

  it("stays for as long as the visit goes on, whatever the time", () => {
    expect(joinable({ ...visit, status: "in_session" }, at("20:00"))).toBe(true);
  });

  it.each(["finished", "no_show", "cancelled"])("is gone once it is %s", (status) => {
    expect(joinable({ ...visit, status }, at("12:00"))).toBe(false);
  });

  it("is not there for a meeting in person", () => {
    expect(joinable({ ...visit, medium: "in_person" }, at("12:00"))).toBe(false);
  });
});

describe("where a visit is", () => {
  const visitAt = (moves: number): Visit => ({ id: "v", moves }) as Visit;

  it("is the newest word, in whatever order words arrive", () => {
    expect(newest(visitAt(3), visitAt(4)).moves).toBe(4);
    expect(newest(visitAt(4), visitAt(3)).moves).toBe(4);
    expect(newest(visitAt(1), undefined).moves).toBe(1);
  });
});

describe("the session's clock", () => {
  it.each([
    [-5, "00:00"],
    [65_000, "01:05"],
    [3_725_000, "1:02:05"],
  ])("shows %d ms as %s", (milliseconds, shown) => {
    expect(clockWords(milliseconds)).toBe(shown);
  });
});
