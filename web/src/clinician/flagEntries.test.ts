// @vitest-environment node
import { describe, expect, it } from "vitest";

import { flagEntries } from "./flagEntries";
import type { FlagDelivery, FlagStepView } from "./types";

const step = (kind: string, at: string, to: string | null = null): FlagStepView => ({
  kind,
  at,
  to,
  by: null,
  detail: {},
});

const mail = (more: Partial<FlagDelivery>): FlagDelivery => ({
  notified_at: "2026-11-23T10:00:00Z",
  to: "Dana",
  channel: "email",
  outcome: "sent",
  reason: null,
  at: "2026-11-23T10:00:20Z",
  retry_at: null,
  ...more,
});

const names = (entries: ReturnType<typeof flagEntries>): string[] =>
  entries.map((each) => (each.kind === "step" ? each.step.kind : `mail ${each.delivery.outcome}`));

describe("flagEntries", () => {
  it("shows the attempts in place of the word that somebody was notified", () => {
    const steps = [
      step("raised", "2026-11-23T09:59:00Z"),
      step("notified", "2026-11-23T10:00:00Z", "Dana"),
      step("acknowledged", "2026-11-23T10:05:00Z"),
    ];
    expect(names(flagEntries(steps, [mail({})]))).toEqual(["acknowledged", "mail sent", "raised"]);
  });

  it("keeps the word for somebody of whom no attempt is left", () => {
    const steps = [
      step("notified", "2026-11-23T10:00:00Z", "Eli"),
      step("notified", "2026-11-23T10:00:00Z", "Dana"),
    ];
    expect(names(flagEntries(steps, [mail({})]))).toEqual(["mail sent", "notified"]);
  });

  it("places an attempt that still waits at the moment it was asked for", () => {
    const waiting = mail({ outcome: "waiting", at: null });
    const failed = mail({ outcome: "failed", retry_at: "2026-11-23T10:01:20Z" });
    expect(names(flagEntries([], [waiting, failed]))).toEqual(["mail failed", "mail waiting"]);
  });
});
