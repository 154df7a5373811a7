// @vitest-environment node
import { describe, expect, it, vi } from "vitest";

import type { FlagStatus } from "@/api/types";

import { Looking, type Means } from "./looking";

const TEXT = "a private sentence";
const CARD = { kind: "crisis", level: "urgent", lines: [], emergency: "112", dismissable: true, passage: null };
const FOUND = { looked: true, card: CARD, report: "sealed", told: "yes", flag: { id: "f" } };

function means(answers: (Response | Error)[], given: Partial<Means> = {}): Means & { asked: [string, RequestInit][] } {
  const asked: [string, RequestInit][] = [];
  const answer = async (url: unknown, init?: RequestInit): Promise<Response> => {
    asked.push([String(url), init ?? {}]);
    const next = answers.shift();
    if (next === undefined || next instanceof Error) throw next ?? new Error("one too many");
    return next;
  };
  return {
    asked,
    ticket: async () => ({ ticket: "t", url: "https://live.example" }),
    keepReport: async () => [],
    language: "en",
    country: null,
    fetch: answer as typeof fetch,
    ...given,
  };
}

const lookAt = (id: string, text: string, given: Means) => new Looking().look(id, text, given);
const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

describe("a message looked at in passing", () => {
  it("sends no word without the person's consent", async () => {
    const given = means([], { ticket: async () => ({ ticket: null, url: "https://live.example" }) });
    expect(await lookAt("1", TEXT, given)).toBeNull();
    expect(given.asked).toEqual([]);
  });

  it("sends no word where nobody can say whether they agreed", async () => {
    const given = means([], { ticket: () => Promise.reject(new Error("offline")) });
    expect(await lookAt("1", TEXT, given)).toBeNull();
    expect(given.asked).toEqual([]);
  });

  it("goes to the live process under the message's own id, and nothing of it into the address", async () => {
    const given = means([json({ ...FOUND, card: null, report: null, flag: null })]);
    expect(await lookAt("m-1", TEXT, given)).toBeNull();
    const [url, init] = given.asked[0] ?? ["", {}];
    expect(url).toBe("https://live.example/looks");
    expect(JSON.parse(String(init.body))).toEqual({ id: "m-1", text: TEXT, history: [], language: "en", country: null });
    expect(init.credentials).toBe("omit");
  });

  it("shows the card and who was told", async () => {
    expect(await lookAt("1", TEXT, means([json(FOUND)]))).toEqual({
      id: "1", looked: true, card: CARD, flag: { id: "f" },
    });
  });

  it("hands over the report that live could not, and shows the flag that came of it", async () => {
    const keepReport = vi.fn<() => Promise<FlagStatus[]>>(async () => [{ id: "later" } as FlagStatus]);
    const found = await lookAt("1", TEXT, means([json({ ...FOUND, told: "unreachable", flag: null })], { keepReport }));
    expect(keepReport).toHaveBeenCalledWith("1", "sealed");
    expect(found?.flag).toEqual({ id: "later" });
  });

  it("tries once more, then says that nothing looked at it, and never throws", async () => {
    const away = means([new Error("away"), new Error("away")]);
    expect(await lookAt("1", TEXT, away)).toEqual({ id: "1", looked: false, card: null, flag: null });
    expect(away.asked).toHaveLength(2);
    expect(await lookAt("2", TEXT, means([json({}, 422)]))).toMatchObject({ looked: false });
  });

  it("fetches another ticket where the last one was not taken", async () => {
    const ticket = vi.fn<Means["ticket"]>(async () => ({ ticket: "t", url: "https://live.example" }));
    expect(await lookAt("1", TEXT, means([json({}, 401), json(FOUND)], { ticket }))).toMatchObject({ looked: true });
    expect(ticket.mock.calls).toEqual([[false], [true]]);
  });

  it("sends the writer's own last texts along, never those of before they agreed", async () => {
    const calm = () => json({ ...FOUND, card: null, report: null, flag: null });
    const given = means([calm(), calm()]);
    const looking = new Looking();
    await looking.look("0", "before", { ...given, ticket: async () => ({ ticket: null, url: "" }) });
    await looking.look("1", "first", given);
    await looking.look("2", "second", given);
    const sent = given.asked.map(([, init]) => (JSON.parse(String(init.body)) as { history: string[] }).history);
    expect(sent).toEqual([[], ["first"]]);
  });
});
