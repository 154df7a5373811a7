// @vitest-environment node
import { describe, expect, it } from "vitest";

import { tidy } from "@/person/plan/content";

import { readable, type Reader } from "./readable";
import { carePlan } from "./takeAlong";

const reader: Reader = {
  t: (key) => key,
  format: { dateTime: (at) => String(at), day: (at) => String(at), number: (value) => String(value) },
  language: "en",
  direction: "ltr",
};

describe("the safety plan in the copy to take along", () => {
  const content = {
    steps: tidy({ coping: ["Walk <far>"], people: ["Kim"] }),
    shared: true,
    written_at: "2026-11-23T10:00:00Z",
    reviews: [],
  };

  it("has an activity for each line, under its step", () => {
    const made = carePlan("1", "2", content);
    expect(made.activity?.map(({ detail }) => [detail.code?.coding?.[0]?.code, detail.description])).toEqual([
      ["coping", "Walk <far>"],
      ["people", "Kim"],
    ]);
    expect(made.subject?.reference).toContain("2");
  });

  it("stands on the page to read", () => {
    const page = readable(
      { resourceType: "Bundle", entry: [{ resource: carePlan("1", "2", content) }] },
      "2026-11-23T10:00:00Z",
      reader,
    );
    expect(page).toContain("Walk &lt;far&gt;");
  });
});
