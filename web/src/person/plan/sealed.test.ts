// @vitest-environment node
import "fake-indexeddb/auto";

import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Schemas } from "@/api/types";
import { fromBase64Url } from "@/auth/bytes";
import { forgetVault, vaultDb } from "@/vault/db";
import { firstEntry, keysOf, newSeeds } from "@/vault/engine/keys";
import { entryOut } from "@/vault/engine/wire";
import { keyring } from "@/vault/keyring";
import { sharingDb } from "@/vault/sharing/device";
import { sealing } from "@/vault/sharing/sealing";

import { saveFromConversation } from "../safetyPlan";
import { noSteps, type PlanContent, tidy } from "./content";
import { dropHere, forgetPlans, keepHere, readHere } from "./device";
import { adoptPlan, exchangePlan, planItem, type PlanReader, readPlan, savePlan } from "./sealed";

type Listed = Schemas["VersionOut"];

/** What the server keeps, and whom it lists. */
const server = vi.hoisted(() => ({
  rows: [] as Record<string, unknown>[],
  readers: [] as Record<string, unknown>[],
  grants: [] as Record<string, string>[],
  up: true,
}));

vi.mock("@/vault/worker", async () => ({
  whenLocked: () => undefined,
  vaultWorker: {
    ask: (name: string, ...given: unknown[]) =>
      ({ ...keyring, ...sealing } as unknown as Record<string, (...all: unknown[]) => unknown>)[
        name
      ]?.(...given),
  },
}));

vi.mock("@/vault/access", () => ({ movedOn: async () => null }));

vi.mock("@/api/client", async () => {
  const { OfflineError } = await import("@/api/problems");
  const guard = (): void => {
    if (!server.up) throw new OfflineError();
  };
  return {
    clientPath: (_: string, __: string, rest: string) => rest,
    withQuery: (path: string) => path,
    api: {
      get: async (path: string, { query = {} }: { query?: Record<string, unknown> } = {}) => {
        guard();
        if (path === "/safety-plan/readers") return { items: server.readers };
        if (path === "/vault/sharing") return { people: [], folders: [] };
        const after = Number(query["after"] ?? 0);
        return { items: server.rows.filter((row) => Number(row["position"]) > after), next: null };
      },
      post: async (path: string, body: Record<string, unknown>) => {
        guard();
        if (path === "/vault/grants") {
          for (const grant of body["grants"] as Record<string, string>[]) {
            server.grants.push(grant);
            const reader = server.readers.find(({ id }) => id === grant["reader"])!;
            Object.assign(reader, { holds: true, hashes: [grant["hash"]] });
          }
          return { kept: 1 };
        }
        const position = server.rows.length + 1;
        server.rows.push({ ...body, position, superseded: false, forgotten: false });
        return { position, conflict: false };
      },
      delete: async (path: string) => {
        guard();
        const [, item, reader] = /items\/(.+)\/readers\/(.+)$/.exec(path) ?? [];
        server.grants = server.grants.filter((each) => each["item"] !== item || each["reader"] !== reader);
        Object.assign(server.readers.find(({ id }) => id === reader)!, { holds: false, hashes: [] });
      },
    },
  };
});

const USER = "11111111-1111-4111-8111-111111111111";
const place = { user: USER, practiceId: "p", client: "22222222-2222-4222-8222-222222222222" };
const plan = (lines: string[], changes: Partial<PlanContent> = {}): PlanContent => ({
  steps: tidy({ coping: lines }),
  shared: false,
  written_at: new Date().toISOString(),
  reviews: [],
  ...changes,
});

async function someone(id: string, changes: Partial<PlanReader> = {}): Promise<PlanReader> {
  const entry = entryOut(await firstEntry(id, await keysOf(newSeeds()), 1));
  const made = {
    id,
    name: id.slice(0, 4),
    role: "clinician" as const,
    why: "team" as const,
    keys: [entry],
    hashes: [],
    given_at: null,
    opened_at: null,
    holds: false,
    declined: false,
    ...changes,
  };
  server.readers.push(made);
  return made;
}

const DANA = "33333333-3333-4333-8333-333333333333";
const ELI = "44444444-4444-4444-8444-444444444444";

beforeEach(async () => {
  Object.assign(server, { rows: [], readers: [], grants: [], up: true });
  await forgetVault();
  await (await vaultDb()).clear("versions");
  await (await sharingDb()).clear("pins");
  for (const name of ["plan", "copy", "draft", "use"] as const) await dropHere(place, name);
  await dropHere({ ...place, user: DANA }, "plan");
  await keyring.begin(USER, [], 1);
  await keyring.confirm(USER);
});

describe("the sealed plan", () => {
  it("has one identifier, which every device of its person works out alike", async () => {
    const item = await planItem(place);
    expect(item).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(await planItem(place)).toBe(item);
    expect(await planItem({ ...place, user: DANA })).not.toBe(item);
  });

  it("is written without network, goes out, and no word of it stands in what is sent", async () => {
    server.up = false;
    await savePlan(place, plan(["Walk to the harbour"]));
    expect(await exchangePlan(place)).toBe(false);
    expect((await readPlan(place))?.heads[0]?.sent).toBe(false);
    server.up = true;
    expect(await exchangePlan(place)).toBe(true);
    expect((await readPlan(place))?.heads[0]?.sent).toBe(true);
    const [row] = server.rows as unknown as Listed[];
    expect(row?.kind).toBe("safety-plan");
    expect(new TextDecoder().decode(fromBase64Url(row!.ciphertext))).not.toContain("harbour");
  });

  it("keeps every version and shows the newest", async () => {
    await savePlan(place, plan(["Walk"]));
    await savePlan(place, plan(["Walk", "Tea"]));
    await exchangePlan(place);
    expect(server.rows.map((row) => row["revision"])).toEqual([1, 2]);
    expect((await readPlan(place))?.content.steps.coping).toEqual(["Walk", "Tea"]);
  });

  it("comes to a device that has nothing yet, and what two devices wrote is shown as one", async () => {
    await savePlan(place, plan(["Walk"]));
    await exchangePlan(place);
    const [first] = server.rows;
    await (await vaultDb()).clear("versions");
    await savePlan(place, plan(["Music"]));
    expect((await readPlan(place))?.content.steps.coping).toEqual(["Music"]);
    server.rows = [first!];
    await exchangePlan(place);
    const both = await readPlan(place);
    expect(both?.heads).toHaveLength(2);
    expect(both?.content.steps.coping).toEqual(["Walk", "Music"]);
    await savePlan(place, both!.content);
    expect((await readPlan(place))?.heads).toHaveLength(1);
  });
});

describe("sharing the plan", () => {
  it("gives nothing to anybody until the person says so, and then each new version", async () => {
    await someone(DANA);
    await someone(ELI, { why: "on_call" });
    await savePlan(place, plan(["Walk"]));
    await exchangePlan(place);
    expect(server.grants).toEqual([]);
    await savePlan(place, plan(["Walk"], { shared: true }));
    await exchangePlan(place);
    expect(server.grants.map(({ reader }) => reader)).toEqual([DANA, ELI]);
    await exchangePlan(place);
    expect(server.grants).toHaveLength(2);
    await savePlan(place, plan(["Tea"], { shared: true }));
    await exchangePlan(place);
    expect(server.grants).toHaveLength(4);
  });

  it("reaches who comes on call later, and leaves out who has no key", async () => {
    await someone(DANA, { keys: [] });
    await savePlan(place, plan(["Walk"], { shared: true }));
    await exchangePlan(place);
    expect(server.grants).toEqual([]);
    await someone(ELI, { why: "on_call" });
    await exchangePlan(place);
    expect(server.grants.map(({ reader }) => reader)).toEqual([ELI]);
  });

  it("is taken back from everybody when the person stops, and from who left in any case", async () => {
    const dana = await someone(DANA);
    const eli = await someone(ELI, { why: "on_call" });
    await savePlan(place, plan(["Walk"], { shared: true }));
    await exchangePlan(place);
    Object.assign(eli, { why: null });
    await exchangePlan(place);
    expect(server.grants.map(({ reader }) => reader)).toEqual([DANA]);
    await savePlan(place, plan(["Walk"], { shared: false }));
    await exchangePlan(place);
    expect(server.grants).toEqual([]);
    expect(dana.holds).toBe(false);
  });

  it("does not come back by itself to somebody from whom it was taken", async () => {
    await someone(DANA, { declined: true });
    await savePlan(place, plan(["Walk"], { shared: true }));
    await exchangePlan(place);
    expect(server.grants).toEqual([]);
    await exchangePlan(place, new Set([DANA]));
    expect(server.grants.map(({ reader }) => reader)).toEqual([DANA]);
  });

  it("refuses keys that are not those this device knew, and goes on with the others", async () => {
    const dana = await someone(DANA);
    await someone(ELI, { why: "on_call" });
    await savePlan(place, plan(["Walk"], { shared: true }));
    await exchangePlan(place);
    const other = entryOut(await firstEntry(DANA, await keysOf(newSeeds()), 2));
    Object.assign(dana, { keys: [other] });
    await savePlan(place, plan(["Tea"], { shared: true }));
    await exchangePlan(place);
    expect(server.grants.map(({ reader }) => reader)).toEqual([DANA, ELI, ELI]);
  });
});

describe("beside the vault", () => {
  it("a plan of this device alone moves into the vault, once, with what stands there", async () => {
    await keepHere(place, "plan", plan(["Tea"]));
    await savePlan(place, plan(["Walk"], { shared: true, written_at: "2026-01-01T00:00:00Z" }));
    await adoptPlan(place);
    await adoptPlan(place);
    expect((await readPlan(place))?.content.steps.coping).toEqual(["Walk", "Tea"]);
    expect((await readPlan(place))?.content.shared).toBe(true);
    expect(await readHere(place, "plan")).toBeNull();
  });

  it("an open copy follows the plan where the person chose one, and only there", async () => {
    await savePlan(place, plan(["Walk"]));
    expect(await readHere(place, "copy")).toBeNull();
    await keepHere(place, "copy", plan(["Walk"]));
    await savePlan(place, plan(["Tea"]));
    expect((await readHere<PlanContent>(place, "copy"))?.steps.coping).toEqual(["Tea"]);
  });

  it("signing out takes all but a plan that is nowhere else", async () => {
    for (const name of ["plan", "copy", "draft", "use"] as const) await keepHere(place, name, { name });
    await forgetPlans();
    expect(await readHere(place, "plan")).toEqual({ name: "plan" });
    for (const name of ["copy", "draft", "use"] as const) expect(await readHere(place, name)).toBeNull();
  });

  it("and an account that is gone leaves none", async () => {
    await keepHere(place, "plan", plan(["Tea"]));
    await keepHere({ ...place, user: DANA }, "plan", plan(["Walk"]));
    await forgetPlans(USER);
    expect(await readHere(place, "plan")).toBeNull();
    expect(await readHere({ ...place, user: DANA }, "plan")).not.toBeNull();
  });

  it("no other account on the device reads it", async () => {
    await keepHere(place, "plan", plan(["Tea"]));
    expect(await readHere({ ...place, user: DANA }, "plan")).toBeNull();
  });
});

describe("a conversation that made a plan", () => {
  it("keeps its steps sealed, over those that stand", async () => {
    await savePlan(place, plan(["Walk"], { shared: true }));
    const went = await saveFromConversation(
      { people: ["Kim"], coping: null, record: "keep" },
      place,
    );
    expect(went).toBe("sealed");
    const content = (await readPlan(place))?.content;
    expect(content?.steps).toEqual({ ...noSteps(), coping: ["Walk"], people: ["Kim"] });
    expect(content?.shared).toBe(true);
  });

  it("leaves the plan alone where it was not to go there", async () => {
    expect(await saveFromConversation({ people: ["Kim"], record: "leave" }, place)).toBe("left");
    expect(await readPlan(place)).toBeNull();
  });

  it("is kept on this device where the vault is closed", async () => {
    await keyring.lock(USER);
    expect(await saveFromConversation({ people: ["Kim"] }, place)).toBe("device");
    expect((await readHere<PlanContent>(place, "plan"))?.steps.people).toEqual(["Kim"]);
  });
});
