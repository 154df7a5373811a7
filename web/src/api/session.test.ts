// @vitest-environment node
import { describe, expect, it } from "vitest";

import { homeOf } from "./session";
import type { PracticeBrief, Role } from "./types";

const practice = (status: PracticeBrief["status"]): PracticeBrief => ({
  id: "p",
  name: "Practice",
  slug: "practice",
  kind: "live",
  status,
  time_zone: "Europe/Berlin",
  country: "DE",
});

const home = (roles: Role[], status: PracticeBrief["status"] = "live"): string =>
  homeOf({ roles: new Set(roles), practice: practice(status) });

describe("homeOf", () => {
  it("starts everybody at a screen that the one role they have may read", () => {
    expect(home(["client"])).toBe("/today");
    expect(home(["clinician"])).toBe("/caseload");
    expect(home(["prescriber"])).toBe("/caseload");
    expect(home(["supervisor"])).toBe("/caseload");
    expect(home(["administrator"])).toBe("/admin/go-live");
    expect(home(["researcher"])).toBe("/research");
  });

  it("never sends somebody without a caseload to one, whatever the practice's state", () => {
    expect(home(["researcher"], "preparing")).toBe("/research");
    expect(home(["researcher", "administrator"])).toBe("/admin/go-live");
    expect(home(["researcher", "clinician"])).toBe("/caseload");
  });

  it("sends an administrator to what is missing as long as the practice is being prepared", () => {
    expect(home(["clinician", "administrator"], "preparing")).toBe("/admin/go-live");
    expect(home(["clinician", "administrator"])).toBe("/caseload");
  });
});
