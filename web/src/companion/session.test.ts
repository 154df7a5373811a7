// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Around, Session, SLOW_MS } from "./session";
import { begin, type Talk } from "./talk";
import { type Heard, type Told, TurnFailed } from "./transport";
import type { Turn, TurnRequest } from "./wire";

const TURN: Turn = {
  kind: "turn",
  conversation: {},
  messages: [{ kind: "say", text: "I hear you.", line: "x" }],
  ask: null,
  effects: [],
  card: null,
  screening: { level: "none", supported: true },
  report: null,
  told: "yes",
  flag: null,
  reflecting: false,
};

type Answer = (heard: Heard) => Promise<Told>;

const answers =
  (turn: Partial<Turn> = {}): Answer =>
  async ({ onTurn }) => {
    onTurn({ ...TURN, ...turn });
    return { source: "script", cut: false };
  };

const fails =
  (why: TurnFailed["why"]): Answer =>
  async () => {
    throw new TurnFailed(why);
  };

function made(script: Answer[]): {
  session: Session;
  asked: TurnRequest[];
  kept: Talk[];
  waiting: Talk[];
  reports: string[];
} {
  const asked: TurnRequest[] = [];
  const kept: Talk[] = [];
  const waiting: Talk[] = [];
  const reports: string[] = [];
  const around: Around = {
    context: () => ({ language: "en", zone: "UTC", country: null, memory: {} }),
    take: (request, heard) => {
      asked.push(request);
      return (script[asked.length - 1] ?? fails("away"))(heard);
    },
    keep: async (talk) => void kept.push(talk),
    keepWaiting: async (talk) => void waiting.push(talk),
    keepReport: async (id) => void reports.push(id),
  };
  return { session: new Session(begin("2026-11-23T10:00:00Z"), around), asked, kept, waiting, reports };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a session", () => {
  it("keeps the words on the device before it sends them, and seals them with the answer", async () => {
    const { session, kept, waiting } = made([answers()]);
    await session.say("A hard day");
    expect(waiting[0]?.pending?.event).toEqual({ kind: "said", text: "A hard day" });
    expect(kept).toHaveLength(1);
    expect(kept[0]?.pending).toBeNull();
    expect(kept[0]?.bubbles.map(({ text }) => text)).toEqual(["A hard day", "I hear you."]);
  });

  it("says that nobody has read it when nobody could be reached, and tries again by itself", async () => {
    const { session, asked, kept } = made([fails("away"), answers()]);
    await session.say("A hard day");
    expect(session.snapshot()).toMatchObject({ state: "unread", failure: "away" });
    expect(kept).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(session.snapshot().state).toBe("still");
    expect(asked[1]?.id).toBe(asked[0]?.id);
  });

  it("adds what is written meanwhile to the words that wait", async () => {
    const { session, asked } = made([fails("away"), answers()]);
    await session.say("first");
    await session.say("second");
    expect(asked[1]?.event).toEqual({ kind: "said", text: "first\n\nsecond" });
    expect(session.snapshot().talk.bubbles.filter(({ by }) => by === "person")).toHaveLength(1);
  });

  it("gives words that are too long back to the person", async () => {
    const { session } = made([fails("too-long")]);
    await session.say("very long");
    expect(session.snapshot()).toMatchObject({ state: "still", failure: "too-long", returned: "very long" });
    expect(session.snapshot().talk.bubbles).toHaveLength(0);
  });

  it("offers the lines while an answer takes long, and stops when it is there", async () => {
    let answer: () => void = () => undefined;
    const slow: Answer = (heard) =>
      new Promise((done) => {
        answer = () => void answers()(heard).then(done);
      });
    const { session } = made([slow]);
    const said = session.say("A hard day");
    await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
    expect(session.snapshot().slow).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(session.snapshot().slow).toBe(true);
    answer();
    await said;
    expect(session.snapshot()).toMatchObject({ slow: false, state: "still" });
  });

  it("takes one turn at a time", async () => {
    const never: Answer = () => new Promise(() => undefined);
    const { session, asked } = made([never]);
    void session.say("one");
    await vi.advanceTimersByTimeAsync(0);
    await session.say("two");
    expect(asked).toHaveLength(1);
  });

  it("keeps a report that could not be handed over, and says that nobody was told yet", async () => {
    const { session, asked, reports } = made([answers({ report: "sealed", told: "unreachable" })]);
    await session.say("words");
    expect(reports).toEqual([asked[0]?.id]);
    expect(session.snapshot().untold).toBe(true);
    session.addFlags([{ id: "f" } as never]);
    expect(session.snapshot()).toMatchObject({ untold: false, talk: { flags: [{ id: "f" }] } });
  });

  it("calls words that were not screened unscreened, not safe", async () => {
    const { session } = made([answers({ screening: { level: null, supported: true } }), answers()]);
    await session.say("words");
    expect(session.snapshot().unscreened).toBe(true);
    await session.choose(["yes"], "Yes");
    expect(session.snapshot().unscreened).toBe(false);
  });

  it("begins with what was left unanswered", async () => {
    const first = made([fails("away")]);
    await first.session.say("words");
    first.session.end();
    const again = new Session(first.waiting[0]!, {
      context: () => ({ language: "en", zone: "UTC", country: null, memory: {} }),
      take: (_, heard) => answers()(heard),
      keep: async () => undefined,
      keepWaiting: async () => undefined,
      keepReport: async () => undefined,
    });
    expect(again.snapshot().state).toBe("unread");
    await again.again();
    expect(again.snapshot().state).toBe("still");
  });
});
