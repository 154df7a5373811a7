/**
 * One attempt to connect: one RTCPeerConnection between two nonces. Perfect negotiation (W3C WebRTC
 * 1.0, 10.7); nothing of the other side is taken over before its certificate was checked.
 */
import { AUDIO_BITS, type Bearing, type Level, LEVELS, measured, next, START } from "./bandwidth";
import { fingerprintsOf } from "./fingerprints";
import { type Candidate, type Described, type Told, toldOf } from "./wire";

export type Kind = "audio" | "video";
export type Way = "direct" | "relayed";
/** Why a connection was not taken: the signature is missing, is wrong, or the keys are others. */
export type Refusal = "not-signed" | "wrong-signature" | "other-keys" | "unreadable";
/** `signed`: by keys known here. `compared`: and their words were compared. `bare`: nobody signed. */
export type Trust = "signed" | "compared" | "bare";

export class Refused extends Error {
  override readonly name = "Refused";

  constructor(readonly why: Refusal) {
    super(why);
  }
}

/** What a description is signed and checked by, and what carries it. */
export interface Ports {
  say(said: Omit<Described, "n" | "to"> | Omit<Candidate, "n" | "to">): void;
  sign(kind: "offer" | "answer", fingerprints: string[]): Promise<string | null>;
  /** Throws `Refused` where it is not the other side's. */
  check(kind: "offer" | "answer", fingerprints: string[], signature: string | null): Promise<Trust>;
  connection(): RTCPeerConnection;
}

export interface Watcher {
  connected(way: Way): void;
  /** Media stopped; the connection is being mended. */
  lost(): void;
  /** It could not be mended: a new attempt is due. */
  failed(): void;
  /** The other side closed it: their page was left or reloaded. */
  left(): void;
  refused(why: Refusal): void;
  known(trust: Trust, mine: string[], theirs: string[]): void;
  track(track: MediaStreamTrack): void;
  told(told: Told): void;
  level(level: Level): void;
  /** The straight line for words and states opened. */
  talking(): void;
}

export type Tracks = Record<Kind, MediaStreamTrack | null>;

const PATIENCE_MS = 2500;
const MENDING_MS = 7000;
const FIRST_MS = 12_000;
const ROUND_MS = 2000;

export class Link {
  readonly #pc: RTCPeerConnection;
  #channel: RTCDataChannel | null = null;
  #making = false;
  #ignoring = false;
  #begun = false;
  #closed = false;
  #wasConnected = false;
  #theirs: string | null = null;
  #waiting: (RTCIceCandidateInit | null)[] = [];
  #work: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #rounds: ReturnType<typeof setInterval> | undefined;
  #bearing: Bearing = START;
  #counted: { lost: number; sent: number } | null = null;

  constructor(
    private readonly polite: boolean,
    private readonly kinds: readonly Kind[],
    private tracks: Tracks,
    private readonly ports: Ports,
    private readonly watcher: Watcher,
  ) {
    const pc = ports.connection();
    this.#pc = pc;
    pc.onicecandidate = ({ candidate }) =>
      ports.say({ t: "ice", c: candidate === null ? null : candidate.toJSON() });
    pc.ontrack = ({ track }) => watcher.track(track);
    pc.onconnectionstatechange = () => this.#moved();
    pc.onnegotiationneeded = () => {
      // The polite side has nothing to offer before it took the first offer.
      if (this.#begun) void this.#queue(() => this.#offer());
    };
    this.#later(FIRST_MS, () => watcher.failed());
  }

  get connected(): boolean {
    return this.#pc.connectionState === "connected";
  }

  get alive(): boolean {
    return !this.#closed && !["failed", "closed"].includes(this.#pc.connectionState);
  }

  /** The impolite side begins: sound and picture as this visit has them, and a line for words. */
  begin(): void {
    this.#begun = true;
    for (const kind of this.kinds) {
      this.#pc.addTransceiver(this.tracks[kind] ?? kind, { direction: "sendrecv" });
    }
    this.#talk();
    void this.#shape();
  }

  description(said: Described): void {
    void this.#queue(() => this.#accept(said));
  }

  candidate(candidate: RTCIceCandidateInit | null): void {
    void this.#queue(async () => {
      if (this.#pc.remoteDescription === null) this.#waiting.push(candidate);
      else await this.#add(candidate);
    });
  }

  /** Another camera, the screen, or nothing, without a word to the other side's browser. */
  async replace(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks = { ...this.tracks, [kind]: track };
    await this.#sender(kind)?.replaceTrack(track);
    await this.#shape();
  }

  configure(configuration: RTCConfiguration): void {
    if (this.alive) this.#pc.setConfiguration(configuration);
  }

  tell(told: Told): boolean {
    if (this.#channel?.readyState !== "open") return false;
    this.#channel.send(JSON.stringify(told));
    return true;
  }

  /** Looks for another way through the network; media go on over the old one meanwhile. */
  mend(): void {
    if (this.#closed) return;
    this.#pc.restartIce();
    this.#later(MENDING_MS, () => this.watcher.failed());
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#rounds);
    this.#pc.onconnectionstatechange = null;
    this.#pc.onnegotiationneeded = null;
    this.#pc.onicecandidate = null;
    this.#pc.ontrack = null;
    this.#pc.close();
  }

  /** Descriptions and candidates one after the other, as they came. */
  #queue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      try {
        await work();
      } catch (error) {
        if (this.#closed) return;
        if (error instanceof Refused) {
          this.close();
          this.watcher.refused(error.why);
        } else if (error instanceof DOMException || error instanceof TypeError) {
          // What the browser does not take; another attempt may go better.
          this.watcher.failed();
        } else throw error;
      }
    });
    return this.#work;
  }

  async #offer(): Promise<void> {
    this.#making = true;
    try {
      await this.#pc.setLocalDescription();
      await this.#describe();
    } finally {
      this.#making = false;
    }
  }

  async #describe(): Promise<void> {
    const { type, sdp } = this.#pc.localDescription ?? {};
    if (sdp === undefined || (type !== "offer" && type !== "answer")) return;
    const signature = await this.ports.sign(type, fingerprintsOf(sdp));
    this.ports.say({ t: "sdp", kind: type, sdp, s: signature });
  }

  async #accept({ kind, sdp, s }: Described): Promise<void> {
    const theirs = this.#read(sdp);
    const trust = await this.ports.check(kind, theirs, s);
    // One connection has one certificate: another one in a later description is not theirs.
    if (this.#theirs !== null && this.#theirs !== theirs.join(" ")) throw new Refused("wrong-signature");
    const collides = kind === "offer" && (this.#making || this.#pc.signalingState !== "stable");
    this.#ignoring = collides && !this.polite;
    if (this.#ignoring) return;
    await this.#pc.setRemoteDescription({ type: kind, sdp });
    this.#theirs = theirs.join(" ");
    for (const candidate of this.#waiting.splice(0)) await this.#add(candidate);
    if (kind === "offer") {
      await this.#join();
      await this.#pc.setLocalDescription();
      await this.#describe();
    }
    const mine = fingerprintsOf(this.#pc.localDescription?.sdp ?? "");
    this.watcher.known(trust, mine, theirs);
  }

  #read(sdp: string): string[] {
    try {
      return fingerprintsOf(sdp);
    } catch {
      throw new Refused("unreadable");
    }
  }

  /** What the polite side brings into the first offer it takes. */
  async #join(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    for (const transceiver of this.#pc.getTransceivers()) {
      const kind = transceiver.receiver.track.kind as Kind;
      transceiver.direction = "sendrecv";
      if (this.kinds.includes(kind)) await transceiver.sender.replaceTrack(this.tracks[kind]);
    }
    this.#talk();
    await this.#shape();
  }

  async #add(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.#pc.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      // One that belongs to an offer which was passed over.
      if (!this.#ignoring) throw error;
    }
  }

  #talk(): void {
    const channel = this.#pc.createDataChannel("beside", { negotiated: true, id: 0 });
    this.#channel = channel;
    channel.onopen = () => this.watcher.talking();
    // Heard also where the line to the server is cut and nobody can say goodbye over it.
    channel.onclose = () => {
      if (!this.#closed) this.watcher.left();
    };
    channel.onmessage = ({ data }) => {
      const told = toldOf(data);
      if (told !== null) this.watcher.told(told);
    };
  }

  #sender(kind: Kind): RTCRtpSender | undefined {
    return this.#pc.getTransceivers().find((each) => each.receiver.track.kind === kind)?.sender;
  }

  /** Sound before picture, and as much picture as the connection bears. */
  async #shape(): Promise<void> {
    const { video, scale } = LEVELS[this.#bearing.level];
    await this.#limit("audio", { maxBitrate: AUDIO_BITS, priority: "high", networkPriority: "high" });
    await this.#limit("video", {
      active: video > 0,
      priority: "low",
      networkPriority: "low",
      ...(video > 0 ? { maxBitrate: video, scaleResolutionDownBy: scale } : {}),
    });
  }

  async #limit(kind: Kind, encoding: Partial<RTCRtpEncodingParameters>): Promise<void> {
    const sender = this.#sender(kind);
    const parameters = sender?.getParameters();
    const [first] = parameters?.encodings ?? [];
    if (sender === undefined || parameters === undefined || first === undefined) return;
    Object.assign(first, encoding);
    // Where a browser does not take one of these it goes on with what it had.
    await sender.setParameters(parameters).catch(() => undefined);
  }

  #moved(): void {
    const { connectionState } = this.#pc;
    if (connectionState === "connected") {
      clearTimeout(this.#timer);
      this.#wasConnected = true;
      void this.#shape();
      void this.#way().then((way) => this.#closed || this.watcher.connected(way));
      this.#rounds ??= setInterval(() => void this.#round(), ROUND_MS);
    } else if (connectionState === "disconnected") {
      this.watcher.lost();
      // A moment's loss heals by itself; the polite side waits longer, so that one of them begins.
      this.#later(this.polite ? PATIENCE_MS * 1.5 : PATIENCE_MS, () => this.mend());
    } else if (connectionState === "failed") {
      if (this.#wasConnected) {
        this.watcher.lost();
        this.mend();
      } else this.watcher.failed();
    }
  }

  async #way(): Promise<Way> {
    const report = await this.#pc.getStats();
    let way: Way = "direct";
    report.forEach((entry: Record<string, unknown>) => {
      if (entry.type !== "candidate-pair" || entry.nominated !== true || entry.state !== "succeeded") return;
      for (const id of [entry.localCandidateId, entry.remoteCandidateId]) {
        const end = report.get(String(id)) as Record<string, unknown> | undefined;
        if (end?.candidateType === "relay") way = "relayed";
      }
    });
    return way;
  }

  async #round(): Promise<void> {
    if (!this.connected || !this.kinds.includes("video")) return;
    const [now, counted] = measured(await this.#pc.getStats(), this.#counted);
    if (this.#closed) return;
    this.#counted = counted;
    const before = this.#bearing.level;
    this.#bearing = next(this.#bearing, now);
    if (this.#bearing.level === before) return;
    await this.#shape();
    this.watcher.level(this.#bearing.level);
  }

  #later(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#closed) work();
    }, ms);
  }
}
