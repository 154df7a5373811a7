// @vitest-environment node
import { describe, expect, it } from "vitest";

import { takeTurn, TurnFailed, type Means } from "./transport";
import { type Line, ndjson, type Turn, type TurnRequest } from "./wire";

const REQUEST: TurnRequest = {
  id: "0193",
  conversation: null,
  event: { kind: "said", text: "words" },
  history: [],
  language: "en",
  zone: "UTC",
  country: null,
  memory: {},
};

const TURN = {
  kind: "turn",
  conversation: {},
  messages: [],
  ask: null,
  effects: [],
  card: null,
  screening: null,
  report: null,
  told: "yes",
  flag: null,
  reflecting: false,
};

/** A body that arrives in the given pieces; an Error among them breaks the connection. */
function bodyOf(pieces: (string | Uint8Array | Error)[], end = true): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) {
        if (piece instanceof Error) return controller.error(piece);
        controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
      }
      if (end) controller.close();
      return undefined;
    },
  });
}

async function all(body: ReadableStream<Uint8Array>): Promise<Line[]> {
  const found: Line[] = [];
  for await (const line of ndjson(body)) found.push(line);
  return found;
}

/** Answers each request with the next of the responses, and notes what was sent. */
function server(responses: (() => Response | Promise<Response>)[]): Means & { sent: RequestInit[]; tickets: boolean[] } {
  const sent: RequestInit[] = [];
  const tickets: boolean[] = [];
  return {
    sent,
    tickets,
    patienceMs: 60,
    ticket: async (anew) => {
      tickets.push(anew);
      return { ticket: `t${tickets.length}`, origin: "https://live" };
    },
    fetch: (async (_: string, init: RequestInit) => {
      sent.push(init);
      const next = responses[sent.length - 1];
      if (next === undefined) throw new TypeError("network");
      return next();
    }) as typeof fetch,
  };
}

const ok = (...lines: object[]) => () =>
  new Response(bodyOf(lines.map((line) => `${JSON.stringify(line)}\n`)), { status: 200 });

const problem = (status: number) => () => new Response("{}", { status });

interface Heard {
  turns: Turn[];
  words: string[];
  onTurn: (turn: Turn) => void;
  onWords: (text: string) => void;
}

function ears(): Heard {
  const turns: Turn[] = [];
  const words: string[] = [];
  return { turns, words, onTurn: (turn) => turns.push(turn), onWords: (text) => words.push(text) };
}

describe("lines of JSON", () => {
  it("come out whole, wherever the pieces of the body part", async () => {
    const bytes = new TextEncoder().encode('{"kind":"words","text":"schön"}\n{"kind":"end","source":"script"}\n');
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const lines = await all(bodyOf([bytes.slice(0, cut), bytes.slice(cut)]));
      expect(lines).toEqual([
        { kind: "words", text: "schön" },
        { kind: "end", source: "script" },
      ]);
    }
  });

  it("need no line break after the last, and empty lines say nothing", async () => {
    expect(await all(bodyOf(['\n\r\n{"kind":"end","source":"model"}']))).toEqual([
      { kind: "end", source: "model" },
    ]);
  });

  it("that are no JSON are an error", async () => {
    await expect(all(bodyOf(["{no\n"]))).rejects.toThrow(SyntaxError);
  });
});

describe("a turn", () => {
  it("carries the ticket and is over with its first line where nothing is reflected", async () => {
    const means = server([ok(TURN)]);
    const heard = ears();
    expect(await takeTurn(REQUEST, heard, means)).toEqual({ source: "script", cut: false });
    expect(heard.turns).toHaveLength(1);
    expect(new Headers(means.sent[0]?.headers).get("Authorization")).toBe("Ticket t1");
    expect(means.sent[0]?.credentials).toBe("omit");
  });

  it("hears each sentence of a reflection", async () => {
    const reflecting = { ...TURN, reflecting: true };
    const words = { kind: "words", text: "I hear you." };
    const heard = ears();
    const told = await takeTurn(REQUEST, heard, server([ok(reflecting, words, { kind: "end", source: "model" })]));
    expect(told).toEqual({ source: "model", cut: false });
    expect(heard.words).toEqual(["I hear you."]);
  });

  it("asks for another ticket once, where the first was not taken, under the same id", async () => {
    const means = server([problem(401), ok(TURN)]);
    await takeTurn(REQUEST, ears(), means);
    expect(means.tickets).toEqual([false, true]);
    const ids = means.sent.map(({ body }) => (JSON.parse(body as string) as TurnRequest).id);
    expect(ids).toEqual(["0193", "0193"]);
  });

  it("is tried again when the network or the process was away", async () => {
    const heard = ears();
    await takeTurn(REQUEST, heard, server([problem(503), ok(TURN)]));
    expect(heard.turns).toHaveLength(1);
  });

  it.each([
    [413, "too-long"],
    [422, "refused"],
    [429, "too-often"],
  ])("answered with %i is not tried again", async (status, why) => {
    const means = server([problem(status), ok(TURN)]);
    await expect(takeTurn(REQUEST, ears(), means)).rejects.toMatchObject({ why });
    expect(means.sent).toHaveLength(1);
  });

  it("without a first line is no answer, and says so", async () => {
    const means = server([() => new Response(bodyOf([], false), { status: 200 })]);
    await expect(takeTurn(REQUEST, ears(), means)).rejects.toBeInstanceOf(TurnFailed);
  });

  it("that breaks off later stands as far as it was heard, and is not asked for again", async () => {
    const line = `${JSON.stringify({ ...TURN, reflecting: true })}\n`;
    const means = server([() => new Response(bodyOf([line], false), { status: 200 })]);
    const heard = ears();
    expect(await takeTurn(REQUEST, heard, means)).toEqual({ source: "script", cut: true });
    expect(means.sent).toHaveLength(1);
  });

  it("is not begun without a ticket", async () => {
    const means = server([ok(TURN)]);
    means.ticket = async () => {
      throw new TurnFailed("refused");
    };
    await expect(takeTurn(REQUEST, ears(), means)).rejects.toMatchObject({ why: "refused" });
    expect(means.sent).toHaveLength(0);
  });

  it("that was given up is not tried again", async () => {
    const stop = new AbortController();
    const means = server([
      () => {
        stop.abort();
        throw new DOMException("", "AbortError");
      },
      ok(TURN),
    ]);
    await expect(takeTurn(REQUEST, ears(), means, stop.signal)).rejects.toBeInstanceOf(TurnFailed);
    expect(means.sent).toHaveLength(1);
  });
});
