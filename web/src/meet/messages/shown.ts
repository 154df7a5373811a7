/** Messages as they are on the screen: what this device has fetched and opened of a thread. */
import { VaultError } from "@/vault/engine/errors";
import { vaultWorker } from "@/vault/worker";

import { fetchMessages, openThread, type Thread } from "./api";
import { type Said, saidIn } from "./content";
import type { OpenedMessage } from "./desk";
import type { MessageRow, MessagesPageOut, Place } from "./types";

/** Messages of one request; a screen has fewer. */
export const BLOCK = 50;

export interface Shown {
  seq: number;
  id: string;
  sender: string | null;
  epoch: number;
  at: string;
  said: Said | null;
  /** Why it cannot be read; null where it can, or where it was taken back. */
  code: string | null;
  retracted: boolean;
}

function shownOf(row: MessageRow, opened: OpenedMessage | undefined): Shown {
  const { seq, id, sender, epoch, received_at: at, retracted } = row;
  const bare = { seq, id, sender, epoch, at, retracted, said: null, code: null };
  if (retracted || opened === undefined) return bare;
  if ("code" in opened) return { ...bare, code: opened.code };
  try {
    const said = saidIn(opened.content);
    // Sealed within: the server cannot give one message's place to another of the same sender.
    return said.id === id ? { ...bare, said } : { ...bare, code: "item-damaged" };
  } catch (error) {
    if (error instanceof VaultError) return { ...bare, code: error.code };
    throw error;
  }
}

/** A conversation as it stood at one moment: what the screen is drawn from. */
export interface View {
  /** Which conversation: fetched anew it is another. */
  of: Conversation;
  place: Place;
  thread: Thread;
  messages: ReadonlyMap<number, Shown>;
  fromSeq: number;
  lastSeq: number;
  count: number;
  readBy: readonly { member: string; seq: number }[];
}

/** What is known of one thread on this device while it is on the screen. Nothing of it is stored. */
export class Conversation {
  readonly messages = new Map<number, Shown>();
  lastSeq: number;
  readSeq: number;
  readBy: { member: string; seq: number }[] = [];
  private readonly asked = new Set<number>();

  constructor(
    readonly place: Place,
    public thread: Thread,
  ) {
    this.lastSeq = thread.wire.last_seq;
    this.readSeq = thread.wire.read_seq;
  }

  get fromSeq(): number {
    return Math.min(this.thread.wire.from_seq, this.lastSeq + 1);
  }

  get count(): number {
    return this.lastSeq - this.fromSeq + 1;
  }

  /** Fetches and opens what of these places is not here; whether anything came. */
  async fetch(first: number, last: number): Promise<boolean> {
    const [from, to] = [Math.max(first, this.fromSeq), Math.min(last, this.lastSeq)];
    let came = false;
    for (let block = Math.floor((from - 1) / BLOCK); block * BLOCK < to; block += 1) {
      if (this.asked.has(block) || this.isWhole(block)) continue;
      this.asked.add(block);
      try {
        const query = { after: block * BLOCK, limit: BLOCK };
        const page = await fetchMessages(this.place.practiceId, this.thread.wire.id, query);
        came = (await this.take(page)) || came;
      } finally {
        this.asked.delete(block);
      }
    }
    return came;
  }

  private isWhole(block: number): boolean {
    const last = Math.min((block + 1) * BLOCK, this.lastSeq);
    for (let seq = Math.max(block * BLOCK + 1, this.fromSeq); seq <= last; seq += 1) {
      if (!this.messages.has(seq)) return false;
    }
    return true;
  }

  /** Who belongs may have changed: the thread is fetched and checked anew. */
  async reopen(): Promise<void> {
    this.thread = await openThread(this.place, this.thread.wire.id);
  }

  /** What is new since the last message that is known, and what was taken back lately. */
  async follow(): Promise<boolean> {
    const query = { after: this.lastSeq, limit: BLOCK };
    const page = await fetchMessages(this.place.practiceId, this.thread.wire.id, query);
    return this.take(page);
  }

  private async take(page: MessagesPageOut): Promise<boolean> {
    if (page.epoch > this.thread.opened.epoch) {
      this.thread = await openThread(this.place, this.thread.wire.id);
    }
    const sealed = page.items.filter((row) => row.ciphertext !== "");
    const opened = await vaultWorker.ask("readMessages", this.thread.wire.id, sealed);
    const bySeq = new Map(sealed.map((row, at) => [row.seq, opened[at]]));
    for (const row of page.items) this.messages.set(row.seq, shownOf(row, bySeq.get(row.seq)));
    let changed = page.items.length > 0 || page.last_seq !== this.lastSeq;
    for (const seq of page.retracted) changed = this.empty(seq) || changed;
    changed ||= JSON.stringify(this.readBy) !== JSON.stringify(page.read_by);
    this.readBy = page.read_by;
    this.lastSeq = Math.max(this.lastSeq, page.last_seq);
    this.readSeq = Math.max(this.readSeq, page.read_seq);
    return changed;
  }

  /** Takes what was retracted off the screen; whether it was there. */
  empty(seq: number): boolean {
    const found = this.messages.get(seq);
    if (found === undefined || found.retracted) return false;
    this.messages.set(seq, { ...found, said: null, code: null, retracted: true });
    return true;
  }

  view(): View {
    const { place, thread, fromSeq, lastSeq, count, readBy } = this;
    return { of: this, place, thread, messages: new Map(this.messages), fromSeq, lastSeq, count, readBy };
  }

  /** The first that is not read and not one's own, among what is there; null where all are. */
  get firstUnread(): number | null {
    return this.readSeq < this.lastSeq ? Math.max(this.readSeq + 1, this.fromSeq) : null;
  }
}

