/**
 * Who is in a group's room now, and under which key: worked out by every device from what is said on
 * the room's topic and from whom the server let in. Knows no screen, no server and no connection.
 *
 * One of those present makes the room's key, seals it to each of the others, and makes another
 * whenever somebody comes or goes: who is out reads nothing more, who comes reads nothing before.
 * Where any device in the room cannot seal, everybody's frames go as they are, and all are told.
 */
import { fromBase64Url, toBase64Url } from "@/auth/bytes";
import { type Bytes, random } from "@/vault/engine/encoding";
import type { KnownMember, RoomKeyWire, Seat } from "@/vault/groupKeys";

import { type Mode, openCard, sealCard } from "./frames";
import { type Card, cardBytes, cardOf, type GroupSaid, groupSaidOf } from "./wire";

/** How long changes are gathered before a key is made for them. */
const GATHER_MS = 250;
/** So that everybody has the key before anything comes under it. */
const SWITCH_MS = 400;
/** Whoever says nothing so long after all were asked is not there. */
const SILENT_MS = 5000;
/** How often a device without the key asks for it. */
const ASK_MS = 2000;

export interface Person {
  account: string;
  card: Card | null;
}

export interface Presence {
  mode: Mode;
  /** Those who are there beside this device. */
  people: readonly Person[];
  /** Accounts whose device cannot seal: why frames go as they are. */
  unable: readonly string[];
  /** How many devices have the present key. */
  sharing: number;
  /** Another device of this account came, and has the room now. */
  elsewhere: boolean;
  /** Somebody's keys are not those known here: they get none. */
  refused: readonly string[];
}

export interface RosterPorts {
  say(said: GroupSaid): void;
  makeKey(number: number, seats: Seat[], people: KnownMember[]): Promise<{ wire: RoomKeyWire; key: Bytes }>;
  openKey(wire: RoomKeyWire, maker: KnownMember): Promise<Bytes>;
  /** The account whose keys are not to be used, if that is what an error says. */
  refusal(error: unknown): boolean;
  /** Frames may come under this key. */
  learn(number: number, key: Bytes): void;
  /** Frames go out under it. */
  send(number: number): void;
  changed(presence: Presence): void;
  /** Two of a mesh. */
  pair(from: string, said: unknown): void;
}

/** Whom the server lets be here: who holds the group first. */
export interface Allowed extends KnownMember {
  host: boolean;
}

interface Seated {
  nonce: string;
  can: boolean;
  number: number;
  connection: string | null;
  card: Card | null;
  asked: boolean;
}

export class Roster {
  readonly #nonce = toBase64Url(random(12));
  readonly #seated = new Map<string, Seated>();
  #allowed: readonly Allowed[] = [];
  #card: Card = { name: "", microphone: false, camera: false, screen: false };
  #number = 0;
  #key: { number: number; seats: string; key: Bytes; wire: RoomKeyWire } | null = null;
  #boxes = new Map<string, { n: string; number: number | null; box: string }>();
  #refused = new Set<string>();
  #elsewhere = false;
  #making = false;
  #over = false;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly me: string,
    private readonly can: boolean,
    private readonly ports: RosterPorts,
  ) {}

  start(): void {
    this.#here(false);
    this.#tendSoon();
    const ask = (): void => {
      if (this.#over) return;
      if (this.#mode() === "hold") this.#here(false);
      this.#after("ask", ASK_MS, ask);
    };
    this.#after("ask", ASK_MS, ask);
  }

  stop(): void {
    if (!this.#elsewhere) this.ports.say({ t: "bye", a: this.me, n: this.#nonce });
    this.#over = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /** Whom the server lets in, as it last said. */
  allow(people: readonly Allowed[]): void {
    this.#allowed = people;
    for (const account of this.#seated.keys()) if (!this.#isAllowed(account)) this.#seated.delete(account);
    this.#tendSoon();
  }

  /** Our line to the server was cut and is back: who is still there says so. */
  look(): void {
    for (const seated of this.#seated.values()) seated.asked = true;
    this.#here(false);
    this.#after("silent", SILENT_MS, () => {
      for (const [account, { asked }] of this.#seated) if (asked) this.#seated.delete(account);
      this.#tendSoon();
    });
  }

  /** Somebody came onto the topic. */
  came(): void {
    this.#here(true);
  }

  /** A socket is gone, and whoever spoke over it. */
  went(connection: string): void {
    for (const [account, seated] of this.#seated) {
      if (seated.connection === connection) this.#seated.delete(account);
    }
    this.#tendSoon();
  }

  tell(card: Card): void {
    this.#card = card;
    void this.#sayCard();
  }

  async heard(data: unknown, connection: string | null): Promise<void> {
    const said = groupSaidOf(data);
    if (said === null || this.#over || this.#elsewhere) return;
    if (said.t === "key") await this.#took(said.key);
    else if (said.t === "pair") {
      if (said.to === this.me && said.a !== this.me) this.ports.pair(said.a, said.said);
    } else if (said.t === "here") this.#sat(said, connection);
    else if (said.t === "bye") {
      if (this.#seated.get(said.a)?.nonce !== said.n) return;
      this.#seated.delete(said.a);
      this.#tendSoon();
    } else {
      const before = this.#boxes.get(said.a);
      // Sealing takes its time: one under an earlier key may come after one under a later.
      if (before?.n === said.n && (before.number ?? 0) > (said.number ?? Infinity)) return;
      this.#boxes.set(said.a, said);
      await this.#readCard(said.a);
    }
  }

  #sat({ a, n, can, number, back }: Extract<GroupSaid, { t: "here" }>, connection: string | null): void {
    if (a === this.me) {
      this.#elsewhere = n !== this.#nonce;
      this.#changed();
      return;
    }
    // Whoever comes back makes the next key, and not one that the others have had.
    if (this.#isAllowed(a)) this.#number = Math.max(this.#number, number);
    const before = this.#seated.get(a);
    const card = before?.nonce === n ? before.card : null;
    this.#seated.set(a, { nonce: n, can, number, connection, card, asked: false });
    if (!back) this.#here(true);
    if (before?.nonce !== n) {
      void this.#sayCard();
      void this.#readCard(a);
    }
    // They have not heard the key that was made for them: once more.
    if (this.#isMine() && this.#key?.wire.maker === this.me && number < this.#key.number) {
      this.#after("again", GATHER_MS, () => {
        if (this.#key !== null) this.ports.say({ t: "key", key: this.#key.wire });
        void this.#sayCard();
      });
    }
    this.#tendSoon();
  }

  #here(back: boolean): void {
    this.ports.say({ t: "here", a: this.me, n: this.#nonce, can: this.can, number: this.#key?.number ?? 0, back });
  }

  #isAllowed(account: string): boolean {
    return this.#allowed.some((one) => one.account === account);
  }

  /** Those seated whom the server let in, and this device. */
  #present(): [string, Seated][] {
    return [...this.#seated].filter(([account]) => this.#isAllowed(account));
  }

  #seats(): Seat[] {
    const others = this.#present().map(([account, { nonce }]): Seat => [account, nonce]);
    return [...others, [this.me, this.#nonce] as Seat].toSorted(([one], [other]) => (one < other ? -1 : 1));
  }

  #unable(): string[] {
    const others = this.#present().filter(([, { can }]) => !can);
    return [...others.map(([account]) => account), ...(this.can ? [] : [this.me])];
  }

  #mode(): Mode {
    if (this.#unable().length > 0) return "plain";
    return this.#key?.seats === JSON.stringify(this.#seats()) || this.#isMember() ? "sealed" : "hold";
  }

  /** Whether the key that is here was made for this device as it is now. */
  #isMember(): boolean {
    return this.#key?.wire.seats.some(([account, nonce]) => account === this.me && nonce === this.#nonce) ?? false;
  }

  /** Who makes keys: who holds the group, else whose account sorts first. */
  #isMine(): boolean {
    const present = new Set(this.#seats().map(([account]) => account));
    const host = this.#allowed.find(({ account, host: holds }) => holds && present.has(account));
    return (host?.account ?? [...present].toSorted()[0]) === this.me;
  }

  #tendSoon(): void {
    this.#changed();
    if (!this.#timers.has("tend")) this.#after("tend", GATHER_MS, () => void this.#tend());
  }

  async #tend(): Promise<void> {
    const seats = this.#seats();
    const current = JSON.stringify(seats);
    const due = this.#unable().length === 0 && this.#isMine() && this.#key?.seats !== current;
    if (!due || this.#making || this.#elsewhere || !this.#isAllowed(this.me)) return;
    this.#making = true;
    try {
      const wanted = seats.filter(([account]) => !this.#refused.has(account));
      const made = await this.ports.makeKey(this.#number + 1, wanted, [...this.#allowed]);
      this.#number = made.wire.number;
      this.ports.say({ t: "key", key: made.wire });
      this.#use(made.wire, made.key, current);
    } catch (error) {
      if (!this.ports.refusal(error)) throw error;
      await this.#findRefused(seats);
    } finally {
      this.#making = false;
    }
    // Somebody came or went meanwhile.
    if (JSON.stringify(this.#seats()) !== this.#key?.seats) this.#tendSoon();
  }

  /** Whose keys are not to be used: tried one by one, and left out from then on. */
  async #findRefused(seats: Seat[]): Promise<void> {
    for (const seat of seats) {
      if (seat[0] === this.me) continue;
      const two = [seat, [this.me, this.#nonce] as Seat];
      try {
        await this.ports.makeKey(this.#number + 1, two, [...this.#allowed]);
      } catch (error) {
        if (!this.ports.refusal(error)) throw error;
        this.#refused.add(seat[0]);
      }
    }
    this.#changed();
  }

  async #took(wire: RoomKeyWire): Promise<void> {
    const maker = this.#allowed.find(({ account }) => account === wire.maker);
    const meant = wire.seats.some(([account, nonce]) => account === this.me && nonce === this.#nonce);
    if (maker === undefined || !meant || !this.can || wire.maker === this.me) return;
    // Two made one at once: the same one of them counts everywhere.
    const same = wire.number === this.#key?.number && wire.maker >= this.#key.wire.maker;
    if (wire.number < this.#number || same) return;
    try {
      const key = await this.ports.openKey(wire, maker);
      this.#number = Math.max(this.#number, wire.number);
      this.#use(wire, key, JSON.stringify(wire.seats));
    } catch (error) {
      if (!this.ports.refusal(error)) throw error;
      this.#refused.add(wire.maker);
      this.#changed();
    }
  }

  #use(wire: RoomKeyWire, key: Bytes, seats: string): void {
    const { number } = wire;
    const first = this.#key === null;
    this.#key = { number, seats, key, wire };
    this.ports.learn(number, key);
    if (first) this.ports.send(number);
    else this.#after("switch", SWITCH_MS, () => this.ports.send(number));
    void this.#sayCard();
    for (const account of this.#boxes.keys()) void this.#readCard(account);
    this.#changed();
  }

  async #sayCard(): Promise<void> {
    const mode = this.#mode();
    if (mode === "hold" || this.#over) return;
    const content = cardBytes(this.#card);
    const key = mode === "sealed" ? this.#key : null;
    const box = key === null ? content : await sealCard(key.key, this.me, content);
    this.ports.say({ t: "card", a: this.me, n: this.#nonce, number: key?.number ?? null, box: toBase64Url(box) });
  }

  async #readCard(account: string): Promise<void> {
    const seated = this.#seated.get(account);
    const said = this.#boxes.get(account);
    if (seated === undefined || said === undefined || said.n !== seated.nonce) return;
    const box = fromBase64Url(said.box);
    // A name that was not sealed is not believed where all others are.
    if (said.number === null && this.#mode() !== "plain") return;
    if (said.number !== null && said.number !== this.#key?.number) return;
    const content = said.number === null || this.#key === null ? box : await openCard(this.#key.key, account, box);
    // They may have said anew that they are here while this was opened.
    const now = this.#seated.get(account);
    if (content === null || now === undefined || now.nonce !== said.n) return;
    now.card = cardOf(content);
    this.#changed();
  }

  #changed(): void {
    if (this.#over) return;
    const mode = this.#mode();
    this.ports.changed({
      mode,
      people: this.#present().map(([account, { card }]) => ({ account, card })),
      unable: this.#unable(),
      sharing: mode === "sealed" ? (this.#key?.wire.seats.length ?? 0) : 0,
      elsewhere: this.#elsewhere,
      refused: [...this.#refused],
    });
  }

  #after(name: string, ms: number, work: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(
      name,
      setTimeout(() => {
        this.#timers.delete(name);
        if (!this.#over) work();
      }, ms),
    );
  }
}
