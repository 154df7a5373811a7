/** A socket and a server of live news for tests: frames go over the wire as text, as they do. */
import type { Means } from "./socket";

export class FakeSocket {
  static readonly made: FakeSocket[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  /** The handshake succeeds. */
  connects(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  says(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The server or the network ends it. */
  breaks(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

/** A practice's server that allows everything, unless `ticket` is replaced. */
export function fakeMeans(more: Partial<Means> = {}): Means & { asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    ticket: (wanted) => {
      asked.push(wanted);
      return Promise.resolve({
        ticket: `ticket ${asked.length}`,
        url: "ws://localhost:8002/socket",
        expires_at: "2026-11-23T12:10:00Z",
        topics: Object.fromEntries(wanted.map((topic) => [topic, "rw" as const])),
      });
    },
    socket: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 0.5,
    ...more,
  };
}
