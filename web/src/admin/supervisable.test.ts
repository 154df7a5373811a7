// @vitest-environment node
import { describe, expect, it } from "vitest";

import { supervisable, supervisors } from "./supervisable";
import type { PersonRow } from "./types";

const person = (id: string, role: PersonRow["role"], active = true): PersonRow => ({
  id,
  role,
  active,
  display_name: id,
  second_factor: true,
  joined_at: "2026-11-01T09:00:00Z",
});

const PEOPLE = [
  person("sam", "supervisor"),
  person("dana", "clinician"),
  person("eli", "prescriber"),
  person("gone", "clinician", false),
  person("past", "supervisor", false),
  person("ada", "administrator"),
  person("rae", "researcher"),
];

const ids = (people: readonly PersonRow[]): string[] => people.map((each) => each.id);

describe("who supervises whom", () => {
  it("offers active supervisors only", () => {
    expect(ids(supervisors(PEOPLE))).toEqual(["sam"]);
  });

  it("offers treating colleagues, never the supervisor themself or somebody switched off", () => {
    expect(ids(supervisable(PEOPLE, [], "sam"))).toEqual(["dana", "eli"]);
  });

  it("offers nobody twice to one supervisor, but to another", () => {
    const standing = [{ id: "1", supervisor_id: "sam", supervisee_id: "dana", cosigns: false }];
    expect(ids(supervisable(PEOPLE, standing, "sam"))).toEqual(["eli"]);
    expect(ids(supervisable([...PEOPLE, person("kim", "supervisor")], standing, "kim"))).toEqual([
      "sam",
      "dana",
      "eli",
    ]);
  });
});
