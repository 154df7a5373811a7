/**
 * A message on its way to people, shown in passing to the practice's program that looks for danger,
 * where its writer agreed to that. The message itself goes sealed, another way, whatever becomes of
 * this: nothing here throws, and nothing waits for it.
 */
import type { Card } from "@/companion/wire";
import type { FlagStatus } from "@/api/types";

export interface LookTicket {
  /** Null: the person did not agree, and no word leaves the device. */
  ticket: string | null;
  url: string;
}

/** What came of one message. `looked` false: nobody and nothing could look at it. */
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

const PATIENCE_MS = 10_000;
const TRIES = 2;

async function ask(id: string, text: string, given: LookTicket, means: Means): Promise<Response> {
  const { language, country, patienceMs = PATIENCE_MS } = means;
  return (means.fetch ?? fetch)(`${given.url}/messages/looks`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Ticket ${given.ticket}` },
    body: JSON.stringify({ id, text, language, country }),
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(patienceMs),
  });
}

async function answered(id: string, text: string, means: Means): Promise<Answer | "no consent" | null> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const given = await means.ticket(attempt > 0);
    if (given.ticket === null) return "no consent";
    try {
      const response = await ask(id, text, given, means);
      if (response.ok) return (await response.json()) as Answer;
      if (response.status !== 401 && response.status < 500) return null;
    } catch {
      // Away, or too slow: once more, under the same id.
    }
  }
  return null;
}

/** Null where nothing is to be shown: no danger was found, or the person did not agree. */
export async function lookAt(id: string, text: string, means: Means): Promise<Looked | null> {
  try {
    const answer = await answered(id, text, means);
    if (answer === "no consent") return null;
    if (answer === null) return { id, looked: false, card: null, flag: null };
    const { looked, card, report, told } = answer;
    let { flag } = answer;
    if (report !== null && told !== "yes") flag ??= (await means.keepReport(id, report))[0] ?? null;
    return looked && card === null ? null : { id, looked, card, flag };
  } catch {
    // Without a ticket nobody knows whether they agreed: no word has left the device.
    return null;
  }
}
