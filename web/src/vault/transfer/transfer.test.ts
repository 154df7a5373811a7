// @vitest-environment node
import "fake-indexeddb/auto";

import { strFromU8, unzipSync, zipSync, strToU8 } from "fflate";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { forgetVault, vaultDb } from "../db";
import { entries, newItem, type Place, save } from "../journal";
import { keyring } from "../keyring";
import { asJson, markdownZip } from "./exporting";
import { importAll, sourcesOf } from "./importing";
import { fromMarkdown, toMarkdown } from "./markdown";

const forgetful = vi.hoisted((): (() => void)[] => []);

vi.mock("../worker", () => ({
  whenLocked: (forget: () => void) => void forgetful.push(forget),
  vaultWorker: {
    ask: (name: string, ...given: unknown[]) =>
      (keyring as unknown as Record<string, (...all: unknown[]) => unknown>)[name]?.(...given),
  },
}));

vi.mock("@/api/client", () => ({
  clientPath: (_: string, __: string, rest: string) => rest,
  api: { get: async () => ({ items: [], next: null }) },
}));

const USER = "00000000-0000-4000-8000-000000000001";
const place: Place = {
  user: USER,
  practiceId: "00000000-0000-4000-8000-000000000002",
  client: "00000000-0000-4000-8000-000000000003",
};
const MODIFIED = new Date("2020-02-02T10:00:00Z");

const source = (name: string, text: string) => ({ name, text, modified: MODIFIED });

async function empty(): Promise<void> {
  for (const forget of forgetful) forget();
  await forgetVault();
  await (await vaultDb()).clear("versions");
}

beforeEach(async () => {
  await keyring.begin(USER, [{ kind: "recovery", code: new Uint8Array(20) }], 1_790_000_000);
  await keyring.confirm(USER);
});

afterEach(async () => {
  await keyring.lock(USER);
  await empty();
});

describe("a Markdown file", () => {
  it("comes back as it went out", () => {
    const written = {
      text: "# A day\n\n---\n\nwith: colons, and \"quotes\"\n\nكتبتُ اليوم",
      tags: ["two words", "yes", "2024"],
      mood: 4,
      prompt: "body",
    };
    const out = { id: newItem(), begunAt: "2026-03-01T21:15:00.000Z", written };
    const back = fromMarkdown("2026-03-01.md", toMarkdown(out), MODIFIED);
    expect(back).toEqual({ ...out, dated: true });
  });

  it("takes its day from front matter, then from its name, then from the disk", () => {
    const day = (name: string, text: string) => fromMarkdown(name, text, MODIFIED)?.begunAt;
    expect(day("a.md", "---\ndate: 2021-05-06\n---\nx")).toBe("2021-05-06T12:00:00.000Z");
    expect(day("a.md", "---\ndate: 2021-05-06 08:30\n---\nx")).toBe("2021-05-06T08:30:00.000Z");
    expect(day("2022-07-08 Friday.md", "x")).toBe("2022-07-08T12:00:00.000Z");
    expect(day("a.md", "---\ndate: someday\n---\nx")).toBe(MODIFIED.toISOString());
  });

  it("takes tags as a list or a line, and a title that the text lacks", () => {
    const read = (text: string) => fromMarkdown("a.md", text, MODIFIED)?.written;
    expect(read("---\ntags: [home, Home, work]\n---\nx")?.tags).toEqual(["home", "work"]);
    expect(read("---\ntags: home, work\n---\nx")?.tags).toEqual(["home", "work"]);
    expect(read('---\ntags: "#home #work"\n---\nx')?.tags).toEqual(["home", "work"]);
    expect(read("---\ntitle: A walk\n---\nIt rained.")?.text).toBe("# A walk\n\nIt rained.");
  });

  it("with front matter that is no YAML is taken as it is, and an empty one not at all", () => {
    expect(fromMarkdown("a.md", "---\n{: [\n---\nwords", MODIFIED)?.written.text).toBe("words");
    expect(fromMarkdown("a.md", "---\ndate: 2021-05-06\n---\n \n", MODIFIED)).toBeNull();
  });
});

describe("the journal", () => {
  it("exported and brought into an empty one is the same, and brought in twice no other", async () => {
    await save(place, newItem(), null, { text: "one", tags: ["home"], mood: 5 });
    await save(place, newItem(), null, { text: "zwei\n\nund drei", prompt: "value" });
    const seen = async () =>
      (await entries(place)).map(({ begunAt, heads }) => {
        const { text, tags, mood, prompt } = heads[0]!;
        return { begunAt, text, tags, mood, prompt };
      });
    const before = await seen();
    const zip = await markdownZip(await entries(place), async () => null);
    const files = [new File([new Uint8Array(zip)], "journal.zip", { lastModified: 0 })];
    const again = await importAll(place, await sourcesOf(withoutFolder(files)));
    expect(again).toEqual({ added: 0, known: 2, empty: 0 });
    await empty();
    await keyring.begin(USER, [{ kind: "recovery", code: new Uint8Array(20) }], 1_790_000_000);
    await keyring.confirm(USER);
    const first = await importAll(place, await sourcesOf(withoutFolder(files)));
    expect(first).toEqual({ added: 2, known: 0, empty: 0 });
    expect(await seen()).toEqual(before);
    const second = await importAll(place, await sourcesOf(withoutFolder(files)));
    expect(second).toEqual({ added: 0, known: 2, empty: 0 });
  });

  it("does not double what was changed after it was brought in", async () => {
    const sources = [source("a.md", "from elsewhere"), source("b.md", ""), source("c.md", "more")];
    expect(await importAll(place, sources)).toEqual({ added: 2, known: 0, empty: 1 });
    const found = (await entries(place)).find((each) => each.heads[0]?.text === "from elsewhere");
    await save(place, found!.item, found!, { text: "changed since" });
    const later = sources.map((each) => ({ ...each, modified: new Date() }));
    expect(await importAll(place, later)).toEqual({ added: 0, known: 2, empty: 1 });
  });

  it("leaves out hidden and foreign files of a folder", async () => {
    const zip = zipSync({
      "notes/day.md": strToU8("seen"),
      ".obsidian/plugin.md": strToU8("hidden"),
      "notes/picture.png": strToU8("no words"),
    });
    const files = withoutFolder([new File([new Uint8Array(zip)], "vault.zip")]);
    expect((await sourcesOf(files)).map((each) => each.text)).toEqual(["seen"]);
  });

  it("as Markdown has its pictures beside it, and as JSON its earlier versions", async () => {
    const item = newItem();
    const photo = {
      file: newItem(),
      key: "",
      media_type: "image/jpeg",
      width: 2,
      height: 1,
      bytes: 3,
      sha256: "",
    };
    await save(place, item, null, { text: "first" });
    const [before] = await entries(place);
    await save(place, item, before!, { text: "second", photos: [photo] });
    const all = await entries(place);
    const zip = unzipSync(await markdownZip(all, async () => Uint8Array.of(1, 2, 3)));
    const names = Object.keys(zip);
    expect(names).toHaveLength(2);
    expect(zip[`photos/${photo.file}.jpeg`]).toEqual(Uint8Array.of(1, 2, 3));
    const page = strFromU8(zip[names.find((name) => name.endsWith(".md"))!]!);
    expect(page).toContain(`![](photos/${photo.file}.jpeg)`);
    const json = JSON.parse(asJson(all, "2026-11-23T00:00:00.000Z"));
    expect(json.entries[0].versions.map((each: { text: string }) => each.text)).toEqual(["second", "first"]);
    expect(JSON.stringify(json)).not.toContain('"key"');
  });
});

/** Node's files know no folder; a browser's say "" where there is none. */
const withoutFolder = (files: File[]): File[] =>
  files.map((file) => Object.assign(file, { webkitRelativePath: "" }));
