/**
 * Two people in one visit: finds the other side again for as long as the visit goes on. Knows no
 * server and no screen. The state of the visit is the server's: a `Call` begins when somebody was let
 * in and stops when the page does; what happens to the media moves nothing else.
 */
import { toBase64Url } from "@/auth/bytes";
import type { CallStatement } from "@/vault/calling";
import { random } from "@/vault/engine/encoding";

import { BEST, type Level } from "./bandwidth";
import { type Kind, Link, type Refusal, type Tracks, type Trust, type Way } from "./link";
import { type Role, type Said, saidOf, type Told } from "./wire";
import type { SheetTold } from "./worksheet/wire";

/**
 * `apart`: the other is not there. `mending`: media stopped, and are looked for. `elsewhere`: the same
 * side joined from another device or tab, which has the call now.
 */
export type Phase = "apart" | "connecting" | "together" | "mending" | "refused" | "elsewhere";

export interface OtherSide {
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  /** Their picture rests because the connection bears no more. */
  resting: boolean;
}

export interface Line {
  id: string;
  mine: boolean;
  text: string;
}

export interface Standing {
  phase: Phase;
  refusal: Refusal | null;
  trust: Trust | null;
  /** Twelve words of both certificates. */
  words: readonly string[];
  way: Way | null;
  level: Level;
  other: OtherSide | null;
  lines: readonly Line[];
  stream: MediaStream | null;
}

export interface Parties {
  visit: string;
  role: Role;
  me: string;
  other: string;
}

export interface CallPorts {
  say(said: Said): void;
  sign(said: CallStatement): Promise<string | null>;
  check(said: CallStatement, signature: string | null): Promise<Trust>;
  words(mine: readonly string[], theirs: readonly string[]): Promise<string[]>;
  connection(): RTCPeerConnection;
  stream(): MediaStream;
  changed(standing: Standing): void;
  /** Media connected, for the first time or again; and media were lost. */
  connected(way: Way): void;
  lost(): void;
  /** Where the two have a worksheet: the line for words opened (again), and what the other said of it. */
  talking?(): void;
  sheet?(told: SheetTold): void;
}

const NONCE_BYTES = 16;
const AGAIN_MS = 4000;

export class Call {
  #standing: Standing = {
    phase: "apart",
    refusal: null,
    trust: null,
    words: [],
    way: null,
    level: BEST,
    other: null,
    lines: [],
    stream: null,
  };
  #nonce = "";
  #other: string | null = null;
  #link: Link | null = null;
  #again: ReturnType<typeof setInterval> | undefined;
  #unanswered = false;
  #state: OtherSide;

  constructor(
    private readonly parties: Parties,
    private readonly kinds: readonly Kind[],
    private tracks: Tracks,
    private readonly ports: CallPorts,
  ) {
    this.#state = {
      microphone: tracks.audio?.enabled ?? false,
      camera: tracks.video?.enabled ?? false,
      screen: false,
      resting: false,
    };
  }

  get standing(): Standing {
    return this.#standing;
  }

  start(): void {
    this.#renew();
    this.#again = setInterval(() => {
      if (this.#link !== null || this.#still) return;
      // Nobody answered the last time either.
      if (this.#standing.phase !== "apart" && this.#unanswered) this.#part();
      this.#unanswered = true;
      this.#hello(false);
    }, AGAIN_MS);
  }

  /** Somebody came onto the topic, or our own line to it was cut and is back. */
  look(): void {
    if (!this.#still) this.#hello(false);
  }

  get #still(): boolean {
    return this.#standing.phase === "refused" || this.#standing.phase === "elsewhere";
  }

  heard(data: unknown): void {
    const said = saidOf(data);
    if (said === null || this.#still) return;
    if (said.t === "hello" && said.r === this.parties.role) {
      this.#part();
      this.#change({ phase: "elsewhere" });
    } else if (said.t === "hello") {
      if (!said.back) this.#hello(true);
      this.#meet(said.n);
    } else if (said.t === "bye") {
      if (said.n === this.#other) this.#part();
    } else if (said.n === this.#other && said.to === this.#nonce) {
      if (said.t === "sdp") this.#link?.description(said);
      else this.#link?.candidate(said.c);
    }
  }

  /** A new network: look for a way through it at once. */
  mend(): void {
    this.#link?.mend();
  }

  /** Newer credentials for the relay: the ones that a connection began with run out. */
  configure(configuration: RTCConfiguration): void {
    this.#link?.configure(configuration);
  }

  async replace(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks = { ...this.tracks, [kind]: track };
    await this.#link?.replace(kind, track);
  }

  /** What the other side is told of this one. */
  state(change: Partial<OtherSide>): void {
    this.#state = { ...this.#state, ...change };
    this.#link?.tell({ t: "state", ...this.#state });
  }

  /** Says something in writing; false where there is no line to the other side now. */
  write(id: string, text: string): boolean {
    if (this.#link?.tell({ t: "text", id, text }) !== true) return false;
    this.#change({ lines: [...this.#standing.lines, { id, mine: true, text }] });
    return true;
  }

  /** Says something of the worksheet; false where there is no line to the other side now. */
  tellSheet(told: SheetTold): boolean {
    return this.#link?.tell(told) ?? false;
  }

  /** Try once more after a refusal, or take the call over from another device: by decision. */
  tryAgain(): void {
    this.#change({ phase: "apart", refusal: null });
    this.#renew();
  }

  stop(): void {
    clearInterval(this.#again);
    if (!this.#still) this.ports.say({ t: "bye", n: this.#nonce });
    this.#link?.close();
    this.#link = null;
  }

  /** A new attempt: everything that was signed before is worth nothing from now on. */
  #renew(): void {
    this.#link?.close();
    this.#link = null;
    this.#other = null;
    this.#nonce = toBase64Url(random(NONCE_BYTES));
    this.#hello(false);
  }

  #hello(back: boolean): void {
    this.ports.say({ t: "hello", n: this.#nonce, r: this.parties.role, back });
  }

  #meet(nonce: string): void {
    this.#unanswered = false;
    if (nonce === this.#other && this.#link?.alive === true) return;
    this.#link?.close();
    this.#other = nonce;
    const known = this.#standing.phase === "mending" ? "mending" : "connecting";
    this.#change({ phase: known, stream: this.ports.stream() });
    const link = this.#connect(nonce);
    this.#link = link;
    if (this.parties.role === "clinician") link.begin();
  }

  /** They left for now: what is here waits for them. */
  #part(): void {
    this.#link?.close();
    this.#link = null;
    this.#other = null;
    this.#change({ phase: "apart", stream: null, other: null, way: null, trust: null, words: [] });
    // Who is gone is in no field.
    this.ports.sheet?.({ t: "sheet", k: "at", f: null });
  }

  #statement(mine: boolean, kind: "offer" | "answer", fingerprints: string[], other: string): CallStatement {
    const { visit, role, me } = this.parties;
    const theirRole = role === "client" ? "clinician" : "client";
    return {
      visit,
      from: mine ? me : this.parties.other,
      to: mine ? this.parties.other : me,
      role: mine ? role : theirRole,
      kind,
      nonce: mine ? this.#nonce : other,
      other: mine ? other : this.#nonce,
      fingerprints,
    };
  }

  #connect(other: string): Link {
    const nonce = this.#nonce;
    const { stream } = this.#standing;
    const link: Link = new Link(
      this.parties.role === "client",
      this.kinds,
      this.tracks,
      {
        say: (said) => this.ports.say({ ...said, n: nonce, to: other } as Said),
        sign: (kind, prints) => this.ports.sign(this.#statement(true, kind, prints, other)),
        check: (kind, prints, s) => this.ports.check(this.#statement(false, kind, prints, other), s),
        connection: () => this.ports.connection(),
      },
      {
        connected: (way) => {
          this.#change({ phase: "together", way });
          this.ports.connected(way);
        },
        lost: () => {
          if (this.#standing.phase === "together") this.ports.lost();
          this.#change({ phase: "mending" });
        },
        failed: () => {
          if (this.#link === link) this.#renew();
        },
        left: () => {
          if (this.#link === link) this.#part();
        },
        refused: (refusal) => {
          this.#link = null;
          this.#change({ phase: "refused", refusal, stream: null });
        },
        known: (trust, mine, theirs) =>
          void this.ports.words(mine, theirs).then((words) => this.#change({ trust, words })),
        track: (track) => {
          stream?.addTrack(track);
          // The same stream with one track more is news to the screen.
          this.#change({ stream });
        },
        told: (told) => this.#told(told),
        level: (level) => {
          this.#change({ level });
          this.state({ resting: level === 0 });
        },
        talking: () => {
          this.state({});
          this.ports.talking?.();
        },
      },
    );
    return link;
  }

  #told(told: Told): void {
    if (told.t === "state") {
      const { t: _, ...other } = told;
      this.#change({ other });
    } else if (told.t === "sheet") {
      this.ports.sheet?.(told);
    } else {
      const seen = this.#standing.lines.some((line) => line.id === told.id);
      const line = { id: told.id, mine: false, text: told.text };
      if (!seen) this.#change({ lines: [...this.#standing.lines, line] });
    }
  }

  #change(change: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...change };
    this.ports.changed(this.#standing);
  }
}
