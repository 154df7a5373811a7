// @vitest-environment node
import "fake-indexeddb/auto";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, OfflineError } from "@/api/problems";
import { keyring } from "@/vault/keyring";
import type { WireEntry } from "@/vault/engine/wire";

import { beginThread, openThread } from "./api";
import { messagesDb } from "./db";
import { threadDesk } from "./desk";
import { draftOf, keepDraft } from "./drafts";
import { enqueue, flush, keepFile, waitingFor, withdraw } from "./outbox";
import { Conversation } from "./shown";
import type { MessageRow, ThreadPerson, ThreadWire } from "./types";

vi.mock("@/vault/worker", () => ({
  whenLocked: () => undefined,
  vaultWorker: {
    ask: (name: string, ...given: unknown[]) =>
      ({ ...keyring, ...threadDesk } as unknown as Record<string, (...all: unknown[]) => unknown>)[name]?.(...given),
  },
}));

const server = vi.hoisted(() => ({ answer: (_method: string, _path: string, _body?: unknown): unknown => null }));

vi.mock("@/api/client", () => {
  const call = (method: string) => async (path: string, body?: unknown) => server.answer(method, path, body);
  return {
    practicePath: (_: string, rest: string) => rest,
    clientPath: (_: string, __: string, rest: string) => rest,
    withQuery: (path: string, query: Record<string, unknown> = {}) => {
      const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
      return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs as [string, string][])}`;
    },
    api: { get: call("GET"), post: call("POST"), put: call("PUT"), delete: call("DELETE") },
  };
});

const INES = "0190a000-0000-7000-8000-000000000001";
const DANA = "0190a000-0000-7000-8000-000000000002";
const PIM = "0190a000-0000-7000-8000-000000000003";
const THREAD = "6f8a1c9e-3f0e-4a49-9a53-7d1f6ad50001";
const PLACE = { user: INES, practiceId: "p" };
const HASH = "A".repeat(43);

type Row = MessageRow & { place: number };

/** The server, as far as sending goes: one place for each identifier, in order, under a fresh epoch. */
class Server {
  people: ThreadPerson[] = [];
  going: string[] = [];
  epochs: ThreadWire["epochs"] = [];
  keys: { member: string; epoch: number; sealed: string; signature: string }[] = [];
  rows: Row[] = [];
  files = new Map<string, { size: number; received: number }>();
  asks = 0;
  /** What the network does with an ask: lets it pass, or loses it before or after it is done. */
  fate: () => "pass" | "lost" | "unheard" = () => "pass";

  readonly answer = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    this.asks += 1;
    const fate = this.fate();
    if (fate === "lost") throw new OfflineError();
    const answer = await this.serve(method, path, body as never);
    if (fate === "unheard") throw new OfflineError();
    return answer;
  };

  private async serve(method: string, path: string, body: never): Promise<unknown> {
    if (path === "/threads") return this.begin((body as { epoch: never }).epoch);
    if (path.endsWith("/epochs")) return this.begin(body);
    if (path.includes("/files")) return this.file(path, body);
    if (path.includes("/messages") && method === "POST") return this.post(body);
    if (path.includes("/messages")) return this.page(path);
    return this.detail();
  }

  private begin(epoch: { number: number; keys: { member: string; sealed: string; signature: string }[] }): null {
    if (epoch.number !== this.epochs.length + 1) throw new ApiError(409, "vault-epoch-taken", "");
    const { keys, ...rest } = epoch;
    this.epochs.push({ ...(rest as ThreadWire["epochs"][number]), signing: HASH, made_at: "" });
    this.keys.push(...keys.map((each) => ({ ...each, epoch: epoch.number })));
    return null;
  }

  private get fresh(): boolean {
    return JSON.stringify(this.epochs.at(-1)?.members) === JSON.stringify([...this.going].sort());
  }

  detail(): ThreadWire {
    const last = this.rows.findLast(({ sender }) => sender === INES);
    return {
      id: THREAD,
      kind: "client",
      title: "",
      moderates: false,
      client: null,
      epoch: this.epochs.length,
      fresh: this.fresh,
      go_on: this.going,
      from_seq: 1,
      last_seq: this.rows.length,
      read_seq: 0,
      epochs: this.epochs,
      keys: this.keys.filter(({ member }) => member === INES),
      people: this.people,
      own_last: { number: last?.number ?? 0, hash: last?.hash ?? HASH },
    };
  }

  private async post(body: Omit<Row, "seq"> & { epoch_hash: string }): Promise<{ seq: number }> {
    const there = this.rows.find(({ id }) => id === body.id);
    if (there !== undefined) return { seq: there.seq };
    if (!this.fresh || body.epoch !== this.epochs.length) throw new ApiError(409, "thread-epoch-stale", "");
    const { number, hash } = this.detail().own_last;
    const follows = body.number === number + 1 && body.previous === hash;
    if (!follows) throw new ApiError(409, "thread-message-out-of-place", "");
    const seq = this.rows.length + 1;
    const row = { ...body, seq, sender: INES, received_at: "2026-11-23T10:00:00Z", retracted: false };
    this.rows.push({ ...row, hash: await hashOf(row) } as Row);
    return { seq };
  }

  private file(path: string, body: { id?: string; size?: number; data?: string; offset?: number }): unknown {
    const id = body.id ?? path.split("/").at(-2) ?? "";
    const state = this.files.get(id) ?? { size: body.size ?? 0, received: 0 };
    const bytes = Math.floor(((body.data ?? "").length * 3) / 4);
    this.files.set(id, { ...state, received: Math.max(state.received, (body.offset ?? 0) + bytes) });
    const { size, received } = this.files.get(id) ?? state;
    return { received, complete: received >= size };
  }

  private page(path: string): unknown {
    const after = Number(new URLSearchParams(path.split("?")[1]).get("after") ?? 0);
    const items = this.rows.filter(({ seq }) => seq > after);
    return { items, last_seq: this.rows.length, read_seq: 0, retracted: [], read_by: [], epoch: this.epochs.length };
  }
}

async function hashOf(row: Omit<MessageRow, "hash">): Promise<string> {
  const { hashOfMessage } = await import("@/vault/engine/threads");
  const { fromBase64Url, toBase64Url } = await import("@/auth/bytes");
  const epochHash = fromBase64Url((row as unknown as { epoch_hash: string }).epoch_hash);
  const bytes = (["previous", "salt", "ciphertext", "signature"] as const).map((name) => fromBase64Url(row[name]));
  const [previous, salt, ciphertext, signature] = bytes as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
  const { suite, epoch, number } = row;
  const message = { suite, thread: THREAD, epoch, epochHash, author: INES, number, previous, salt, ciphertext, signature };
  return toBase64Url(await hashOfMessage(message));
}

const entries = new Map<string, WireEntry>();

async function person(id: string): Promise<ThreadPerson> {
  if (!entries.has(id)) {
    const { keys } = await keyring.begin(id, [], 1_790_000_000);
    await keyring.confirm(id);
    entries.set(id, keys);
  }
  const keys = [entries.get(id)!];
  return { id, name: id.slice(-1), role: "clinician", member: true, within: "", keys };
}

let here: Server;

beforeEach(async () => {
  const database = await messagesDb();
  for (const store of ["waiting", "files", "drafts"] as const) await database.clear(store);
  here = new Server();
  server.answer = here.answer;
  here.people = [await person(INES), await person(DANA), await person(PIM)];
  here.going = [INES, DANA];
  const members = here.people.slice(0, 2);
  await beginThread(PLACE, "c", { id: THREAD, kind: "client", members });
});

async function texts(): Promise<(string | null | undefined)[]> {
  here.fate = () => "pass";
  const conversation = new Conversation(PLACE, await openThread(PLACE, THREAD));
  await conversation.fetch(1, conversation.lastSeq);
  return [...conversation.messages.values()].map(({ said, code }) => said?.text ?? code);
}

const put = (text: string): Promise<string> => enqueue(PLACE, THREAD, { text, files: [] });

describe("a message on its way", () => {
  it("waits sealed on this device and is read by its writer alone", async () => {
    await put("The words.");
    const [row] = await (await messagesDb()).getAll("waiting");
    expect(JSON.stringify(row)).not.toContain("words");
    expect((await waitingFor(INES, THREAD)).map(({ said }) => said.text)).toEqual(["The words."]);
    expect(await waitingFor(DANA, THREAD)).toEqual([]);
  });

  it("arrives, opens again, and waits no longer", async () => {
    await put("One.");
    await put("Two.");
    expect(await flush({ user: INES })).toBe(2);
    expect(await waitingFor(INES, THREAD)).toEqual([]);
    expect(await texts()).toEqual(["One.", "Two."]);
  });

  it("arrives once in its place, however often the network loses it or its answer", async () => {
    let ask = 0;
    for (const word of ["a", "b", "c", "d"]) await put(word);
    here.fate = () => (["lost", "unheard", "pass", "pass", "unheard"] as const)[(ask += 1) % 5] ?? "pass";
    for (let round = 0; round < 40; round += 1) await flush({ user: INES, force: true });
    expect(await texts()).toEqual(["a", "b", "c", "d"]);
    expect(here.rows.map(({ seq, number }) => [seq, number])).toEqual([[1, 1], [2, 2], [3, 3], [4, 4]]);
  });

  it("is kept in the order of writing, also where the one before is still being sealed", async () => {
    await Promise.all(["a", "b", "c"].map(put));
    expect((await waitingFor(INES, THREAD)).map(({ said }) => said.text)).toEqual(["a", "b", "c"]);
  });

  it("keeps those behind it waiting until it has gone", async () => {
    await put("first");
    here.fate = () => "lost";
    await flush({ user: INES });
    await put("second");
    here.fate = () => "pass";
    expect(await flush({ user: INES })).toBe(0);
    expect(await flush({ user: INES, force: true })).toBe(2);
    expect(await texts()).toEqual(["first", "second"]);
  });

  it("is sealed anew, for those alone who go on, when somebody left", async () => {
    here.going = [INES, PIM];
    await put("Not for Dana.");
    expect(await flush({ user: INES })).toBe(1);
    expect(here.epochs.map(({ members }) => members)).toEqual([[INES, DANA], [INES, PIM]]);
    expect(here.keys.some(({ member, epoch }) => member === DANA && epoch === 2)).toBe(false);
    expect(await texts()).toEqual(["Not for Dana."]);
  });

  it("is shown as refused where nobody is left to read it", async () => {
    here.going = [INES];
    await put("Anybody?");
    await flush({ user: INES });
    expect(await waitingFor(INES, THREAD)).toMatchObject([{ refused: "thread-alone" }]);
    expect(here.rows).toEqual([]);
  });

  it("does not go once it was withdrawn", async () => {
    const id = await put("Better not.");
    await withdraw(id);
    await flush({ user: INES });
    expect(here.rows).toEqual([]);
  });

  it("follows its files, which go on where they were interrupted", async () => {
    const content = new Uint8Array(700_000).fill(7);
    const attached = await keepFile(INES, THREAD, { name: "note.webm", media_type: "audio/webm", content, seconds: 3 });
    await enqueue(PLACE, THREAD, { text: "", files: [attached] });
    let asks = 0;
    here.fate = () => ((asks += 1) === 2 ? "unheard" : "pass");
    await flush({ user: INES });
    expect(here.rows).toEqual([]);
    expect([...here.files.values()][0]?.received).toBe(512 * 1024);
    await flush({ user: INES, force: true });
    expect(here.rows).toHaveLength(1);
    expect(await (await messagesDb()).count("files")).toBe(0);
  });
});

describe("a message that was given another's place", () => {
  it("is not shown as what it is not", async () => {
    await put("One.");
    await put("Two.");
    await flush({ user: INES });
    const [one, two] = here.rows as [Row, Row];
    here.rows = [{ ...one, id: two.id }, { ...two, id: one.id }];
    expect(await texts()).toEqual(["item-damaged", "item-damaged"]);
  });
});

describe("a draft", () => {
  it("is sealed, comes back, and goes when it is empty", async () => {
    await keepDraft(INES, THREAD, { text: "Half a sent", files: [] });
    const [row] = await (await messagesDb()).getAll("drafts");
    expect(new TextDecoder().decode(row?.sealed)).not.toContain("Half");
    expect((await draftOf(INES, THREAD)).text).toBe("Half a sent");
    await keepDraft(INES, THREAD, { text: " ", files: [] });
    expect(await draftOf(INES, THREAD)).toEqual({ text: "", files: [] });
  });
});
