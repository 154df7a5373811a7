// @vitest-environment node
import { describe, expect, it } from "vitest";

import {
  answered,
  begin,
  decodeTalk,
  encodeTalk,
  historyOf,
  passageOf,
  put,
  spoken,
  takeBack,
  type Talk,
  titleOf,
} from "./talk";
import type { Card, Turn } from "./wire";

const NOW = "2026-11-23T10:00:00.000Z";

const turn = (more: Partial<Turn> = {}): Turn => ({
  kind: "turn",
  conversation: { companion: 1 },
  messages: [{ kind: "ask", text: "What happened?", line: "a.0" }],
  ask: null,
  effects: [],
  card: null,
  screening: { level: "none", supported: true },
  report: null,
  told: "yes",
  flag: null,
  reflecting: false,
  ...more,
});

const said = (talk: Talk, id: string, text: string): Talk =>
  put(talk, { id, event: { kind: "said", text }, at: NOW });

const crisis: Card = {
  kind: "crisis",
  level: "urgent",
  lines: [],
  emergency: "112",
  dismissable: false,
  passage: [{ start: 2, end: 6 }],
};

describe("a conversation", () => {
  it("shows what was written before anybody answered", () => {
    const talk = said(begin(NOW), "t1", "A hard day");
    expect(talk.bubbles.map(({ text }) => text)).toEqual(["A hard day"]);
    expect(talk.pending?.id).toBe("t1");
  });

  it("goes on with the server's state and asks what the answer asks", () => {
    const ask = { kind: "choice", replies: [{ code: "yes", label: "Yes" }], commands: [] };
    const talk = answered(said(begin(NOW), "t1", "A hard day"), turn({ ask }), NOW);
    expect(talk.conversation).toEqual({ companion: 1 });
    expect(talk.ask).toEqual(ask);
    expect(talk.pending).toBeNull();
    expect(talk.turns).toBe(1);
    expect(talk.bubbles.map(({ by }) => by)).toEqual(["person", "companion"]);
  });

  it("sends at most twelve own texts along, without the one under way and without taps", () => {
    let talk = begin(NOW);
    for (let at = 0; at < 14; at += 1) talk = answered(said(talk, `t${at}`, `text ${at}`), turn(), NOW);
    talk = answered(
      put(talk, { id: "tap", event: { kind: "chose", codes: ["yes"] }, at: NOW }, "Yes"),
      turn(),
      NOW,
    );
    const history = historyOf(said(talk, "now", "this one"));
    expect(history).toHaveLength(12);
    expect(history[0]).toBe("text 2");
    expect(history).not.toContain("this one");
    expect(history).not.toContain("Yes");
  });

  it("takes back what could not be sent, and nothing else", () => {
    const before = answered(said(begin(NOW), "t1", "first"), turn(), NOW);
    expect(takeBack(said(before, "t2", "second")).bubbles).toEqual(before.bubbles);
  });

  it("remembers which words a card is about until there is no card", () => {
    const with_card = answered(said(begin(NOW), "t1", "I want it over"), turn({ card: crisis }), NOW);
    expect(with_card.about).toBe("I want it over");
    const tapped = put(with_card, { id: "t2", event: { kind: "chose", codes: ["no"] }, at: NOW }, "No");
    const next = answered(tapped, turn({ card: { ...crisis, passage: [] } }), NOW);
    expect(next.about).toBe("I want it over");
    expect(answered(next, turn(), NOW).about).toBe("");
  });

  it("keeps a flag once, as it was told last", () => {
    const flag = (state: string) => ({ id: "f", state }) as never;
    const first = answered(begin(NOW), turn({ flag: flag("open") }), NOW);
    const second = answered(first, turn({ flag: flag("acknowledged") }), NOW);
    expect(second.flags).toEqual([flag("acknowledged")]);
    expect(answered(second, turn(), NOW).flags).toEqual([flag("acknowledged")]);
  });

  it("joins the sentences of one reflection in one bubble", () => {
    let talk = answered(said(begin(NOW), "t1", "words"), turn(), NOW);
    talk = spoken(spoken(talk, "t1", "One.", NOW), "t1", "Two.", NOW);
    expect(talk.bubbles.at(-1)?.text).toBe("One. Two.");
    expect(talk.bubbles.filter(({ kind }) => kind === "words")).toHaveLength(1);
  });

  it("notes what the person asked to keep and how a breath goes", () => {
    const effects = [
      { kind: "keep", data: { flow: "x", text: "My summary" } },
      { kind: "exercise", data: { breathe: { in: 4, hold: 0, out: 6, minutes: 2 } } },
    ];
    const talk = answered(begin(NOW), turn({ effects }), NOW);
    expect(talk.keeps).toEqual(["My summary"]);
    expect(talk.exercise?.breathe?.out).toBe(6);
    expect(answered(talk, turn(), NOW).exercise).toBeNull();
  });

  it("is the same after it was sealed and opened", () => {
    const talk = answered(said(begin(NOW), "t1", "Ein schöner Tag 🌧"), turn({ card: crisis }), NOW);
    expect(decodeTalk(encodeTalk(talk))).toEqual(talk);
  });

  it("is called by the person's own first words", () => {
    expect(titleOf(answered(said(begin(NOW), "t1", "x".repeat(100)), turn(), NOW))).toHaveLength(80);
  });
});

describe("the passage", () => {
  it("counts letters as the screen does, also past a sign of two code units", () => {
    expect(passageOf("🌧 end it all now", [{ start: 2, end: 12 }])).toBe("end it all");
  });

  it("joins parts in their order and shows where something was left out", () => {
    const spans = [
      { start: 9, end: 12 },
      { start: 0, end: 3 },
    ];
    expect(passageOf("one two three", spans)).toBe("one […] hre");
  });

  it("shows what several rules found at once only once", () => {
    const spans = [
      { start: 4, end: 13 },
      { start: 0, end: 7 },
      { start: 4, end: 7 },
    ];
    expect(passageOf("one two three", spans)).toBe("one two three");
  });
});
