/**
 * A group through the media server: one connection on which this device shows itself, in three sizes,
 * and one on which all others come. Speaks Janus' VideoRoom over our own process, which adds room,
 * name and secrets. Whatever ends the line, it comes back with another ticket.
 */
import { type Answer, GONE, JanusError, JanusPeer, JanusSession } from "../janus";
import { AUDIO_BITS } from "../bandwidth";
import type { Kind, Tracks } from "../link";
import { type GroupMedia, NOTHING, type Seen } from "./media";

const PLUGIN = "janus.plugin.videoroom";
const MENDING_MS = 7000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
/** Until somebody who could not be watched yet is asked for once more. */
const AGAIN_MS = 2000;

/** Three sizes of one picture; the server hands each member the one that fits them. */
const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: "h", maxBitrate: 500_000 },
  { rid: "m", maxBitrate: 160_000, scaleResolutionDownBy: 2 },
  { rid: "l", maxBitrate: 60_000, scaleResolutionDownBy: 4 },
];

/** A screen has words on it that are to be read: its largest size may take more. */
const SCREEN_BITS = 1_200_000;

/** Which size to ask for where so many are seen: Janus counts from the smallest. */
export const layerFor = (seen: number): 0 | 1 | 2 => (seen <= 3 ? 2 : seen <= 8 ? 1 : 0);

interface Feed {
  id: string;
  display?: string;
}

interface FeedStream {
  mid: string;
  type: string;
  active?: boolean;
  feed_id?: string;
  feed_display?: string;
}

const feedsIn = ({ data }: Answer): Feed[] =>
  Array.isArray(data.publishers) ? (data.publishers as Feed[]).filter(({ id }) => typeof id === "string") : [];

const streamsIn = ({ data }: Answer): FeedStream[] | null =>
  Array.isArray(data.streams) ? (data.streams as FeedStream[]).filter(({ mid }) => typeof mid === "string") : null;

export interface SfuPorts {
  /** Throws where there is none to be had. */
  ticket(): Promise<{ url: string; ticket: string }>;
  /** Whether an error says that this person may not be here any more. */
  isOut(error: unknown): boolean;
  socket(url: string): WebSocket;
  connection(): RTCPeerConnection;
  seal(sender: RTCRtpSender, kind: Kind): void;
  open(receiver: RTCRtpReceiver, kind: Kind, stream: string): void;
  from(stream: string, account: string): void;
  changed(seen: Seen): void;
  connected(): void;
  random(): number;
}

export class SfuMedia implements GroupMedia {
  #seen: Seen = NOTHING;
  #session: JanusSession | null = null;
  #showing: JanusPeer | null = null;
  #watching: JanusPeer | null = null;
  #streams: FeedStream[] = [];
  #watched = new Set<string>();
  #work: Promise<void> = Promise.resolve();
  /** Counts the attempts: what an earlier one still hears is nobody's word. */
  #attempt = 0;
  #failures = 0;
  #over = false;
  #soundOnly = false;
  #screen: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly me: string,
    private readonly kinds: readonly Kind[],
    private tracks: Tracks,
    private readonly ports: SfuPorts,
  ) {}

  start(): void {
    void this.#join();
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  async replace(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks = { ...this.tracks, [kind]: track };
    await this.#sender(kind)?.replaceTrack(track);
  }

  async soundOnly(on: boolean): Promise<void> {
    this.#soundOnly = on;
    await this.#limit();
    await this.#choose();
  }

  async screen(account: string | null): Promise<void> {
    this.#screen = account;
    await this.#limit();
    await this.#choose();
  }

  mend(): void {
    const attempt = this.#attempt;
    void this.#restart(attempt);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const connections = [this.#showing, this.#watching];
      const well = connections.every((one) => one === null || one.pc.connectionState === "connected");
      if (attempt === this.#attempt && !well) this.#again();
    }, MENDING_MS);
  }

  configure(configuration: RTCConfiguration): void {
    for (const one of [this.#showing, this.#watching]) one?.pc.setConfiguration(configuration);
  }

  // --- joining

  async #join(): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    const late = (): boolean => this.#over || attempt !== this.#attempt;
    try {
      const { url, ticket } = await this.ports.ticket();
      if (late()) return;
      const ended = (): void => {
        if (!late()) this.#again();
      };
      const session = await JanusSession.open(this.ports.socket(url), ticket, ended);
      if (late()) {
        session.close();
        return;
      }
      this.#session = session;
      await this.#show(session, attempt);
      this.#failures = 0;
    } catch (error) {
      if (late()) return;
      if (this.ports.isOut(error)) this.#change({ phase: "out", streams: new Map() });
      else this.#again();
    }
  }

  /** The line is gone: everything anew, later each time. */
  #again(): void {
    this.#attempt += 1;
    this.#drop();
    this.#change({ phase: "mending", streams: new Map() });
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.#join(), wait * (0.5 + this.ports.random() / 2));
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#showing?.close();
    this.#watching?.close();
    this.#session?.close();
    this.#showing = null;
    this.#watching = null;
    this.#session = null;
    this.#streams = [];
    this.#watched.clear();
    this.#work = Promise.resolve();
  }

  async #show(session: JanusSession, attempt: number): Promise<void> {
    const handle = await session.attach(PLUGIN, {
      event: (answer) => {
        if (attempt === this.#attempt) this.#told(answer);
      },
    });
    const { pc } = (this.#showing = new JanusPeer(handle, this.ports.connection()));
    pc.onconnectionstatechange = () => {
      if (attempt === this.#attempt) this.#moved(pc);
    };
    const joined = await handle.ask({ request: "join", ptype: "publisher" });
    for (const kind of this.kinds) {
      const { sender } = pc.addTransceiver(this.tracks[kind] ?? kind, {
        direction: "sendonly",
        ...(kind === "video" ? { sendEncodings: LAYERS } : {}),
      });
      this.ports.seal(sender, kind);
    }
    const offer = await this.#showing.offer();
    const { jsep } = await handle.ask({ request: "publish" }, offer);
    if (jsep === null) throw new JanusError(GONE, "no answer");
    await this.#showing.take(jsep);
    await this.#limit();
    this.#watch(feedsIn(joined));
  }

  #told(answer: Answer): void {
    const { data } = answer;
    if (data.videoroom === "destroyed") {
      this.#again();
      return;
    }
    this.#watch(feedsIn(answer));
    for (const gone of [data.leaving, data.unpublished]) if (typeof gone === "string") this.#watched.delete(gone);
  }

  #moved(pc: RTCPeerConnection): void {
    if (pc.connectionState === "connected") {
      clearTimeout(this.#timer);
      if (this.#seen.phase !== "together") this.ports.connected();
      this.#change({ phase: "together" });
    } else if (["disconnected", "failed"].includes(pc.connectionState)) {
      this.#change({ phase: "mending" });
      this.mend();
    }
  }

  async #restart(attempt: number): Promise<void> {
    try {
      const showing = this.#showing;
      if (showing !== null && showing.pc.remoteDescription !== null) {
        const offer = await showing.offer({ iceRestart: true });
        const { jsep } = await showing.handle.ask({ request: "configure" }, offer);
        if (jsep !== null) await showing.take(jsep);
      }
      const watching = this.#watching;
      if (watching !== null) this.#queue(async () => this.#heard(await watching.handle.ask({ request: "configure", restart: true })));
    } catch (error) {
      if (!(error instanceof JanusError || error instanceof DOMException)) throw error;
      if (attempt === this.#attempt && !this.#over) this.#again();
    }
  }

  // --- the others

  #watch(feeds: readonly Feed[]): void {
    const fresh = feeds.filter(({ id, display }) => !this.#watched.has(id) && display !== this.me);
    if (fresh.length === 0) return;
    for (const { id } of fresh) this.#watched.add(id);
    this.#queue(() => this.#subscribe(fresh.map(({ id }) => id)));
  }

  /** All at once; where Janus refuses because of one, each by itself, and that one once more later. */
  async #subscribe(feeds: readonly string[]): Promise<void> {
    const wanted = feeds.filter((id) => this.#watched.has(id));
    if (wanted.length === 0) return;
    try {
      await this.#ask(wanted);
    } catch (error) {
      if (!(error instanceof JanusError) || error.code === GONE) throw error;
      if (wanted.length > 1) {
        for (const id of wanted) await this.#subscribe([id]);
        return;
      }
      const attempt = this.#attempt;
      setTimeout(() => {
        if (attempt === this.#attempt) this.#queue(() => this.#subscribe(wanted));
      }, AGAIN_MS);
    }
  }

  async #ask(feeds: readonly string[]): Promise<void> {
    const streams = feeds.map((feed) => ({ feed }));
    if (this.#watching !== null) {
      await this.#heard(await this.#watching.handle.ask({ request: "subscribe", streams }));
      return;
    }
    const session = this.#session;
    if (session === null) return;
    const attempt = this.#attempt;
    const handle = await session.attach(PLUGIN, {
      event: (answer) => {
        if (attempt === this.#attempt) this.#queue(() => this.#heard(answer));
      },
    });
    const joined = await handle.ask({ request: "join", ptype: "subscriber", streams }).catch((error: unknown) => {
      handle.detach();
      throw error;
    });
    this.#watching = this.#makeWatching(new JanusPeer(handle, this.ports.connection()), attempt);
    await this.#heard(joined);
  }

  #makeWatching(peer: JanusPeer, attempt: number): JanusPeer {
    peer.pc.ontrack = ({ transceiver }) => {
      const kind = transceiver.receiver.track.kind as Kind;
      this.ports.open(transceiver.receiver, kind, this.#nameOf(transceiver.mid ?? ""));
    };
    peer.pc.onconnectionstatechange = () => {
      if (attempt !== this.#attempt) return;
      if (peer.pc.connectionState === "failed") this.mend();
    };
    return peer;
  }

  #nameOf(mid: string): string {
    return `${this.#attempt} ${mid}`;
  }

  /** Which streams there are now, and Janus' offer where it changed any. */
  async #heard(answer: Answer): Promise<void> {
    const streams = streamsIn(answer);
    if (streams !== null) {
      this.#streams = streams.filter(({ active, feed_id }) => active !== false && feed_id !== undefined);
      for (const { mid, feed_display } of this.#streams) this.ports.from(this.#nameOf(mid), feed_display ?? "");
    }
    const watching = this.#watching;
    if (answer.jsep !== null && watching !== null) {
      const jsep = await watching.answer(answer.jsep);
      await watching.handle.ask({ request: "start" }, jsep);
    }
    if (streams === null && answer.jsep === null) return;
    this.#gather();
    await this.#choose();
  }

  #gather(): void {
    const transceivers = this.#watching?.pc.getTransceivers() ?? [];
    const tracks = new Map<string, Map<string, MediaStreamTrack>>();
    for (const { mid, feed_display: account = "" } of this.#streams) {
      const found = transceivers.find((each) => each.mid === mid)?.receiver.track;
      if (found === undefined) continue;
      const own = tracks.get(account) ?? new Map<string, MediaStreamTrack>();
      // Of somebody who came back before their first connection was given up, the newer counts.
      own.set(found.kind, found);
      tracks.set(account, own);
    }
    const streams = new Map(
      [...tracks].map(([account, own]) => {
        const before = this.#seen.streams.get(account);
        const wanted = [...own.values()];
        const same = before !== undefined && before.getTracks().length === wanted.length && wanted.every((track) => before.getTracks().includes(track));
        return [account, same ? before : new MediaStream(wanted)];
      }),
    );
    this.#change({ streams });
  }

  /** What is asked of the server: pictures in the size that fits, or none. */
  async #choose(): Promise<void> {
    const pictures = this.#streams.filter(({ type }) => type === "video");
    if (this.#watching === null || pictures.length === 0) return;
    const streams = pictures.map(({ mid, feed_display }) => {
      const substream = feed_display === this.#screen ? 2 : layerFor(pictures.length);
      return { mid, send: !this.#soundOnly, substream };
    });
    await this.#watching.handle.ask({ request: "configure", streams }).catch(() => undefined);
  }

  /** Sound before picture; no picture at all where only sound is wanted. */
  async #limit(): Promise<void> {
    const sound = this.#sender("audio");
    const parameters = sound?.getParameters();
    const [first] = parameters?.encodings ?? [];
    if (sound !== undefined && parameters !== undefined && first !== undefined) {
      Object.assign(first, { maxBitrate: AUDIO_BITS, priority: "high", networkPriority: "high" });
      await sound.setParameters(parameters).catch(() => undefined);
    }
    const picture = this.#sender("video");
    const layers = picture?.getParameters();
    if (picture === undefined || layers === undefined) return;
    for (const each of layers.encodings) each.active = !this.#soundOnly;
    const [largest] = layers.encodings;
    const bits = this.#screen === this.me ? SCREEN_BITS : LAYERS[0]?.maxBitrate;
    if (largest !== undefined && bits !== undefined) largest.maxBitrate = bits;
    await picture.setParameters(layers).catch(() => undefined);
  }

  #sender(kind: Kind): RTCRtpSender | undefined {
    const at = this.kinds.indexOf(kind);
    return at === -1 ? undefined : this.#showing?.pc.getTransceivers()[at]?.sender;
  }

  /** One exchange with the watching handle after the other: Janus takes no second before the first. */
  #queue(work: () => Promise<void>): void {
    const attempt = this.#attempt;
    this.#work = this.#work.then(async () => {
      if (attempt !== this.#attempt || this.#over) return;
      try {
        await work();
      } catch (error) {
        if (attempt !== this.#attempt || this.#over) return;
        // Somebody who left before they were watched is no failure of the line.
        if (error instanceof JanusError && error.code !== GONE) return;
        if (!(error instanceof JanusError || error instanceof DOMException)) throw error;
        this.#again();
      }
    });
  }

  #change(change: Partial<Seen>): void {
    this.#seen = { ...this.#seen, ...change };
    if (!this.#over) this.ports.changed(this.#seen);
  }
}
