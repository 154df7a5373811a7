// @vitest-environment node
import "fake-indexeddb/auto";

import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import type { Schemas } from "@/api/types";
import { ApiError, OfflineError } from "@/api/problems";
import { closeVaultForTest } from "./testing";
import { keyring } from "@/vault/keyring";
import type { Place } from "@/vault/opening";

import { deviceDb, keepReport, keepWaiting, reportsOf } from "./device";
import { sendReports } from "./reports";
import {
  conversations,
  exchange,
  keepMemory,
  keepTalk,
  memory,
  removeTalk,
} from "./store";
import { begin, put, type Talk } from "./talk";

type Listed = Schemas["VersionOut"];

/** What the server keeps, as tests/integration has it do: what is followed is emptied. */
const server = vi.hoisted(() => ({ rows: [] as Record<string, unknown>[], up: true }));

vi.mock("@/vault/worker", () => ({
  whenLocked: () => undefined,
  vaultWorker: {
    ask: async (name: string, ...given: unknown[]) => {
      const { sealing } = await import("@/vault/sharing/sealing");
      const desk = { ...keyring, ...sealing } as unknown as Record<string, (...all: unknown[]) => unknown>;
      return desk[name]?.(...given);
    },
  },
}));

vi.mock("@/vault/access", () => ({ movedOn: async () => null }));

vi.mock("@/api/client", async () => {
  const { OfflineError } = await import("@/api/problems");
  return {
    clientPath: (_: string, __: string, rest: string) => rest,
    practicePath: (_: string, rest: string) => rest,
    api: {
      get: async (_: string, { query }: { query: { after?: number; before?: number } }) => {
        if (!server.up) throw new OfflineError();
        const { after = 0, before = Infinity } = query;
        const rows = (server.rows as unknown as Listed[]).filter(
          ({ position }) => position > after && position < before,
        );
        if (query.before !== undefined) rows.reverse();
        return { items: rows, next: null };
      },
      post: async (_: string, body: Listed & { forget_earlier: boolean }) => {
        if (!server.up) throw new OfflineError();
        const { forget_earlier, ...wire } = body;
        const known = server.rows.find((each) => each["signature"] === wire.signature);
        if (known !== undefined) return { position: known["position"], conflict: false };
        const row = { ...wire, position: server.rows.length + 1, superseded: false, forgotten: false };
        if (forget_earlier && wire.previous.length > 0) {
          for (const each of server.rows) {
            const followed = each["item"] === wire.item && (each["revision"] as number) < wire.revision;
            if (followed && each["branch"] !== true) {
              Object.assign(each, { ciphertext: "", grants: [], forgotten: true });
            }
          }
        }
        server.rows.push(row);
        return { position: row.position, conflict: false };
      },
    },
  };
});

const USER = "00000000-0000-4000-8000-000000000001";
const place: Place = {
  user: USER,
  practiceId: "00000000-0000-4000-8000-000000000002",
  client: "00000000-0000-4000-8000-000000000003",
};
const ITEM = "00000000-0000-4000-8000-000000000004";

async function openVault(): Promise<void> {
  await keyring.begin(USER, [{ kind: "recovery", code: new Uint8Array(20).fill(7) }], 1_790_000_000);
  await keyring.confirm(USER);
}

const talk = (turns: number, at: string, text = `turn ${turns}`): Talk => ({
  ...begin("2026-11-23T09:00:00Z"),
  turns,
  written_at: at,
  bubbles: [{ id: `t${turns}.0`, by: "person", kind: "said", text, at }],
});

const AT = (hour: number): string => `2026-11-23T${String(hour).padStart(2, "0")}:00:00Z`;

beforeAll(openVault);

afterEach(async () => {
  server.rows = [];
  server.up = true;
  await closeVaultForTest();
  await (await deviceDb()).clear("waiting");
  await (await deviceDb()).clear("reports");
});

/** Another device of the same person: the same keys, and nothing of what this one has kept. */
const onAnotherDevice = closeVaultForTest;

describe("conversations at rest", () => {
  it("are found again on another device as they stood after the last turn", async () => {
    let one = await keepTalk(place, { item: ITEM, heads: [], talk: talk(1, AT(10)) });
    one = await keepTalk(place, { ...one, talk: talk(2, AT(11)) });
    await exchange(place, { fetchToo: false });
    await onAnotherDevice();
    expect(await conversations(place)).toEqual([]);
    await exchange(place, { fetchToo: true });
    const found = await conversations(place);
    expect(found.map((each) => each.talk)).toEqual([talk(2, AT(11))]);
    const readable = server.rows.filter((row) => row["forgotten"] !== true);
    expect(readable).toHaveLength(1);
  });

  it("hold nothing readable in what is sent or kept here", async () => {
    await keepTalk(place, { item: ITEM, heads: [], talk: talk(1, AT(10), "Quastenflosser") });
    await keepWaiting(place, ITEM, [], talk(1, AT(10), "Quastenflosser"));
    await exchange(place, { fetchToo: false });
    const everything = JSON.stringify([server.rows, await (await deviceDb()).getAll("waiting")]);
    expect(everything).not.toContain("Quastenflosser");
  });

  it("of two devices that went on at once are both kept: the newest turn goes on", async () => {
    const first = await keepTalk(place, { item: ITEM, heads: [], talk: talk(1, AT(9)) });
    await keepTalk(place, { ...first, talk: talk(2, AT(10), "on the phone") });
    await keepTalk(place, { ...first, talk: talk(2, AT(11), "on the laptop") });
    const found = await conversations(place);
    expect(found.map((each) => each.talk.bubbles[0]?.text)).toEqual(["on the laptop", "on the phone"]);
    expect(found[0]?.item).toBe(ITEM);
    expect(found[0]?.heads).toHaveLength(1);
    // Looking once more makes no third.
    expect(await conversations(place)).toHaveLength(2);
  });

  it("with words that have no answer come back with them", async () => {
    const kept = await keepTalk(place, { item: ITEM, heads: [], talk: talk(1, AT(10)) });
    const pending = { id: "p", event: { kind: "said" as const, text: "not yet read" }, at: AT(11) };
    const waits = put(kept.talk, pending);
    await keepWaiting(place, ITEM, kept.heads.map(({ hash }) => hash), waits);
    const [found] = await conversations(place);
    expect(found?.talk.pending).toEqual(pending);
    await keepTalk(place, { ...kept, talk: { ...waits, pending: null } });
    expect((await conversations(place))[0]?.talk.pending).toBeNull();
  });

  it("that went on elsewhere get the unanswered words at their end", async () => {
    const kept = await keepTalk(place, { item: ITEM, heads: [], talk: talk(1, AT(10)) });
    const pending = { id: "p", event: { kind: "said" as const, text: "not yet read" }, at: AT(11) };
    await keepWaiting(place, ITEM, [kept.heads[0]!.hash], put(kept.talk, pending));
    const moved = await keepTalkElsewhere(kept, talk(2, AT(12), "elsewhere"));
    expect(moved).toBeDefined();
    const [found] = await conversations(place);
    expect(found?.talk.bubbles.map(({ text }) => text)).toEqual(["elsewhere", "not yet read"]);
  });

  it("that were deleted are gone, and empty on the server", async () => {
    const kept = await keepTalk(place, { item: ITEM, heads: [], talk: talk(1, AT(10)) });
    await exchange(place, { fetchToo: false });
    await removeTalk(place, kept);
    await exchange(place, { fetchToo: false });
    expect(await conversations(place)).toEqual([]);
    expect(server.rows.filter((row) => row["ciphertext"] !== "")).toHaveLength(1);
  });

  it("wait here while nobody can be reached", async () => {
    server.up = false;
    await keepTalk(place, { item: ITEM, heads: [], talk: talk(1, AT(10)) });
    expect(await exchange(place, { fetchToo: true })).toBe(false);
    expect(await conversations(place)).toHaveLength(1);
    server.up = true;
    expect(await exchange(place, { fetchToo: true })).toBe(true);
    expect(server.rows).toHaveLength(1);
  });
});

/** A version that came from another device: what waits here does not know of it. */
async function keepTalkElsewhere(
  from: Awaited<ReturnType<typeof keepTalk>>,
  next: Talk,
): Promise<unknown> {
  const waiting = await (await deviceDb()).getAll("waiting");
  const made = await keepTalk(place, { ...from, talk: next });
  for (const row of waiting) await (await deviceDb()).put("waiting", row);
  return made;
}

describe("what it remembers", () => {
  it("is nothing before the person allows it, and one item afterwards", async () => {
    expect((await memory(place)).memory.allowed).toBe(false);
    await keepMemory(place, { allowed: true, finished: {}, goals: [], past: [] });
    await keepMemory(place, { allowed: true, finished: { sleep: "2026-11-23" }, goals: [], past: [] });
    const { memory: now, heads } = await memory(place);
    expect(now.finished).toEqual({ sleep: "2026-11-23" });
    expect(heads).toHaveLength(1);
    expect(await conversations(place)).toEqual([]);
  });
});

describe("reports", () => {
  it("stay until the server has them, and bring the flag that came of them", async () => {
    await keepReport(USER, "r1", "sealed");
    const away = async (): Promise<never> => {
      throw new OfflineError();
    };
    expect(await sendReports(USER, { now: 0, send: away })).toEqual([]);
    expect(await reportsOf(USER)).toHaveLength(1);
    // Not before its pause is over.
    const flag = { id: "f" } as never;
    expect(await sendReports(USER, { now: 0, send: async () => ({ flag }) })).toEqual([]);
    expect(await sendReports(USER, { now: 1e9, send: async () => ({ flag }) })).toEqual([flag]);
    expect(await reportsOf(USER)).toEqual([]);
  });

  it("that the server refuses for good are not offered for ever", async () => {
    await keepReport(USER, "r1", "sealed");
    const refuse = async (): Promise<never> => {
      throw new ApiError(401, "report-refused", "");
    };
    await sendReports(USER, { now: 0, send: refuse });
    expect(await reportsOf(USER)).toEqual([]);
  });
});
