// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, OfflineError } from "@/api/problems";
import type { ResponseReceipt } from "@/api/types";

import { closeDb, db, ENTRY_SCHEMA, type OutboxEntry } from "./db";
import { backOff, dismiss, enqueue, entryOf, flush, undelivered } from "./outbox";
import { body } from "./testing";

type Send = (entry: OutboxEntry) => Promise<ResponseReceipt>;

const OWNER = "owner-1";

const receipt = (entry: OutboxEntry): ResponseReceipt => ({
  id: entry.id,
  scores: { total: 1 },
  band: null,
  missing: [],
  alerts: [],
  answered_at: entry.body.answered_at,
  received_at: "2026-11-23T10:00:05Z",
  flag: null,
});

const put = (id: string, ownerId = OWNER): Promise<void> =>
  enqueue({ ownerId, practiceId: "p", clientId: "c", body: body(id) });

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-23T10:00:00Z") });
  await (await db()).clear("outbox");
});

describe("an answer in the outbox", () => {
  it("survives a closed page", async () => {
    await put("a");
    await closeDb();
    expect((await entryOf("a"))?.state).toBe("waiting");
  });

  it("is kept once, whatever is said again under its id", async () => {
    await put("a");
    await enqueue({
      ownerId: OWNER,
      practiceId: "p",
      clientId: "c",
      body: { ...body("a"), answers: { phq2_1: 3 } },
    });
    expect((await entryOf("a"))?.body.answers).toEqual({ phq2_1: 1 });
  });

  it("is delivered with its receipt and is then no longer waiting", async () => {
    await put("a");
    const send = vi.fn<Send>(async (entry: OutboxEntry) => receipt(entry));
    expect(await flush({ ownerId: OWNER, send })).toBe(1);
    expect((await entryOf("a"))?.receipt?.received_at).toBe("2026-11-23T10:00:05Z");
    expect(await undelivered(OWNER)).toEqual([]);
    expect(await flush({ ownerId: OWNER, send })).toBe(0);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("is sent again under the same id when no answer came", async () => {
    await put("a");
    const ids: string[] = [];
    const send = vi.fn<Send>(async (entry: OutboxEntry) => {
      ids.push(entry.body.id);
      if (ids.length === 1) throw new OfflineError();
      return receipt(entry);
    });
    await flush({ ownerId: OWNER, send });
    expect((await entryOf("a"))?.state).toBe("waiting");
    expect(await flush({ ownerId: OWNER, force: true, send })).toBe(1);
    expect(ids).toEqual(["a", "a"]);
  });

  it("waits out its pause before it is tried again", async () => {
    await put("a");
    const send = vi.fn<Send>(async () => Promise.reject(new ApiError(503, "http-503", "")));
    await flush({ ownerId: OWNER, send });
    await flush({ ownerId: OWNER, send });
    expect(send).toHaveBeenCalledTimes(1);
    await flush({ ownerId: OWNER, send, now: Date.now() + 10 * 60_000 });
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("is kept and shown as refused when the server says a final no", async () => {
    await put("a");
    await flush({
      ownerId: OWNER,
      send: () => Promise.reject(new ApiError(409, "response-conflict", "")),
    });
    const [entry] = await undelivered(OWNER);
    expect(entry).toMatchObject({ state: "refused", refusal: "response-conflict" });
    await dismiss("a");
    expect(await undelivered(OWNER)).toEqual([]);
  });

  it("is kept, shown and offered again while the server is too old to read it", async () => {
    await put("a");
    await put("b");
    const older = vi.fn<Send>(async (entry) => {
      if (entry.id === "b") return receipt(entry);
      throw new ApiError(422, "unsupported-schema", "");
    });
    expect(await flush({ ownerId: OWNER, send: older })).toBe(1);
    expect(await undelivered(OWNER)).toMatchObject([{ id: "a", state: "unread" }]);
    await flush({ ownerId: OWNER, send: older, now: Date.now() + 60_000 });
    expect(older).toHaveBeenCalledTimes(2);
    const updated = vi.fn<Send>(async (entry) => receipt(entry));
    expect(await flush({ ownerId: OWNER, send: updated, now: Date.now() + 300_001 })).toBe(1);
    expect(await entryOf("a")).toMatchObject({ state: "delivered", refusal: null });
  });

  it("stays waiting while the server has no room, no database or too much to do", async () => {
    await put("a");
    for (const [status, code] of [
      [507, "storage-full"],
      [503, "database-unavailable"],
      [500, "server-error"],
      [429, "rate-limited"],
    ] as const) {
      await flush({
        ownerId: OWNER,
        force: true,
        send: () => Promise.reject(new ApiError(status, code, "")),
      });
      expect(await entryOf("a")).toMatchObject({ state: "waiting", refusal: null });
    }
  });

  it("carries the form that this client hands answers in", async () => {
    await put("a");
    expect((await entryOf("a"))?.body.schema).toBe(ENTRY_SCHEMA);
  });

  it("stays waiting while nobody is signed in, or after too many tries", async () => {
    await put("a");
    for (const status of [401, 403, 429]) {
      await flush({
        ownerId: OWNER,
        force: true,
        send: () => Promise.reject(new ApiError(status, "x", "")),
      });
      expect((await entryOf("a"))?.state).toBe("waiting");
    }
  });

  it("is never sent in somebody else's session", async () => {
    await put("a", "somebody-else");
    const send = vi.fn<Send>(async (entry: OutboxEntry) => receipt(entry));
    await flush({ ownerId: OWNER, send });
    expect(send).not.toHaveBeenCalled();
  });

  it("goes before answers given later, and a refused one does not hold up the next", async () => {
    await put("first");
    vi.setSystemTime(new Date("2026-11-23T10:01:00Z"));
    await put("second");
    const order: string[] = [];
    await flush({
      ownerId: OWNER,
      send: async (entry) => {
        order.push(entry.id);
        if (entry.id === "first") throw new ApiError(422, "invalid", "");
        return receipt(entry);
      },
    });
    expect(order).toEqual(["first", "second"]);
    expect((await entryOf("second"))?.state).toBe("delivered");
  });
});

describe("the pause between tries", () => {
  it("doubles and stops growing at five minutes", () => {
    const full = (attempts: number): number => backOff(attempts, () => 1);
    expect([1, 2, 3].map(full)).toEqual([2_000, 4_000, 8_000]);
    expect(full(30)).toBe(300_000);
  });

  it("is spread over half of its length", () => {
    expect(backOff(3, () => 0)).toBe(4_000);
  });
});
