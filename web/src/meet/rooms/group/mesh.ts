/**
 * A group without a media server: each of up to four connects to each other one as two people of a
 * visit do (`../call`), with certificates signed by the vault's keys where they have them.
 */
import { Call, type CallPorts } from "../call";
import type { Kind, Tracks } from "../link";
import type { Role } from "../wire";
import { type GroupMedia, NOTHING, type Seen } from "./media";

export interface MeshPorts extends Pick<CallPorts, "connection" | "stream"> {
  say(to: string, said: unknown): void;
  /** Signing and checking with one other. */
  signing(other: string): Pick<CallPorts, "sign" | "check" | "words">;
  changed(seen: Seen): void;
  connected(): void;
}

/** Of two the one whose account sorts first begins, as a clinician does of a visit. */
export const roleOf = (me: string, other: string): Role => (me < other ? "clinician" : "client");

export class MeshMedia implements GroupMedia {
  readonly #calls = new Map<string, Call>();
  #seen: Seen = { ...NOTHING, phase: "together" };
  #resting: MediaStreamTrack | null = null;
  #soundOnly = false;
  #connected = false;

  constructor(
    private readonly room: string,
    private readonly me: string,
    private readonly kinds: readonly Kind[],
    private tracks: Tracks,
    private readonly ports: MeshPorts,
  ) {}

  start(): void {
    this.ports.changed(this.#seen);
  }

  /** Those who are there now. */
  present(accounts: readonly string[]): void {
    for (const [account, call] of this.#calls) {
      if (accounts.includes(account)) continue;
      call.stop();
      this.#calls.delete(account);
    }
    for (const account of accounts) if (!this.#calls.has(account)) this.#begin(account);
    this.#gather();
  }

  heard(from: string, said: unknown): void {
    this.#calls.get(from)?.heard(said);
  }

  stop(): void {
    for (const call of this.#calls.values()) call.stop();
    this.#calls.clear();
  }

  async replace(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    if (kind === "video" && this.#soundOnly) {
      this.#resting = track;
      return;
    }
    this.tracks = { ...this.tracks, [kind]: track };
    await Promise.all([...this.#calls.values()].map((call) => call.replace(kind, track)));
  }

  async soundOnly(on: boolean): Promise<void> {
    if (on === this.#soundOnly) return;
    if (on) {
      const { video } = this.tracks;
      await this.replace("video", null);
      this.#resting = video;
      this.#soundOnly = true;
    } else {
      this.#soundOnly = false;
      await this.replace("video", this.#resting);
    }
    for (const call of this.#calls.values()) call.state({ resting: on });
  }

  /** Each pair gives it what their connection bears, as a visit's. */
  async screen(): Promise<void> {
    return;
  }

  mend(): void {
    for (const call of this.#calls.values()) call.mend();
  }

  configure(configuration: RTCConfiguration): void {
    for (const call of this.#calls.values()) call.configure(configuration);
  }

  #begin(other: string): void {
    const parties = { visit: this.room, role: roleOf(this.me, other), me: this.me, other };
    const call: Call = new Call(parties, this.kinds, this.tracks, {
      ...this.ports.signing(other),
      say: (said) => this.ports.say(other, said),
      connection: () => this.ports.connection(),
      stream: () => this.ports.stream(),
      changed: () => this.#gather(),
      connected: () => {
        if (!this.#connected) this.ports.connected();
        this.#connected = true;
      },
      lost: () => undefined,
    });
    this.#calls.set(other, call);
    call.start();
  }

  #gather(): void {
    const streams = new Map<string, MediaStream>();
    const refused: string[] = [];
    for (const [account, { standing }] of this.#calls) {
      if (standing.phase === "refused") refused.push(account);
      else if (standing.stream !== null && standing.phase !== "apart") streams.set(account, standing.stream);
    }
    this.#seen = { phase: "together", streams, refused };
    this.ports.changed(this.#seen);
  }
}
