/**
 * One conversation while it is on the screen: what is put is shown and kept at once, then sent; what
 * has no answer stays and is sent again. Knows nothing of React; the screen subscribes to it.
 */
import { v7 } from "uuid";

import type { FlagStatus } from "@/api/types";

import type { Helped } from "./remember";
import {
  answered,
  historyOf,
  type Pending,
  put,
  spoken,
  takeBack,
  type Talk,
} from "./talk";
import { type Failure, type Heard, type Told, TurnFailed } from "./transport";
import type { Effect, Event, Turn, TurnRequest } from "./wire";

/** From here on the lines are offered while an answer is awaited. */
export const SLOW_MS = 3_000;
const AGAIN_MS = 15_000;

export interface View {
  talk: Talk;
  state: "still" | "asking" | "speaking" | "unread";
  /** Why there is no answer; with `unread`. */
  failure: Failure | null;
  /** The answer takes long: lines are offered meanwhile. */
  slow: boolean;
  /** The screen did not work for the newest words: nobody can say that they are harmless. */
  unscreened: boolean;
  /** The newest words are in a language that is not read well enough. */
  unsupported: boolean;
  /** Words that could not be taken and go back to the person. */
  returned: string | null;
  /** The newest turn's id, for what it reported. */
  turn: string | null;
  /** Live could not tell the care team; this device goes on trying. */
  untold: boolean;
}

/** What the conversation needs from around it. */
export interface Around {
  context: () => Pick<TurnRequest, "language" | "zone" | "country" | "memory">;
  take: (request: TurnRequest, heard: Heard, signal: AbortSignal) => Promise<Told>;
  /** Keeps what has no answer yet. */
  keepWaiting: (talk: Talk) => Promise<void>;
  /** Seals what was answered. */
  keep: (talk: Talk) => Promise<void>;
  /** A report that live could not hand over. */
  keepReport: (id: string, blob: string) => Promise<void>;
  /** What of a turn may be remembered. */
  onEffects?: (effects: Effect[]) => void;
  onHelped?: (flow: string, helped: Helped) => void;
  /** Whether the person lets it remember. */
  remembers?: () => boolean;
  now?: () => Date;
}

const STILL: Omit<View, "talk"> = {
  state: "still",
  failure: null,
  slow: false,
  unscreened: false,
  unsupported: false,
  returned: null,
  turn: null,
  untold: false,
};

export class Session {
  private view: View;
  private readonly listeners = new Set<() => void>();
  private stop: AbortController | null = null;
  private timers: ReturnType<typeof setTimeout>[] = [];
  private ended = false;

  constructor(
    talk: Talk,
    private readonly around: Around,
  ) {
    const unread = talk.pending !== null;
    this.view = { ...STILL, talk, ...(unread ? { state: "unread", failure: "away" } : {}) };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): View => this.view;

  private set(news: Partial<View>): void {
    this.view = { ...this.view, ...news };
    for (const listener of this.listeners) listener();
  }

  private instant(): string {
    return (this.around.now?.() ?? new Date()).toISOString();
  }

  get busy(): boolean {
    return this.view.state === "asking" || this.view.state === "speaking";
  }

  /** The person comes (back). */
  open(): Promise<void> {
    return this.begin({ kind: "opened" });
  }

  /** Words of the person's. While others wait unanswered, they join them. */
  say(text: string): Promise<void> {
    const before = this.view.talk.pending;
    if (this.view.state === "unread" && before?.event.kind === "said") {
      const joined = `${before.event.text}\n\n${text}`;
      this.set({ talk: takeBack(this.view.talk) });
      return this.begin({ kind: "said", text: joined });
    }
    return this.begin({ kind: "said", text });
  }

  choose(codes: string[], label: string): Promise<void> {
    return this.begin({ kind: "chose", codes }, label);
  }

  /** Tries once more what has no answer. */
  again(): Promise<void> {
    return this.busy || this.view.talk.pending === null ? Promise.resolve() : this.attempt();
  }

  /** The screen is there. */
  start(): void {
    this.ended = false;
  }

  /** Leaves the screen; what is under way is given up, and stays as unanswered. */
  end(): void {
    this.ended = true;
    this.stop?.abort();
    this.clear();
  }

  /** Changes the conversation by something other than a turn, and seals it so. */
  async change(how: (talk: Talk) => Talk): Promise<void> {
    this.set({ talk: how(this.view.talk) });
    if (!this.busy && this.view.talk.pending === null) await this.around.keep(this.view.talk);
  }

  addFlags(flags: readonly FlagStatus[]): void {
    const { talk } = this.view;
    const ids = new Set(flags.map(({ id }) => id));
    const kept = talk.flags.filter(({ id }) => !ids.has(id));
    if (flags.length > 0) this.set({ talk: { ...talk, flags: [...kept, ...flags] }, untold: false });
  }

  private clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
  }

  private async begin(event: Event, label = ""): Promise<void> {
    if (this.busy) return;
    const pending: Pending = { id: v7(), event, at: this.instant() };
    // What was tapped and never answered is replaced; what was written is never dropped.
    const talk = put(takeBack(this.view.talk), pending, label);
    this.set({ ...STILL, talk });
    await this.around.keepWaiting(talk);
    await this.attempt();
  }

  private async attempt(): Promise<void> {
    const { pending } = this.view.talk;
    if (pending === null || this.ended) return;
    this.clear();
    this.stop = new AbortController();
    this.set({ state: "asking", failure: null, slow: false });
    this.timers.push(setTimeout(() => this.set({ slow: true }), SLOW_MS));
    const request: TurnRequest = {
      id: pending.id,
      conversation: this.view.talk.conversation,
      event: pending.event,
      history: historyOf(this.view.talk),
      ...this.around.context(),
    };
    const heard: Heard = {
      onTurn: (turn) => this.hear(pending.id, turn),
      onWords: (text) => this.set({ talk: spoken(this.view.talk, pending.id, text, this.instant()) }),
    };
    try {
      await this.around.take(request, heard, this.stop.signal);
      this.clear();
      this.set({ state: "still" });
      await this.around.keep(this.view.talk);
    } catch (error) {
      this.clear();
      if (!(error instanceof TurnFailed)) throw error;
      await this.failed(pending, error.why);
    }
  }

  /** Whether an exercise that was finished helped; it is asked once. */
  helped(flow: string, helped: Helped | null): void {
    if (helped !== null) this.around.onHelped?.(flow, helped);
    void this.change((talk) => ({ ...talk, finished: null }));
  }

  remembers(): boolean {
    return this.around.remembers?.() ?? false;
  }

  private hear(id: string, turn: Turn): void {
    this.clear();
    const { screening, report, told, effects } = turn;
    const said = this.view.talk.pending?.event.kind === "said";
    this.set({
      talk: answered(this.view.talk, turn, this.instant()),
      state: turn.reflecting ? "speaking" : "still",
      slow: false,
      unscreened: said && (screening === null || screening.level === null),
      unsupported: said && screening !== null && !screening.supported,
      turn: id,
      untold: report !== null && told !== "yes",
    });
    if (report !== null && told !== "yes") void this.around.keepReport(id, report);
    if (effects.some(({ kind }) => kind === "finished" || kind === "offer")) {
      this.around.onEffects?.(effects);
    }
  }

  private async failed({ event }: Pending, why: Failure): Promise<void> {
    if (why === "too-long" && event.kind === "said") {
      this.set({ talk: takeBack(this.view.talk), state: "still", failure: why, returned: event.text });
      await this.around.keepWaiting(this.view.talk);
      return;
    }
    this.set({ state: "unread", failure: why, slow: false });
    if (why !== "refused" && !this.ended) {
      this.timers.push(setTimeout(() => void this.again(), AGAIN_MS));
    }
  }
}
