/**
 * Janus' API over one WebSocket: a session, handles to its plugins, and a peer connection that belongs
 * to a handle. Knows no plugin: `group/sfu.ts` speaks VideoRoom over it.
 * Source: the "Plain WebSockets" part of Janus' JSON API.
 */
import { toBase64Url } from "@/auth/bytes";
import { random } from "@/vault/engine/encoding";

/** Janus ends a session that is silent for a minute (`session_timeout`). */
const KEEPALIVE_MS = 25_000;
/** An answer that takes longer does not come any more. */
const PATIENCE_MS = 10_000;
/** Candidates come in bursts: one message for each burst. */
const GATHER_MS = 30;
/** The plugin's own error codes pass through; this one is ours. */
export const GONE = 0;

export class JanusError extends Error {
  override readonly name = "JanusError";

  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(`${code}: ${reason}`);
  }
}

export type Body = Record<string, unknown>;

export interface Answer {
  data: Body;
  jsep: RTCSessionDescriptionInit | null;
}

/** What Janus says about a handle without being asked. */
export interface HandleEars {
  event?: (answer: Answer) => void;
  trickle?: (candidate: RTCIceCandidateInit | null) => void;
  /** Its media ended: the connection failed, or Janus closed it. */
  hangup?: () => void;
}

interface Heard {
  janus?: string;
  transaction?: string;
  sender?: number;
  data?: { id?: number };
  plugindata?: { data?: Body };
  jsep?: RTCSessionDescriptionInit;
  candidate?: RTCIceCandidateInit & { completed?: boolean };
  error?: { code?: number; reason?: string };
  kind?: string;
  code?: string;
}

interface Asked {
  done: (heard: Heard) => void;
  failed: (why: JanusError) => void;
  timer: ReturnType<typeof setTimeout>;
  /** What a plugin is asked is acknowledged first, and answered by an event. */
  waitsForEvent: boolean;
}

function read(frame: unknown): Heard | null {
  if (typeof frame !== "string") return null;
  try {
    const found = JSON.parse(frame) as unknown;
    return typeof found === "object" && found !== null ? (found as Heard) : null;
  } catch {
    return null;
  }
}

const answerOf = ({ plugindata, jsep }: Heard): Answer => ({ data: plugindata?.data ?? {}, jsep: jsep ?? null });

export class JanusSession {
  readonly #asked = new Map<string, Asked>();
  readonly #ears = new Map<number, HandleEars>();
  #id: number | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  #over = false;

  private constructor(
    private readonly socket: WebSocket,
    private readonly closed: (code: string) => void,
  ) {
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = () => this.#end("closed");
    socket.onerror = () => this.#end("closed");
  }

  /**
   * A session over a socket that opens. `ticket` is what our own process asks for first; null where
   * Janus itself answers. `closed` is called once, unless `close` was.
   */
  static async open(
    socket: WebSocket,
    ticket: string | null,
    closed: (code: string) => void,
  ): Promise<JanusSession> {
    const session = new JanusSession(socket, closed);
    await session.#opened(ticket);
    const { data } = await session.#ask({ janus: "create" }, false);
    session.#id = data?.id ?? null;
    session.#beat = setInterval(() => void session.#ask({ janus: "keepalive" }, false).catch(() => undefined), KEEPALIVE_MS);
    return session;
  }

  async attach(plugin: string, ears: HandleEars): Promise<JanusHandle> {
    const { data } = await this.#ask({ janus: "attach", plugin }, false);
    const id = data?.id ?? 0;
    this.#ears.set(id, ears);
    return {
      ask: async (body, jsep) => {
        const heard = await this.#ask({ janus: "message", handle_id: id, body, ...(jsep === undefined ? {} : { jsep }) }, true);
        const answer = answerOf(heard);
        const { error_code: code, error } = answer.data as { error_code?: number; error?: string };
        if (code !== undefined) throw new JanusError(code, String(error ?? ""));
        return answer;
      },
      trickle: (candidates) =>
        void this.#ask({ janus: "trickle", handle_id: id, candidates }, false).catch(() => undefined),
      hear: (more) => void this.#ears.set(id, { ...this.#ears.get(id), ...more }),
      detach: () => {
        this.#ears.delete(id);
        void this.#ask({ janus: "detach", handle_id: id }, false).catch(() => undefined);
      },
    };
  }

  /** Ends it by our own will: nobody is told. */
  close(): void {
    this.#over = true;
    this.#end("closed");
    this.socket.close();
  }

  #opened(ticket: string | null): Promise<void> {
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new JanusError(GONE, "late")), PATIENCE_MS);
      this.#asked.set("", {
        done: () => done(),
        failed,
        timer,
        waitsForEvent: false,
      });
      this.socket.onopen = () => {
        if (ticket === null) this.#settle("", {});
        else this.socket.send(JSON.stringify({ kind: "open", ticket }));
      };
    });
  }

  #ask(message: Body, waitsForEvent: boolean): Promise<Heard> {
    const transaction = toBase64Url(random(9));
    return new Promise((done, failed) => {
      if (this.socket.readyState !== 1) {
        failed(new JanusError(GONE, "closed"));
        return;
      }
      const timer = setTimeout(() => {
        this.#asked.delete(transaction);
        failed(new JanusError(GONE, "late"));
      }, PATIENCE_MS);
      this.#asked.set(transaction, { done, failed, timer, waitsForEvent });
      const named = this.#id === null ? {} : { session_id: this.#id };
      this.socket.send(JSON.stringify({ ...message, ...named, transaction }));
    });
  }

  #hear(frame: unknown): void {
    const heard = read(frame);
    if (heard === null) return;
    if (heard.kind === "opened") this.#settle("", heard);
    else if (heard.kind === "refused") this.#end(heard.code ?? "refused");
    else if (heard.transaction !== undefined && this.#answers(heard)) this.#settle(heard.transaction, heard);
    else this.#news(heard);
  }

  #answers({ transaction = "", janus }: Heard): boolean {
    const asked = this.#asked.get(transaction);
    return asked !== undefined && !(janus === "ack" && asked.waitsForEvent);
  }

  #settle(transaction: string, heard: Heard): void {
    const asked = this.#asked.get(transaction);
    if (asked === undefined) return;
    this.#asked.delete(transaction);
    clearTimeout(asked.timer);
    if (heard.janus === "error") asked.failed(new JanusError(heard.error?.code ?? GONE, heard.error?.reason ?? ""));
    else asked.done(heard);
  }

  #news(heard: Heard): void {
    if (heard.janus === "timeout") {
      this.#end("timeout");
      return;
    }
    const ears = this.#ears.get(heard.sender ?? 0);
    if (heard.janus === "event") ears?.event?.(answerOf(heard));
    else if (heard.janus === "trickle") {
      const { candidate } = heard;
      ears?.trickle?.(candidate === undefined || candidate.completed === true ? null : candidate);
    } else if (heard.janus === "hangup") ears?.hangup?.();
  }

  #end(code: string): void {
    clearInterval(this.#beat);
    for (const { failed, timer } of this.#asked.values()) {
      clearTimeout(timer);
      failed(new JanusError(GONE, code));
    }
    this.#asked.clear();
    if (this.#over) return;
    this.#over = true;
    this.closed(code);
  }
}

export interface JanusHandle {
  /** The plugin's answer. Throws `JanusError` with the plugin's own code, or `GONE`. */
  ask(body: Body, jsep?: RTCSessionDescriptionInit): Promise<Answer>;
  /** Null says that there are no more. */
  trickle(candidates: (RTCIceCandidateInit | { completed: true })[]): void;
  hear(more: HandleEars): void;
  detach(): void;
}

/** A peer connection and its handle: candidates go and come while descriptions are exchanged. */
export class JanusPeer {
  #waiting: (RTCIceCandidateInit | null)[] = [];
  #found: (RTCIceCandidateInit | { completed: true })[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly handle: JanusHandle,
    readonly pc: RTCPeerConnection,
  ) {
    pc.onicecandidate = ({ candidate }) => {
      this.#found.push(candidate === null ? { completed: true } : candidate.toJSON());
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        handle.trickle(this.#found.splice(0));
      }, GATHER_MS);
    };
    handle.hear({ trickle: (candidate) => void this.#came(candidate) });
  }

  async offer(options: RTCOfferOptions = {}): Promise<RTCSessionDescriptionInit> {
    await this.pc.setLocalDescription(await this.pc.createOffer(options));
    return this.#local();
  }

  /** Takes Janus' offer and gives the answer to it. */
  async answer(jsep: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
    await this.take(jsep);
    await this.pc.setLocalDescription();
    return this.#local();
  }

  async take(jsep: RTCSessionDescriptionInit): Promise<void> {
    await this.pc.setRemoteDescription(jsep);
    for (const candidate of this.#waiting.splice(0)) await this.#add(candidate);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.pc.onicecandidate = null;
    this.pc.onconnectionstatechange = null;
    this.pc.ontrack = null;
    this.pc.close();
    this.handle.detach();
  }

  #local(): RTCSessionDescriptionInit {
    const { type, sdp } = this.pc.localDescription ?? { type: "offer", sdp: "" };
    return { type, sdp };
  }

  /** Janus trickles, and may do so before its description was taken: those wait. */
  async #came(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (this.pc.remoteDescription === null) this.#waiting.push(candidate);
    else await this.#add(candidate);
  }

  async #add(candidate: RTCIceCandidateInit | null): Promise<void> {
    // One of a connection that was closed or restarted meanwhile is of no use.
    await this.pc.addIceCandidate(candidate ?? undefined).catch(() => undefined);
  }
}
