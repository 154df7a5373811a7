/** A conversation as it stands on the screen and, sealed, at rest; and how each turn changes it. */
import type { FlagStatus } from "@/api/types";

import type { Ask, Card, Effect, Event, Message, Turn } from "./wire";

export interface Bubble {
  /** The turn it belongs to, and its place in it. */
  id: string;
  by: "person" | "companion";
  kind: Message["kind"] | "said" | "chose" | "words";
  text: string;
  at: string;
}

/** What was said or tapped and has no answer yet. */
export interface Pending {
  /** The turn's id; a second try has the same one. */
  id: string;
  event: Event;
  at: string;
}

export interface Exercise {
  breathe?: { in: number; hold: number; out: number; minutes: number };
  waitMinutes?: number;
}

/** The content of a vault item of kind `conversation`, schema 1. */
export interface Talk {
  begun_at: string;
  /** When the newest turn was answered. */
  written_at: string;
  /** Counts turns: of two branches the one that went on later leads. */
  turns: number;
  bubbles: Bubble[];
  /** The server's own state, opaque here; null before the first turn. */
  conversation: object | null;
  ask: Ask | null;
  card: Card | null;
  /** The words that the card is about, as they were written. */
  about: string;
  exercise: Exercise | null;
  /** The safety plan is offered. */
  plan: boolean;
  /** Flags that words of this conversation raised. */
  flags: FlagStatus[];
  pending: Pending | null;
  /** Texts that the person asked to keep, until they are in the private writing or put away. */
  keeps: string[];
  /** An exercise that was just finished: whether it helped is asked, where that is remembered. */
  finished?: string | null;
  /** The version of the practice's policy that was shown before it began; null for none. */
  policy: number | null;
  deleted?: boolean;
}

/** Own texts that go along with a turn, for the screen to notice what adds up. */
const HISTORY = 12;

export const begin = (now: string): Talk => ({
  begun_at: now,
  written_at: now,
  turns: 0,
  bubbles: [],
  conversation: null,
  ask: null,
  card: null,
  about: "",
  exercise: null,
  plan: false,
  flags: [],
  pending: null,
  keeps: [],
  policy: null,
});

/**
 * Shown at once, before anything is sent. `label` is what a tapped button said; a move that is no part
 * of the conversation has none, and no bubble.
 */
export function put(talk: Talk, pending: Pending, label = ""): Talk {
  const { event, id, at } = pending;
  if (event.kind === "opened" || (event.kind === "chose" && label === "")) return { ...talk, pending };
  const text = event.kind === "said" ? event.text : label;
  const bubble: Bubble = { id: `${id}.0`, by: "person", kind: event.kind, text, at };
  return { ...talk, pending, bubbles: [...talk.bubbles, bubble] };
}

/** Takes back what was put and had no answer; its words go back to the person. */
export function takeBack(talk: Talk): Talk {
  const { pending } = talk;
  if (pending === null) return talk;
  return {
    ...talk,
    pending: null,
    bubbles: talk.bubbles.filter(({ id }) => !id.startsWith(`${pending.id}.`)),
  };
}

function exerciseIn(effects: readonly Effect[]): Exercise | null {
  const found = effects.findLast(({ kind }) => kind === "exercise");
  if (found === undefined) return null;
  const { breathe, wait_minutes } = found.data;
  if (typeof breathe === "object" && breathe !== null) {
    const given = breathe as Record<string, number>;
    const { in: inward = 4, hold = 0, out = 6, minutes = 2 } = given;
    return { breathe: { in: inward, hold, out, minutes } };
  }
  return typeof wait_minutes === "number" ? { waitMinutes: wait_minutes } : null;
}

const withFlag = (flags: readonly FlagStatus[], flag: FlagStatus | null): FlagStatus[] =>
  flag === null ? [...flags] : [...flags.filter(({ id }) => id !== flag.id), flag];

/** The answer's first line. */
export function answered(talk: Talk, turn: Turn, now: string): Talk {
  const id = talk.pending?.id ?? now;
  const said = talk.pending?.event.kind === "said" ? talk.pending.event.text : "";
  const fresh = turn.messages.map(
    ({ kind, text }, at): Bubble => ({ id: `${id}.${at + 1}`, by: "companion", kind, text, at: now }),
  );
  // A card that was put away comes back with any new one; without one the last stays as it was.
  const about = (turn.card?.passage ?? []).length > 0 ? said : talk.about;
  return {
    ...talk,
    written_at: now,
    turns: talk.turns + 1,
    bubbles: [...talk.bubbles, ...fresh],
    conversation: turn.conversation,
    ask: turn.ask,
    card: turn.card,
    about: turn.card === null ? "" : about,
    exercise: exerciseIn(turn.effects),
    plan: turn.effects.some(({ kind }) => kind === "safety_plan"),
    flags: withFlag(talk.flags, turn.flag),
    pending: null,
    keeps: [...talk.keeps, ...keepsIn(turn.effects)],
    finished: finishedIn(turn.effects) ?? (turn.effects.length > 0 ? null : (talk.finished ?? null)),
  };
}

const finishedIn = (effects: readonly Effect[]): string | null =>
  effects.flatMap(({ kind, data }) =>
    kind === "finished" && typeof data["flow"] === "string" ? [data["flow"]] : [],
  )[0] ?? null;

/** One more sentence of the same answer. */
export function spoken(talk: Talk, turn: string, text: string, now: string): Talk {
  const last = talk.bubbles.at(-1);
  if (last?.kind === "words" && last.id === `${turn}.words`) {
    const longer = { ...last, text: `${last.text} ${text}` };
    return { ...talk, bubbles: [...talk.bubbles.slice(0, -1), longer] };
  }
  const bubble: Bubble = { id: `${turn}.words`, by: "companion", kind: "words", text, at: now };
  return { ...talk, bubbles: [...talk.bubbles, bubble] };
}

/** Own texts, oldest first; not the one that is being sent. */
export const historyOf = ({ bubbles, pending }: Talk): string[] =>
  bubbles
    .filter(({ kind, id }) => kind === "said" && !(pending !== null && id.startsWith(`${pending.id}.`)))
    .map(({ text }) => text)
    .slice(-HISTORY);

/** What a list of conversations shows: the first words of the person's, else of the companion's. */
export function titleOf({ bubbles }: Talk): string {
  const own = bubbles.find(({ kind }) => kind === "said") ?? bubbles.find(({ kind }) => kind === "chose");
  const text = (own ?? bubbles[0])?.text ?? "";
  return text.length <= 80 ? text : `${text.slice(0, 79).trimEnd()}…`;
}

/**
 * The parts of the words that a card is about, each once; offsets count code points, as the screen
 * does. Where something between them was left out, it shows.
 */
export function passageOf(text: string, spans: NonNullable<Card["passage"]>): string {
  const letters = Array.from(text);
  const whole: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = whole.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else whole.push({ start, end });
  }
  return whole
    .map(({ start, end }) => letters.slice(start, end).join("").trim())
    .filter((part) => part !== "")
    .join(" […] ");
}

/** Texts that the person asked to keep, in the order in which they did. */
export const keepsIn = (effects: readonly Effect[]): string[] =>
  effects.flatMap(({ kind, data }) =>
    kind === "keep" && typeof data["text"] === "string" ? [data["text"]] : [],
  );

export const encodeTalk = (talk: Talk): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(talk));

export const decodeTalk = (bytes: Uint8Array): Talk =>
  JSON.parse(new TextDecoder().decode(bytes)) as Talk;
