// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Answer, type JanusError, JanusPeer, JanusSession } from "./janus";

type Sent = Record<string, unknown> & { janus?: string; transaction?: string };

class FakeSocket {
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Sent[] = [];
  answer: (sent: Sent) => unknown = () => null;

  send(text: string): void {
    const sent = JSON.parse(text) as Sent;
    this.sent.push(sent);
    const answers = this.answer(sent);
    for (const each of Array.isArray(answers) ? answers : [answers]) if (each !== null) this.say({ transaction: sent.transaction, ...each });
  }

  say(heard: unknown): void {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(heard) }));
  }

  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

/** Answers as Janus does: session 7, handle 9, and what a plugin is asked first with an acknowledgement. */
function answering(event: (sent: Sent) => unknown): (sent: Sent) => unknown {
  return (sent) => {
    if (sent.kind === "open") return { kind: "opened" };
    if (sent.janus === "create") return { janus: "success", data: { id: 7 } };
    if (sent.janus === "attach") return { janus: "success", data: { id: 9 } };
    if (sent.janus !== "message") return { janus: "ack" };
    return [{ janus: "ack" }, { janus: "event", sender: 9, ...(event(sent) as object) }];
  };
}

async function opened(event: (sent: Sent) => unknown, closed = vi.fn<(code: string) => void>()) {
  const socket = new FakeSocket();
  socket.answer = answering(event);
  const opening = JanusSession.open(socket as unknown as WebSocket, "a ticket", closed);
  socket.onopen?.();
  return { socket, session: await opening, closed };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a session with Janus", () => {
  it("begins with the ticket and says which session it is from then on", async () => {
    const { socket, session } = await opened(() => ({}));
    await session.attach("a.plugin", {});
    expect(socket.sent.map(({ kind, janus, session_id }) => [kind ?? janus, session_id])).toEqual([
      ["open", undefined],
      ["create", undefined],
      ["attach", 7],
    ]);
  });

  it("takes the event, and not the acknowledgement, for a plugin's answer", async () => {
    const jsep = { type: "answer", sdp: "v=0" };
    const { session } = await opened(() => ({ plugindata: { data: { videoroom: "joined" } }, jsep }));
    const handle = await session.attach("a.plugin", {});
    expect(await handle.ask({ request: "join" })).toEqual({ data: { videoroom: "joined" }, jsep });
  });

  it("throws what the plugin refuses, which comes as an event like any other", async () => {
    const { session } = await opened(() => ({ plugindata: { data: { error_code: 426, error: "No such room" } } }));
    const handle = await session.attach("a.plugin", {});
    await expect(handle.ask({ request: "join" })).rejects.toMatchObject({ code: 426 } satisfies Partial<JanusError>);
  });

  it("hands what nobody asked for to the handle that it is about", async () => {
    const { socket, session } = await opened(() => ({}));
    const events: Answer[] = [];
    const candidates: unknown[] = [];
    await session.attach("a.plugin", {
      event: (answer) => events.push(answer),
      trickle: (candidate) => candidates.push(candidate),
    });
    socket.say({ janus: "event", sender: 8, plugindata: { data: { of: "another" } } });
    socket.say({ janus: "event", sender: 9, plugindata: { data: { publishers: [] } } });
    socket.say({ janus: "trickle", sender: 9, candidate: { candidate: "c", sdpMid: "0" } });
    socket.say({ janus: "trickle", sender: 9, candidate: { completed: true } });
    await vi.advanceTimersByTimeAsync(1);
    expect(events).toEqual([{ data: { publishers: [] }, jsep: null }]);
    expect(candidates).toEqual([{ candidate: "c", sdpMid: "0" }, null]);
  });

  it("is kept alive, and fails what waits where the socket ends", async () => {
    const { socket, session, closed } = await opened(() => ({}));
    const handle = await session.attach("a.plugin", {});
    await vi.advanceTimersByTimeAsync(25_000);
    expect(socket.sent.at(-1)).toMatchObject({ janus: "keepalive", session_id: 7 });
    socket.answer = () => null;
    const waiting = handle.ask({ request: "start" });
    socket.close();
    await expect(waiting).rejects.toMatchObject({ reason: "closed" });
    expect(closed.mock.calls).toEqual([["closed"]]);
  });

  it("says why our own process refused it", async () => {
    const socket = new FakeSocket();
    const closed = vi.fn<(code: string) => void>();
    socket.answer = () => ({ kind: "refused", code: "ticket-expired" });
    const opening = JanusSession.open(socket as unknown as WebSocket, "old", closed);
    socket.onopen?.();
    await expect(opening).rejects.toMatchObject({ reason: "ticket-expired" });
    expect(closed.mock.calls).toEqual([["ticket-expired"]]);
  });
});

describe("a peer connection with Janus", () => {
  it("keeps candidates that come before the description, and adds them in their order", async () => {
    const { socket, session } = await opened(() => ({}));
    const handle = await session.attach("a.plugin", {});
    const added: unknown[] = [];
    const pc = {
      remoteDescription: null as unknown,
      onicecandidate: null as ((event: { candidate: unknown }) => void) | null,
      setRemoteDescription: async (jsep: unknown) => void (pc.remoteDescription = jsep),
      addIceCandidate: async (candidate: unknown) => void added.push(candidate),
    };
    const peer = new JanusPeer(handle, pc as unknown as RTCPeerConnection);
    socket.say({ janus: "trickle", sender: 9, candidate: { candidate: "first" } });
    socket.say({ janus: "trickle", sender: 9, candidate: { candidate: "second" } });
    await vi.advanceTimersByTimeAsync(1);
    expect(added).toEqual([]);
    await peer.take({ type: "answer", sdp: "" });
    socket.say({ janus: "trickle", sender: 9, candidate: { completed: true } });
    await vi.advanceTimersByTimeAsync(1);
    expect(added).toEqual([{ candidate: "first" }, { candidate: "second" }, undefined]);

    pc.onicecandidate?.({ candidate: { toJSON: () => ({ candidate: "mine" }) } });
    pc.onicecandidate?.({ candidate: null });
    await vi.advanceTimersByTimeAsync(50);
    expect(socket.sent.at(-1)).toMatchObject({ janus: "trickle", candidates: [{ candidate: "mine" }, { completed: true }] });
  });
});
