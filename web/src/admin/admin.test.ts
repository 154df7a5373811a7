// @vitest-environment node
import { describe, expect, it } from "vitest";

import { copyDay, hourFaults, hoursOf, nextInterval } from "./hoursModel";
import { moved } from "./reorder";
import type { OpeningHours } from "./types";

const hours = (weekday: number, opens: string, closes: string): OpeningHours => ({ weekday, opens, closes });

describe("hourFaults", () => {
  it("finds nothing wrong with two stretches that touch", () => {
    expect(hourFaults([hours(1, "09:00", "12:00"), hours(1, "12:00", "17:00")])).toEqual([]);
  });

  it("finds overlap, an end before the beginning and a missing time, on the right day", () => {
    expect(
      hourFaults([
        hours(1, "09:00", "13:00"),
        hours(1, "12:00", "17:00"),
        hours(2, "17:00", "09:00"),
        hours(3, "", "09:00"),
      ]),
    ).toEqual([
      { weekday: 1, code: "overlap" },
      { weekday: 2, code: "ends-before-start" },
      { weekday: 3, code: "missing" },
    ]);
  });

  it("reads the server's seconds as the same time", () => {
    expect(hoursOf([hours(1, "09:00:00", "17:00:00")], 1)).toEqual([hours(1, "09:00", "17:00")]);
  });
});

describe("nextInterval", () => {
  it("starts an empty day with the usual hours and a full one after its last", () => {
    expect(nextInterval([], 3)).toEqual(hours(3, "09:00", "17:00"));
    expect(nextInterval([hours(3, "09:00:00", "12:30:00")], 3)).toEqual(hours(3, "12:30", "14:30"));
  });

  it("never adds a fault to a day that ends before midnight", () => {
    for (const closes of ["10:00", "17:00", "21:45", "23:30"]) {
      const day = [hours(1, "09:00", closes)];
      expect(hourFaults([...day, nextInterval(day, 1)])).toEqual([]);
    }
  });
});

describe("copyDay", () => {
  it("replaces the hours of the other days and leaves the rest of the week alone", () => {
    const week = copyDay(
      [hours(1, "08:00", "12:00"), hours(2, "10:00", "11:00"), hours(6, "10:00", "11:00")],
      1,
      [1, 2, 3],
    );
    expect(hoursOf(week, 1)).toEqual([hours(1, "08:00", "12:00")]);
    expect(hoursOf(week, 2)).toEqual([hours(2, "08:00", "12:00")]);
    expect(hoursOf(week, 3)).toEqual([hours(3, "08:00", "12:00")]);
    expect(hoursOf(week, 6)).toEqual([hours(6, "10:00", "11:00")]);
  });
});

describe("moved", () => {
  const list = ["a", "b", "c"];

  it("moves one entry and keeps the order of the others", () => {
    expect(moved(list, 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(list, 2, 0)).toEqual(["c", "a", "b"]);
  });

  it("loses nobody, wherever an entry is moved", () => {
    for (let from = 0; from < 3; from += 1) {
      for (let to = -2; to < 6; to += 1) expect(moved(list, from, to).toSorted()).toEqual(list);
    }
    expect(moved(list, 9, 0)).toEqual(list);
  });
});
