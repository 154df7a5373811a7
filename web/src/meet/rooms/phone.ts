/**
 * A call to an ordinary phone: this device's sound to the practice's server, which calls the number.
 * The number never comes here: it is sealed in the ticket. Nothing of this moves the visit but the
 * answer (`usePhone`); whoever hangs up may be called again.
 */
import { JanusError, JanusPeer, JanusSession } from "./janus";

export type Phase = "calling" | "ringing" | "talking" | "over";
/** Why it is over. */
export type End = "ended" | "busy" | "no-answer" | "declined" | "wrong-number" | "failed";

export interface PhoneStanding {
  phase: Phase;
  end: End | null;
  stream: MediaStream | null;
}

export interface PhoneMeans {
  socket: () => WebSocket;
  ticket: string;
  connection: () => RTCPeerConnection;
  changed: (standing: PhoneStanding) => void;
}

const PLUGIN = "janus.plugin.sip";
/** SIP's answers (RFC 3261, 21) in the words of somebody who called. Any other: it failed. */
const ENDS: Record<number, End> = {
  200: "ended",
  404: "wrong-number",
  408: "no-answer",
  480: "no-answer",
  484: "wrong-number",
  486: "busy",
  487: "no-answer",
  600: "busy",
  603: "declined",
  604: "wrong-number",
};

export class PhoneCall {
  standing: PhoneStanding = { phase: "calling", end: null, stream: null };
  #session: JanusSession | null = null;
  #peer: JanusPeer | null = null;
  #sender: RTCRtpSender | null = null;

  constructor(private readonly means: PhoneMeans) {}

  /** Calls; what becomes of it is told by `changed`. */
  async start(microphone: MediaStreamTrack | null): Promise<void> {
    try {
      await this.#call(microphone);
    } catch (error) {
      if (!(error instanceof JanusError || error instanceof DOMException)) throw error;
      this.#end("failed");
    }
  }

  async replace(microphone: MediaStreamTrack | null): Promise<void> {
    await this.#sender?.replaceTrack(microphone);
  }

  hangUp(): void {
    if (this.standing.phase === "over") return;
    const handle = this.#peer?.handle;
    // The line is closed after it: the server hangs up by itself where this does not arrive.
    void handle?.ask({ request: "hangup" }).catch(() => undefined);
    this.#end("ended");
  }

  async #call(microphone: MediaStreamTrack | null): Promise<void> {
    const { socket, ticket, connection } = this.means;
    const session = await JanusSession.open(socket(), ticket, () => this.#end("failed"));
    if (this.#isOver()) {
      session.close();
      return;
    }
    this.#session = session;
    const handle = await session.attach(PLUGIN, {
      event: ({ data, jsep }) => void this.#heard(data, jsep),
      hangup: () => this.#end(this.standing.phase === "talking" ? "ended" : "failed"),
    });
    const peer = new JanusPeer(handle, connection());
    this.#peer = peer;
    const stream = new MediaStream();
    peer.pc.ontrack = ({ track }) => {
      stream.addTrack(track);
      this.#set({ stream });
    };
    this.#sender = peer.pc.addTransceiver(microphone ?? "audio", { direction: "sendrecv" }).sender;
    const { data, jsep } = await handle.ask({ request: "call" }, await peer.offer());
    await this.#heard(data, jsep);
  }

  async #heard(data: Record<string, unknown>, jsep: RTCSessionDescriptionInit | null): Promise<void> {
    if (this.#isOver()) return;
    // The sound of ringing may come before the answer does.
    if (jsep !== null && this.#peer?.pc.signalingState === "have-local-offer") await this.#peer.take(jsep);
    const { event, code } = data as { event?: string; code?: number };
    if (event === "ringing" || event === "proceeding" || event === "progress") this.#set({ phase: "ringing" });
    else if (event === "accepted") this.#set({ phase: "talking" });
    else if (event === "hangup" || event === "declined" || event === "missed_call") {
      const answered = this.standing.phase === "talking";
      this.#end(answered ? "ended" : (ENDS[code ?? 0] ?? "failed"));
    }
  }

  #isOver(): boolean {
    return this.standing.phase === "over";
  }

  #set(change: Partial<PhoneStanding>): void {
    if (this.#isOver()) return;
    const { phase } = this.standing;
    // A late word of ringing takes no conversation back.
    const next = { ...this.standing, ...change };
    if (phase === "talking" && next.phase === "ringing") next.phase = phase;
    this.standing = next;
    this.means.changed(next);
  }

  #end(end: End): void {
    if (this.#isOver()) return;
    this.#set({ phase: "over", end, stream: null });
    this.#peer?.close();
    const session = this.#session;
    // What was asked last is still on its way.
    setTimeout(() => session?.close(), 500);
  }
}
