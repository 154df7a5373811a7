/** Many random stories of tabs, closings and a bad network: in the end each answer is there once. */
import { beforeEach, describe, expect, it } from "vitest";

import { ApiError, OfflineError } from "@/api/problems";
import type { ResponseBody, ResponseReceipt } from "@/api/types";

import { closeDb, db, type OutboxEntry } from "./db";
import { deliverNow, dismiss, enqueue, entryOf, flush, startDelivery, undelivered } from "./outbox";
import { body } from "./testing";

const OWNER = "owner-1";
const STORIES = 60;

/** Mulberry32: the same numbers for the same seed, so that a failing story can be told again. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A server that applies an identifier once, behind a network that loses either way. */
class Server {
  readonly stored = new Map<string, ResponseBody>();
  requests = 0;

  constructor(
    private readonly chance: () => number,
    public trouble: number,
  ) {}

  readonly take = async (entry: OutboxEntry): Promise<ResponseReceipt> => {
    this.requests += 1;
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (this.chance() < this.trouble) throw this.fault();
    const known = this.stored.get(entry.id);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(entry.body)) {
      throw new ApiError(409, "response-conflict", "");
    }
    this.stored.set(entry.id, entry.body);
    if (this.chance() < this.trouble) throw new OfflineError(); // the reply is lost
    return {
      id: entry.id,
      scores: { total: 1 },
      band: null,
      missing: [],
      alerts: [],
      answered_at: entry.body.answered_at,
      received_at: "2026-11-23T10:00:05Z",
      flag: null,
    };
  };

  private fault(): Error {
    const faults = [
      new OfflineError(),
      new ApiError(429, "rate-limited", ""),
      new ApiError(503, "database-unavailable", ""),
      new ApiError(507, "storage-full", ""),
      new ApiError(401, "not-signed-in", ""),
    ];
    return faults[Math.floor(this.chance() * faults.length)] ?? new OfflineError();
  }
}

const put = (id: string): Promise<void> =>
  enqueue({ ownerId: OWNER, practiceId: "p", clientId: "c", body: body(id) });

beforeEach(async () => {
  await (await db()).clear("outbox");
});

async function play(seed: number): Promise<{ server: Server; given: string[] }> {
  const chance = chances(seed);
  const server = new Server(chance, 0.5);
  const given: string[] = [];
  for (let step = 0; step < 12; step += 1) {
    const roll = chance();
    if (roll < 0.35) {
      given.push(`${seed}-${given.length}`);
      await put(given.at(-1) ?? "");
    } else if (roll < 0.45) {
      // The same answer again, as a second tab with the same draft would.
      if (given.length > 0) await put(given[Math.floor(chance() * given.length)] ?? "");
    } else if (roll < 0.85) {
      // One tab, or two at once without locks.
      const tabs = roll < 0.65 ? 1 : 2;
      await Promise.all(
        Array.from({ length: tabs }, () => flush({ ownerId: OWNER, force: true, send: server.take })),
      );
    } else {
      // A tab is closed: what it was sending is under way, and it notes nothing of it any more.
      const [entry] = await undelivered(OWNER);
      if (entry !== undefined) await server.take(entry).catch(() => undefined);
      await closeDb();
    }
  }
  server.trouble = 0;
  await flush({ ownerId: OWNER, force: true, send: server.take });
  return { server, given };
}

describe("a storm of retries", () => {
  it.each(Array.from({ length: STORIES }, (_, seed) => seed))(
    "loses nothing and doubles nothing (story %i)",
    async (seed) => {
      const { server, given } = await play(seed);
      expect([...server.stored.keys()].sort()).toEqual([...given].sort());
      expect(await undelivered(OWNER)).toEqual([]);
      for (const id of given) {
        expect(await entryOf(id)).toMatchObject({ state: "delivered", receipt: { id } });
      }
    },
  );
});

describe("two tabs without locks", () => {
  it("keep a delivery that one of them heard of, though the other heard nothing", async () => {
    await put("a");
    let heard: (() => void) | undefined;
    const slow = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const server = new Server(() => 1, 0);
    const losing = flush({
      ownerId: OWNER,
      send: async (entry) => {
        await slow;
        await server.take(entry);
        throw new OfflineError();
      },
    });
    expect(await flush({ ownerId: OWNER, send: server.take })).toBe(1);
    heard?.();
    await losing;
    expect(await entryOf("a")).toMatchObject({ state: "delivered", receipt: { id: "a" } });
  });

  it("do not bring back what the person has put away", async () => {
    await put("a");
    await flush({
      ownerId: OWNER,
      send: async () => {
        await dismiss("a");
        throw new ApiError(422, "invalid", "");
      },
    });
    expect(await entryOf("a")).toBeUndefined();
  });
});

describe("tabs with locks", () => {
  it("leave delivery to the one that holds the lock", async () => {
    const asked: string[] = [];
    const locks = {
      request: async (
        name: string,
        _options: LockOptions,
        work: (lock: Lock | null) => Promise<void>,
      ): Promise<void> => {
        asked.push(name);
        await work(null); // another tab has it
      },
    };
    Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
    try {
      await put("a");
      let delivered = 0;
      const stop = startDelivery({ ownerId: () => OWNER, onDelivered: () => (delivered += 1) });
      deliverNow();
      await new Promise((resolve) => setTimeout(resolve, 20));
      stop();
      expect(asked.length).toBeGreaterThan(0);
      expect(delivered).toBe(0);
      expect((await entryOf("a"))?.attempts).toBe(0);
    } finally {
      Reflect.deleteProperty(navigator, "locks");
    }
  });
});
