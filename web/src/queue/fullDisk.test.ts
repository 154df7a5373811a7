import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { db } from "./db";
import { enqueue, entryOf, flush } from "./outbox";
import { body } from "./testing";

const OWNER = "owner-1";

/** What the server answers, one after the other; the last for ever. */
function answers(...given: [number, unknown][]): string[] {
  const bodies: string[] = [];
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    bodies.push(String(init.body));
    const [status, body] = given[Math.min(bodies.length, given.length) - 1]!;
    return new Response(JSON.stringify(body), {
      status,
      headers: { "Content-Type": "application/problem+json" },
    });
  });
  return bodies;
}

const problem = (status: number, code: string): [number, unknown] => [
  status,
  { type: `about:blank#${code}`, title: "", status, code, detail: "" },
];

const receipt: [number, unknown] = [
  201,
  {
    id: "a",
    scores: {},
    band: null,
    missing: [],
    alerts: [],
    answered_at: "2026-11-23T10:00:00Z",
    received_at: "2026-11-23T10:00:05Z",
    flag: null,
  },
];

beforeEach(async () => {
  await (await db()).clear("outbox");
  await enqueue({
    ownerId: OWNER,
    practiceId: "p",
    clientId: "c",
    body: body("a"),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("an answer that the server has no room for", () => {
  it.each([
    ["a full disk", problem(507, "storage-full")],
    ["a database that is away", problem(503, "database-unavailable")],
  ])("waits on the device and goes out by itself: %s", async (_name, refusal) => {
    const bodies = answers(refusal, refusal, receipt);
    expect(await flush({ ownerId: OWNER })).toBe(0);
    const kept = await entryOf("a");
    expect(kept).toMatchObject({ state: "waiting", refusal: null });
    expect(kept?.nextAttemptAt).toBeGreaterThan(Date.now());
    expect(await flush({ ownerId: OWNER, now: Date.now() + 10 * 60_000 })).toBe(0);
    expect((await entryOf("a"))?.state).toBe("waiting");
    expect(await flush({ ownerId: OWNER, now: Date.now() + 30 * 60_000 })).toBe(1);
    expect((await entryOf("a"))?.state).toBe("delivered");
    expect(new Set(bodies).size).toBe(1);
  });
});
