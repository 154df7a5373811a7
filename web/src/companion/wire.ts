/** What goes between this client and the live process (docs/reference/companion-server.md). */
import type { FlagStatus } from "@/api/types";

export interface Reply {
  code: string;
  label: string;
}

/** What the person answers with; `kind` chooses the widget. Words always work. */
export interface Ask {
  kind: string;
  replies: Reply[];
  commands: Reply[];
  low?: number | null;
  high?: number | null;
  many?: boolean;
  /** What stands there already, to edit. */
  value?: string | null;
}

export interface Message {
  kind: "say" | "ask" | "summary" | "protocol" | "notice";
  text: string;
  line: string;
}

export interface Effect {
  kind: string;
  data: Record<string, unknown>;
}

/** A crisis line as the ticket had it. */
export interface CardLine {
  id?: string;
  name: string;
  number?: string | null;
  text_number?: string | null;
  text_word?: string | null;
  url?: string | null;
  hours?: string | null;
}

export const CARD_KINDS = [
  "crisis",
  "emergency",
  "others",
  "abuse",
  "minor",
  "medical",
  "other_person",
  "lines",
] as const;

export type CardKind = (typeof CARD_KINDS)[number];

export interface Card {
  kind: CardKind;
  level: string | null;
  lines: CardLine[];
  emergency: string | null;
  dismissable: boolean;
  /** Which part of the newest words it is about, as offsets in code points; null without any. */
  passage: { start: number; end: number }[] | null;
}

export type Event =
  | { kind: "opened" }
  | { kind: "said"; text: string }
  | { kind: "chose"; codes: string[] };

export interface TurnRequest {
  id: string;
  conversation: object | null;
  event: Event;
  history: string[];
  language: string;
  zone: string;
  country: string | null;
  memory: object;
}

/** The first line of an answer. */
export interface Turn {
  kind: "turn";
  conversation: object | null;
  messages: Message[];
  ask: Ask | null;
  effects: Effect[];
  card: Card | null;
  screening: { level: string | null; supported: boolean } | null;
  /** Sealed for the care team's server; this client posts it where live could not. */
  report: string | null;
  told: "yes" | "no" | "unreachable";
  flag: FlagStatus | null;
  reflecting: boolean;
}

export type Line = Turn | { kind: "words"; text: string } | { kind: "end"; source: "model" | "script" };

const LONGEST_LINE = 1_000_000;

/** The JSON objects of a stream of lines, each as soon as its line has ended. */
export async function* ndjson(body: ReadableStream<Uint8Array>): AsyncGenerator<Line, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split("\n");
      rest = done ? "" : (lines.pop() ?? "");
      if (rest.length > LONGEST_LINE) throw new SyntaxError("a line without an end");
      for (const line of lines) {
        if (line.trim() !== "") yield JSON.parse(line) as Line;
      }
      if (done) return;
    }
  } finally {
    // Whoever stops reading early lets the connection go.
    await reader.cancel().catch(() => undefined);
  }
}
