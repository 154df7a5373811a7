/**
 * One turn with the live process: words out, an answer in. Nothing is kept on the way; what could not
 * be delivered is the caller's to keep, under the same id.
 */
import { type Line, ndjson, type Turn, type TurnRequest } from "./wire";

export interface Ticket {
  ticket: string;
  /** Where turns go, such as `https://practice.example:8001`. */
  origin: string;
}

/** Why there is no answer. */
export type Failure =
  /** Nobody was reached: no network, or the process is away. */
  | "away"
  /** This person may not talk here now; another try changes nothing. */
  | "refused"
  | "too-long"
  | "too-often";

export class TurnFailed extends Error {
  override readonly name = "TurnFailed";

  constructor(readonly why: Failure) {
    super(`no answer: ${why}`);
  }
}

export interface Means {
  /** A ticket; `anew` where the last one was not taken. Throws TurnFailed. */
  ticket: (anew: boolean) => Promise<Ticket>;
  /** Milliseconds for the first line, and between two lines. */
  patienceMs?: number;
  fetch?: typeof fetch;
}

export interface Heard {
  onTurn: (turn: Turn) => void;
  onWords?: (text: string) => void;
}

export interface Told {
  source: "model" | "script";
  /** The answer came, and broke off while words were still on their way. */
  cut: boolean;
}

const PATIENCE_MS = 10_000;
const TRIES = 2;

const FAILURES: Record<number, Failure> = {
  401: "refused",
  403: "refused",
  404: "refused",
  413: "too-long",
  422: "refused",
  429: "too-often",
};

/** The promise's value, or TurnFailed when it takes too long; `cancel` then ends what it waits for. */
async function within<T>(ms: number, work: Promise<T>, cancel: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => {
      cancel();
      failed(new TurnFailed("away"));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function open(
  request: TurnRequest,
  { ticket, origin }: Ticket,
  stop: AbortController,
  means: Means,
): Promise<Response> {
  try {
    return await (means.fetch ?? fetch)(`${origin}/companion/turns`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/x-ndjson",
        Authorization: `Ticket ${ticket}`,
      },
      body: JSON.stringify(request),
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: stop.signal,
    });
  } catch {
    throw new TurnFailed("away");
  }
}

async function read(
  body: ReadableStream<Uint8Array>,
  heard: Heard,
  patience: number,
  stop: AbortController,
): Promise<Told> {
  const lines = ndjson(body);
  let first = true;
  const told: Told = { source: "script", cut: true };
  const next = (): Promise<IteratorResult<Line, void>> =>
    within(patience, lines.next(), () => stop.abort());
  try {
    for (let at = await next(); at.done !== true; at = await next()) {
      const line = at.value;
      if (line.kind === "turn") {
        heard.onTurn(line);
        first = false;
        if (!line.reflecting) return { source: "script", cut: false };
      } else if (line.kind === "words") heard.onWords?.(line.text);
      else if (line.kind === "end") return { source: line.source, cut: false };
    }
  } catch {
    // Broken off or unreadable: what was heard stands, and without a first line nothing was.
  } finally {
    void lines.return();
  }
  if (first) throw new TurnFailed("away");
  return told;
}

/**
 * Takes one turn. `onTurn` is called once, before the promise resolves; words follow where something
 * is put in other words. Throws TurnFailed where no answer came, and the event is then unread as far
 * as this device knows: it may be sent again, under the same id.
 */
export async function takeTurn(
  request: TurnRequest,
  heard: Heard,
  means: Means,
  signal?: AbortSignal,
): Promise<Told> {
  const patience = means.patienceMs ?? PATIENCE_MS;
  let anew = false;
  let failed = new TurnFailed("away");
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stop = new AbortController();
    const leave = (): void => stop.abort();
    signal?.addEventListener("abort", leave);
    try {
      const ticket = await means.ticket(anew);
      const asked = open(request, ticket, stop, means);
      const response = await within(patience, asked, leave);
      if (response.ok && response.body !== null) {
        return await read(response.body, heard, patience, stop);
      }
      failed = new TurnFailed(FAILURES[response.status] ?? "away");
      anew = response.status === 401;
      if (failed.why !== "away" && !anew) throw failed;
    } catch (error) {
      if (!(error instanceof TurnFailed)) throw error;
      failed = error;
      if (error.why !== "away" || signal?.aborted === true) throw error;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }
  throw failed;
}
