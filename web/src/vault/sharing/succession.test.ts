// @vitest-environment node
import { describe, expect, it } from "vitest";

import { successions } from "./succession";
import type { Person } from "./types";

const person = (id: string, changes: Partial<Person> = {}): Person => ({
  id,
  name: id,
  role: "clinician",
  purpose: "treatment",
  may_read: true,
  starts_on: null,
  ends_on: null,
  keys: [],
  items: 0,
  ...changes,
});

describe("what the person is asked when their care changes", () => {
  it("is nothing while everybody who reads is there", () => {
    expect(successions([person("dana", { items: 3 }), person("sam")], [])).toEqual([]);
  });

  it("is who reads instead of somebody who left", () => {
    const dana = person("dana", { items: 3, may_read: false });
    const sam = person("sam");
    expect(successions([dana, sam], [])).toEqual([{ from: dana, to: [sam], why: "left" }]);
    expect(successions([person("dana", { may_read: false }), sam], [])).toEqual([]);
  });

  it("is whether a colleague who covers reads what the covered one reads", () => {
    const dana = person("dana", { items: 3 });
    const sam = person("sam", { purpose: "cover" });
    expect(successions([dana, sam], [])).toEqual([{ from: dana, to: [sam], why: "cover" }]);
    expect(successions([dana, { ...sam, items: 3 }], [])).toEqual([]);
  });

  it("is about a standing share, too, of which nothing was written yet", () => {
    const dana = person("dana", { may_read: false });
    const folder = {
      id: "f",
      kind: "journal",
      epoch: 1,
      renew: false,
      begun_at: "",
      stopped_at: null,
      items: 0,
      readers: [{ reader: "dana", since: "" }],
      keys: [],
    };
    expect(successions([dana], [folder])).toEqual([{ from: dana, to: [], why: "left" }]);
    expect(successions([dana], [{ ...folder, stopped_at: "2026-11-23T08:00:00Z" }])).toEqual([]);
  });
});
