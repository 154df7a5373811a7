/**
 * What somebody sends to people, shown in passing to the practice's program that looks for danger,
 * where its writer agreed to that. The text itself goes sealed, another way, whatever becomes of
 * this: nothing here throws, and nothing waits for it.
 */
import type { Card } from "@/companion/wire";
import type { FlagStatus } from "@/api/types";

export interface LookTicket {
  /** Null: the person did not agree, and no word leaves the device. */
  ticket: string | null;
  url: string;
}

/** What came of one text. `looked` false: nobody and nothing could look at it. */
export interface Looked {
  id: string;
  looked: boolean;
  card: Card | null;
  flag: FlagStatus | null;
}

interface Answer {
  looked: boolean;
  card: Card | null;
  report: string | null;
  told: "yes" | "no" | "unreachable";
  flag: FlagStatus | null;
}

export interface Means {
  /** A ticket; `anew` where the last one was not taken. */
  ticket: (anew: boolean) => Promise<LookTicket>;
  /** What live could not hand over; gives the flags that came of it. */
  keepReport: (id: string, blob: string) => Promise<FlagStatus[]>;
  language: string;
  country: string | null;
  patienceMs?: number;
  fetch?: typeof fetch;
}

interface Sent {
  id: string;
  text: string;
  history: readonly string[];
}

const PATIENCE_MS = 10_000;
const TRIES = 2;
/** How many of the writer's own last texts go along, for what adds up. */
const HISTORY = 6;

async function ask(sent: Sent, given: LookTicket, means: Means): Promise<Response> {
  const { language, country, patienceMs = PATIENCE_MS } = means;
  return (means.fetch ?? fetch)(`${given.url}/looks`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Ticket ${given.ticket}` },
    body: JSON.stringify({ ...sent, language, country }),
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(patienceMs),
  });
}

async function answered(sent: Sent, means: Means): Promise<Answer | "no consent" | null> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const given = await means.ticket(attempt > 0);
    if (given.ticket === null) return "no consent";
    try {
      const response = await ask(sent, given, means);
      if (response.ok) return (await response.json()) as Answer;
      if (response.status !== 401 && response.status < 500) return null;
    } catch {
      // Away, or too slow: once more, under the same id.
    }
  }
  return null;
}

/** What one person sends in one place, looked at text by text. */
export class Looking {
  #last: string[] = [];

  /** Null where nothing is to be shown: no danger was found, or the person did not agree. */
  async look(id: string, text: string, means: Means): Promise<Looked | null> {
    const history = this.#last;
    this.#last = [...history, text].slice(-HISTORY);
    try {
      const answer = await answered({ id, text, history }, means);
      if (answer === "no consent") {
        // What was written before somebody agreed is not sent along once they have.
        this.#last = [];
        return null;
      }
      if (answer === null) return { id, looked: false, card: null, flag: null };
      const { looked, card, report, told } = answer;
      let { flag } = answer;
      if (report !== null && told !== "yes") flag ??= (await means.keepReport(id, report))[0] ?? null;
      return looked && card === null ? null : { id, looked, card, flag };
    } catch {
      // Without a ticket nobody knows whether they agreed: no word has left the device.
      this.#last = [];
      return null;
    }
  }
}
