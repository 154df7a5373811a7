/**
 * Live news: one socket for each practice, however many parts of a page follow something.
 *
 * The server's database is the truth and the socket only says where to look: whoever subscribes
 * fetches once, and again whenever `gap` is called. Where no socket can be had (an old proxy, a
 * captive network), `gap` comes every 15 seconds instead, so that everything works, only later.
 */
import { api, practicePath } from "@/api/client";

import { type Present, read, type Said, type Told, type TopicTicket } from "./wire";

export type { Present, Said, Told } from "./wire";

export interface Handlers {
  told?: (message: Told) => void;
  said?: (message: Said) => void;
  /** Somebody who may speak here is there: also for each who was there before. */
  came?: (who: Present) => void;
  went?: (who: Present) => void;
  /** Something may have been missed: fetch. Called whenever the topic becomes live. */
  gap?: () => void;
}

export interface Topics {
  /** Follow a topic (`kind:uuid`): subscribe first, then fetch. Returns the way to end it. */
  subscribe: (topic: string, handlers: Handlers) => () => void;
  /** Say something to the others on a topic; false where it cannot be said now. */
  say: (topic: string, data: unknown) => boolean;
  /** This page's own socket, by the number that others see; null while there is none. */
  connection: () => string | null;
}

export interface Means {
  /** Throws where there is none to be had. */
  ticket: (topics: string[]) => Promise<TopicTicket>;
  socket: (url: string) => WebSocket;
  /** From 0 up to 1. */
  random: () => number;
}

export const POLL_MS = 15_000;
/** Tickets live for ten minutes. */
export const RENEW_MS = 6 * 60_000;
/** The server says something every 20 seconds: a socket that is silent for so long is dead. */
export const SILENT_MS = 50_000;
const OPENING_MS = 10_000;
const GATHER_MS = 20;
/** For how long a topic is kept that nobody follows: pages change, and the next one may. */
const IDLE_MS = 5_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
/** Over how long the clients of one server fetch after something was lost. */
const GAP_SPREAD_MS = 2_000;
const MOST_TOPICS = 50;

type Timer = ReturnType<typeof setTimeout>;

interface Followed {
  handlers: Set<Handlers>;
  present: Map<string, Present>;
}

export class Line implements Topics {
  private readonly followed = new Map<string, Followed>();
  private live: Record<string, "r" | "rw"> = {};
  private socket: WebSocket | null = null;
  private own: string | null = null;
  private busy = false;
  private stale = false;
  private failures = 0;
  private heardAt = 0;
  private readonly timers = new Map<string, Timer>();

  constructor(private readonly means: Means) {
    if (typeof window === "undefined") return;
    // A device that wakes up or finds its network again does not wait out its patience.
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.hurry();
    });
  }

  subscribe(topic: string, handlers: Handlers): () => void {
    const found = this.followed.get(topic) ?? { handlers: new Set(), present: new Map() };
    if (!this.followed.has(topic)) {
      this.followed.set(topic, found);
      this.after("refresh", GATHER_MS, () => void this.refresh());
      if (!this.timers.has("poll")) this.poll();
    }
    found.handlers.add(handlers);
    for (const who of found.present.values()) handlers.came?.(who);
    return () => {
      found.handlers.delete(handlers);
      if (found.handlers.size === 0) this.after("idle", IDLE_MS, () => this.rest());
    };
  }

  say(topic: string, data: unknown): boolean {
    if (this.live[topic] !== "rw" || this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify({ kind: "say", topic, data }));
    return true;
  }

  connection(): string | null {
    return this.own;
  }

  // --- the socket

  /** Have a socket whose ticket names what is followed now. */
  private async refresh(): Promise<void> {
    if (this.busy) {
      this.stale = true;
      return;
    }
    if (this.followed.size === 0) return;
    this.cancel("retry");
    this.busy = true;
    try {
      const given = await this.means.ticket([...this.followed.keys()].slice(0, MOST_TOPICS));
      if (this.own !== null && this.socket?.readyState === 1) {
        this.socket.send(JSON.stringify({ kind: "renew", ticket: given.ticket }));
        this.after("renew", RENEW_MS, () => void this.refresh());
      } else if (this.followed.size > 0) this.open(given);
    } catch {
      if (this.own === null) this.retry();
      else this.after("renew", POLL_MS, () => void this.refresh());
    } finally {
      this.busy = false;
      if (this.stale) {
        this.stale = false;
        this.after("refresh", GATHER_MS, () => void this.refresh());
      }
    }
  }

  private open({ url, ticket }: TopicTicket): void {
    this.drop();
    let socket: WebSocket;
    try {
      socket = this.means.socket(url);
    } catch {
      this.retry();
      return;
    }
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ kind: "open", ticket }));
    socket.onmessage = (event) => {
      if (socket === this.socket) this.hear(event.data);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
    this.after("opening", OPENING_MS, () => this.lost());
  }

  /** The socket is over: everybody who was there is out of sight. */
  private drop(): void {
    const { socket } = this;
    this.socket = null;
    this.own = null;
    this.live = {};
    for (const name of ["opening", "renew", "silence", "leaving"]) this.cancel(name);
    if (socket !== null) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.onopen = null;
      socket.close();
    }
    for (const one of this.followed.values()) {
      const gone = [...one.present.values()];
      one.present.clear();
      for (const who of gone) for (const each of one.handlers) each.went?.(who);
    }
  }

  private lost(): void {
    this.drop();
    this.retry();
  }

  private retry(): void {
    if (this.followed.size === 0) return;
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures);
    this.failures += 1;
    this.after("retry", longest * (0.5 + this.means.random() / 2), () => void this.refresh());
  }

  private hurry(): void {
    if (this.followed.size === 0) return;
    if (this.own !== null && Date.now() - this.heardAt > SILENT_MS) this.lost();
    if (this.own === null && this.timers.has("retry")) {
      this.failures = 0;
      void this.refresh();
    }
  }

  private rest(): void {
    const idle = [...this.followed].filter(([, { handlers }]) => handlers.size === 0);
    for (const [topic] of idle) this.followed.delete(topic);
    if (this.followed.size > 0) {
      if (idle.length > 0) void this.refresh();
      return;
    }
    this.drop();
    for (const name of this.timers.keys()) this.cancel(name);
  }

  // --- what is heard

  private hear(frame: unknown): void {
    const message = read(frame);
    if (message === null) return;
    this.heardAt = Date.now();
    this.after("silence", SILENT_MS, () => this.lost());
    switch (message.kind) {
      case "opened":
        this.opened(message.topics, message.connection);
        break;
      case "told":
        this.each(message.topic, (one) => one.told?.({ seq: message.seq, data: message.data }));
        break;
      case "said": {
        const { from, account, data } = message;
        this.each(message.topic, (one) => one.said?.({ from, account, data }));
        break;
      }
      case "came":
      case "went":
        this.moved(message.kind, message.topic, message);
        break;
      case "leaving":
        this.after("leaving", message.after_ms, () => {
          this.drop();
          void this.refresh();
        });
        break;
      case "gap":
        this.after("gap", this.means.random() * GAP_SPREAD_MS, () => this.gaps(this.followed.keys()));
        break;
      // A refusal of one thing leaves the rest as it is; any other closes the socket by itself.
      case "refused":
      case "beat":
    }
  }

  private opened(topics: Record<string, "r" | "rw">, connection: string): void {
    const before = this.live;
    this.live = topics;
    this.own = connection;
    this.failures = 0;
    this.cancel("opening");
    if (!this.timers.has("renew")) this.after("renew", RENEW_MS, () => void this.refresh());
    this.gaps(Object.keys(topics).filter((topic) => before[topic] === undefined));
  }

  private moved(kind: "came" | "went", topic: string, { connection, account }: Present): void {
    const found = this.followed.get(topic);
    if (found === undefined || (kind === "came") === found.present.has(connection)) return;
    const who = { connection, account };
    if (kind === "came") found.present.set(connection, who);
    else found.present.delete(connection);
    this.each(topic, (one) => one[kind]?.(who));
  }

  private gaps(topics: Iterable<string>): void {
    for (const topic of topics) this.each(topic, (one) => one.gap?.());
  }

  private each(topic: string, call: (one: Handlers) => void): void {
    for (const one of this.followed.get(topic)?.handlers ?? []) call(one);
  }

  /** What no socket tells of is asked for, while somebody looks. */
  private poll(): void {
    this.after("poll", POLL_MS, () => {
      if (this.followed.size === 0) return;
      if (typeof document === "undefined" || document.visibilityState !== "hidden") {
        this.gaps([...this.followed.keys()].filter((topic) => this.live[topic] === undefined));
      }
      this.poll();
    });
  }

  // --- time

  /** One timer by each name. */
  private after(name: string, ms: number, work: () => void): void {
    this.cancel(name);
    const timer = setTimeout(() => {
      this.timers.delete(name);
      work();
    }, ms);
    this.timers.set(name, timer);
  }

  private cancel(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}

const lines = new Map<string, Line>();

/** Live news of a practice. */
export function topics(practiceId: string): Topics {
  const found =
    lines.get(practiceId) ??
    new Line({
      ticket: (wanted) =>
        api.post<TopicTicket>(practicePath(practiceId, "/topic-tickets"), { topics: wanted }),
      socket: (url) => new WebSocket(url),
      random: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
    });
  lines.set(practiceId, found);
  return found;
}
