/** Ties a session to where its conversation is kept, and to what goes along with each turn. */
import { deviceTimeZone } from "@/format";
import type { Place } from "@/vault/opening";

import { keepReport, keepWaiting } from "./device";
import { helping, remembering } from "./remember";
import { sendReports } from "./reports";
import { type Around, Session } from "./session";
import { type Conversation, exchange, keepMemory, keepTalk, type Memory } from "./store";
import type { Talk } from "./talk";
import { takeTurn, type Ticket } from "./transport";
import type { Effect } from "./wire";

export interface Surroundings {
  language: string;
  country: string | null;
  ticket: (anew: boolean) => Promise<Ticket>;
  remembered: Memory;
  /** There is a safety plan. */
  plan: boolean;
}

export class Keeping {
  readonly session: Session;
  private stands: Conversation;

  constructor(
    /** Null: it is kept nowhere. */
    private readonly place: Place | null,
    chosen: Conversation,
    private readonly user: string,
    private around: Surroundings,
  ) {
    this.stands = chosen;
    const given: Around = {
      context: () => this.context(),
      take: (request, heard, signal) =>
        takeTurn(request, heard, { ticket: (anew) => this.around.ticket(anew) }, signal),
      keepWaiting: (talk) => this.keepWaiting(talk),
      keep: (talk) => this.keep(talk),
      keepReport: (id, blob) => this.keepReport(id, blob),
      onEffects: (effects) => {
        void this.remember((memory) => remembering(memory, effects, new Date()));
        void this.keepPlan(effects);
      },
      onHelped: (flow, helped) => void this.remember((memory) => helping(memory, flow, helped)),
      remembers: () => this.place !== null && this.around.remembered.allowed,
    };
    this.session = new Session(chosen.talk, given);
  }

  /** What goes along from now on. */
  surround(around: Surroundings): void {
    this.around = around;
  }

  start(): () => void {
    this.session.start();
    return () => this.session.end();
  }

  private context(): ReturnType<Around["context"]> {
    const { language, country, remembered, plan } = this.around;
    const { allowed, goals, past } = remembered;
    const told = past.map(({ flow, part, taken, helped }) => ({ flow, part, taken, helped }));
    const offers = allowed ? { offers: true, goals, past: told } : {};
    const memory = { ...offers, ...(plan ? { safety_plan: true } : {}) };
    return { language, country, zone: deviceTimeZone(), memory };
  }

  private async keepWaiting(talk: Talk): Promise<void> {
    if (this.place === null) return;
    const { item, heads } = this.stands;
    await keepWaiting(this.place, item, heads.map(({ hash }) => hash), talk);
  }

  private async keep(talk: Talk): Promise<void> {
    if (this.place === null) return;
    this.stands = await keepTalk(this.place, { ...this.stands, talk });
    void exchange(this.place, { fetchToo: false });
  }

  private async keepReport(id: string, blob: string): Promise<void> {
    await keepReport(this.user, id, blob);
    this.session.addFlags(await sendReports(this.user));
  }

  /** The steps of a finished safety plan go to where the plan is kept. */
  private async keepPlan(effects: readonly Effect[]): Promise<void> {
    for (const { kind, data } of effects) {
      if (kind !== "finished" || data["flow"] !== "safety-plan") continue;
      const { saveFromConversation } = await import("@/person/safetyPlan");
      await saveFromConversation(data["answers"] as Record<string, unknown>, this.place ?? undefined);
    }
  }

  private async remember(change: (memory: Memory) => Omit<Memory, "written_at">): Promise<void> {
    if (this.place === null || !this.around.remembered.allowed) return;
    const remembered = { ...change(this.around.remembered), written_at: new Date().toISOString() };
    this.around = { ...this.around, remembered };
    await keepMemory(this.place, remembered);
    await exchange(this.place, { fetchToo: false });
  }
}
