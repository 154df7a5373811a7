/**
 * What is sent to somebody is screened on its way, by the live process, where its writer agreed to
 * that. Nothing of it is kept, and nothing here ever holds a message up.
 */
import { v7 } from "uuid";

import { api, clientPath } from "@/api/client";
import { keepReport } from "@/companion/device";
import { sendReports } from "@/companion/reports";

/** A sign of danger; `told`: somebody of the practice has been told to look after the writer. */
export interface Sign {
  level: string;
  told: boolean;
}

/** Levels that somebody acts on. */
const SIGNS: ReadonlySet<string> = new Set(["concern", "urgent", "emergency"]);
const HISTORY = 6;
const PATIENCE_MS = 8_000;

interface Ticket {
  ticket: string | null;
  url: string;
  expires_at: string | null;
}

interface Answer {
  level: string | null;
  report: string | null;
  told: "yes" | "no" | "unreachable";
  flag: unknown;
}

interface Means {
  ticket: () => Promise<Ticket>;
  fetch?: typeof fetch;
}

const ticketOf = (practiceId: string, clientId: string) => (): Promise<Ticket> =>
  api.post<Ticket>(clientPath(practiceId, clientId, "/peer-tickets"));

/** Screens one text of a writer's own; null where nothing was found, nobody agreed, or it failed. */
export class Passing {
  #last: string[] = [];
  #ticket: Ticket | null = null;

  constructor(
    readonly user: string,
    readonly language: string,
    private readonly means: Means,
  ) {}

  static of(user: string, practiceId: string, clientId: string, language: string): Passing {
    return new Passing(user, language, { ticket: ticketOf(practiceId, clientId) });
  }

  async look(text: string): Promise<Sign | null> {
    const history = this.#last;
    this.#last = [...this.#last, text].slice(-HISTORY);
    try {
      return await this.#ask(text, history);
    } catch {
      // Never a reason to hold a message up; the crisis lines stand on the screen anyway.
      return null;
    }
  }

  async #ask(text: string, history: string[]): Promise<Sign | null> {
    const { ticket, url } = await this.#leave();
    if (ticket === null) return null;
    const id = v7();
    const response = await (this.means.fetch ?? fetch)(`${url}/passing`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Ticket ${ticket}` },
      body: JSON.stringify({ id, text, history, language: this.language }),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) return null;
    const answer = (await response.json()) as Answer;
    let told = answer.flag !== null;
    if (answer.told === "unreachable" && answer.report !== null) {
      await keepReport(this.user, id, answer.report);
      told = (await sendReports(this.user)).length > 0;
    }
    const { level } = answer;
    return level !== null && SIGNS.has(level) ? { level, told } : null;
  }

  /** A ticket lives ten minutes. */
  async #leave(): Promise<Ticket> {
    const expires = Date.parse(this.#ticket?.expires_at ?? "");
    if (this.#ticket === null || expires - Date.now() < 60_000) this.#ticket = await this.means.ticket();
    return this.#ticket;
  }
}
