// @vitest-environment node
import { describe, expect, it } from "vitest";

import type { FlagStatus } from "@/api/types";

import { addedSinceSeen } from "./FlagStatusCard";

const SEEN = "2026-11-23T14:05:00Z";

function flag(steps: [string, string][], more: Partial<FlagStatus> = {}): FlagStatus {
  const history = steps.map(([kind, at]) => ({ kind, at, by: null }));
  return { state: "acknowledged", seen_at: SEEN, history, ...more } as FlagStatus;
}

describe("an answer that joined a flag", () => {
  it("after somebody had looked is not called seen", () => {
    const steps: [string, string][] = [
      ["repeated", "2026-11-23T14:00:00Z"],
      ["acknowledged", SEEN],
      ["repeated", "2026-11-23T15:00:00Z"],
    ];
    expect(addedSinceSeen(flag(steps))).toBe("2026-11-23T15:00:00Z");
  });

  it("before somebody looked was seen with it", () => {
    expect(addedSinceSeen(flag([["repeated", "2026-11-23T14:00:00Z"]]))).toBeNull();
  });

  it("is not spoken of while nobody has looked, nor once the flag is closed", () => {
    const steps: [string, string][] = [["repeated", "2026-11-23T15:00:00Z"]];
    expect(addedSinceSeen(flag(steps, { seen_at: null }))).toBeNull();
    expect(addedSinceSeen(flag(steps, { state: "closed" }))).toBeNull();
  });
});
