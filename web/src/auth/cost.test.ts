// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, OfflineError } from "@/api/problems";
import type { KdfParams } from "@/api/types";

import { raiseAtUnlock, raiseCost } from "./cost";
import { isBelow, NEW_PARAMS, wantedParams } from "./derive";

const server = vi.hoisted(() => ({
  kdf: null as unknown,
  posted: [] as [string, Record<string, unknown>][],
  fails: null as Error | null,
}));

vi.mock("@/api/client", () => ({
  api: {
    get: async (path: string) => (path === "/config" ? { kdf: server.kdf } : { id: "me", login: "ada" }),
    post: async (path: string, body: Record<string, unknown>) => {
      if (path === "/auth/kdf") return { salt: "salt", params: NEW_PARAMS };
      if (server.fails !== null) throw server.fails;
      server.posted.push([path, body]);
      return null;
    },
  },
}));
vi.mock("@/vault/access", () => ({ wrapForChange: async () => ({ vault_wrap: "a wrap" }) }));

/** Stands for the worker: the derivation itself has its vectors. */
class Derives {
  #listeners: ((event: { data: unknown }) => void)[] = [];
  addEventListener(name: string, listener: (event: { data: unknown }) => void): void {
    if (name === "message") this.#listeners.push(listener);
  }
  postMessage({ salt, params }: { salt: string; params: KdfParams }): void {
    const data = { secret: `${params.memory_kib} ${salt}` };
    for (const each of this.#listeners) each({ data });
  }
  terminate(): void {
    this.#listeners = [];
  }
}

const higher: KdfParams = { ...NEW_PARAMS, memory_kib: 98_304 };
const now = { secret: "present", params: NEW_PARAMS };

beforeEach(() => {
  vi.stubGlobal("Worker", Derives);
  Object.assign(server, { kdf: higher, posted: [], fails: null });
});

describe("a password chosen when less was asked for", () => {
  it("is derived anew at what is asked for now, with the vault's way in", async () => {
    expect(await raiseCost("quiet harbour", now)).toBe(true);
    const [[path, body]] = server.posted as [[string, Record<string, unknown>]];
    expect(path).toBe("/me/password/cost");
    expect(body["current_auth_secret"]).toBe("present");
    expect(body["new_auth_secret"]).toBe(`98304 ${String(body["new_salt"])}`);
    expect(body["new_params"]).toEqual(higher);
    expect(body["vault_wrap"]).toBe("a wrap");
    expect(JSON.stringify(body)).not.toContain("quiet harbour");
  });

  it("is raised where the vault is opened, too", async () => {
    expect(await raiseAtUnlock("ada", "quiet harbour", NEW_PARAMS)).toBe(true);
    expect(await raiseAtUnlock("ada", "quiet harbour", higher)).toBe(false);
    expect(server.posted).toHaveLength(1);
  });

  it("stays as it is where nothing rose, and is never lowered", async () => {
    for (const kdf of [NEW_PARAMS, { ...NEW_PARAMS, memory_kib: 19_456 }]) {
      server.kdf = kdf;
      expect(await wantedParams()).toEqual(NEW_PARAMS);
      expect(await raiseCost("quiet harbour", { ...now, params: higher })).toBe(false);
      expect(await raiseCost("quiet harbour", now)).toBe(false);
    }
    expect(server.posted).toEqual([]);
  });

  it("waits for the next time when the server does not take it", async () => {
    for (const error of [new OfflineError(), new ApiError(409, "vault-wrap-needed", "")]) {
      server.fails = error;
      expect(await raiseCost("quiet harbour", now)).toBe(false);
    }
    server.fails = new TypeError("a fault of ours");
    await expect(raiseCost("quiet harbour", now)).rejects.toThrow("a fault of ours");
  });

  it("is below another only where it is in no respect above", () => {
    expect(isBelow(NEW_PARAMS, higher)).toBe(true);
    expect(isBelow(higher, NEW_PARAMS)).toBe(false);
    expect(isBelow(NEW_PARAMS, NEW_PARAMS)).toBe(false);
    expect(isBelow({ ...NEW_PARAMS, passes: 4 }, higher)).toBe(false);
  });
});
