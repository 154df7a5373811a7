/** What passes over a socket of live news: docs/reference/live-news.md. */
export interface TopicTicket {
  ticket: string;
  /** Where the socket opens; the ticket goes in its first frame and never in an address. */
  url: string;
  expires_at: string;
  /** What was allowed of what was asked for. */
  topics: Record<string, "r" | "rw">;
}

/** Somebody's socket: `account` is the same for all of one account's, on this topic. */
export interface Present {
  connection: string;
  account: string;
}

export interface Told {
  /** Numbers what is told where gaps are to be seen. */
  seq: number | null;
  /** Null where it was too large: fetch it. */
  data: unknown;
}

export interface Said {
  /** Whose socket. */
  from: string;
  account: string;
  data: unknown;
}

export type FromServer =
  | { kind: "opened"; topics: Record<string, "r" | "rw">; connection: string }
  | ({ kind: "told"; topic: string } & Told)
  | ({ kind: "said"; topic: string } & Said)
  | ({ kind: "came" | "went"; topic: string } & Present)
  | { kind: "leaving"; after_ms: number }
  | { kind: "refused"; code: string; topic?: string }
  | { kind: "gap" | "beat" };

export function read(frame: unknown): FromServer | null {
  if (typeof frame !== "string") return null;
  try {
    const found = JSON.parse(frame) as unknown;
    return typeof found === "object" && found !== null && "kind" in found
      ? (found as FromServer)
      : null;
  } catch {
    return null;
  }
}
