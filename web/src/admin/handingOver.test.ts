// @vitest-environment node
import { describe, expect, it } from "vitest";

import { peopleOf, sharesOf } from "./handingOver";

const place = (client_id: string, purpose: "treatment" | "prescribing" = "treatment") => ({
  client_id,
  display_name: client_id.toUpperCase(),
  purpose,
  primary: false,
  starts_on: "2026-11-01",
  ends_on: null,
});

describe("a caseload that is handed over", () => {
  it("names each person once", () => {
    expect(peopleOf([place("a"), place("b"), place("a", "prescribing")])).toEqual([
      { id: "a", name: "A" },
      { id: "b", name: "B" },
    ]);
  });

  it("tells how many go to whom", () => {
    const people = [{ id: "a" }, { id: "b" }, { id: "c" }];
    expect(sharesOf(people, { to: "amir", elsewhere: { b: "eli" } })).toEqual([
      { to: "amir", count: 2 },
      { to: "eli", count: 1 },
    ]);
  });

  it("names who takes the flags and the turn, also where every person goes to somebody else", () => {
    expect(sharesOf([{ id: "a" }], { to: "amir", elsewhere: { a: "eli" } })).toEqual([
      { to: "amir", count: 0 },
      { to: "eli", count: 1 },
    ]);
  });
});
