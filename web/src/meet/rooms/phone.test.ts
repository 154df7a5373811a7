// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from "vitest";

import { PhoneCall, type PhoneStanding } from "./phone";

type Frame = Record<string, unknown>;

class FakeSocket {
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Frame[] = [];

  constructor() {
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string): void {
    const sent = JSON.parse(text) as Frame;
    this.sent.push(sent);
    const { transaction, kind, janus } = sent;
    if (kind === "open") this.say({ kind: "opened" });
    else if (janus === "create" || janus === "attach") this.say({ janus: "success", transaction, data: { id: 7 } });
    else if (janus === "message") this.event("calling", { transaction });
    else this.say({ janus: "ack", transaction });
  }

  event(event: string, more: Frame = {}, code?: number): void {
    this.say({ janus: "event", sender: 7, plugindata: { data: { event, ...(code === undefined ? {} : { code }) } }, ...more });
  }

  say(heard: Frame): void {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(heard) }));
  }

  close(): void {
    this.readyState = 3;
  }
}

class FakeConnection {
  signalingState = "stable";
  localDescription: unknown = null;
  remoteDescription: unknown = null;
  closed = false;
  addTransceiver = (track: unknown) => ({ sender: { track, replaceTrack: async () => undefined } });
  createOffer = async () => ({ type: "offer", sdp: "ours" });
  setLocalDescription = async (given: unknown): Promise<void> => {
    this.localDescription = given;
    this.signalingState = "have-local-offer";
  };
  setRemoteDescription = async (given: unknown): Promise<void> => {
    this.remoteDescription = given;
    this.signalingState = "stable";
  };
  close(): void {
    this.closed = true;
  }
}

vi.stubGlobal("MediaStream", class { addTrack(): void { /* holds it */ } });

async function called() {
  const socket = new FakeSocket();
  const connection = new FakeConnection();
  const heard: PhoneStanding[] = [];
  const call = new PhoneCall({
    socket: () => socket as unknown as WebSocket,
    ticket: "sealed",
    connection: () => connection as unknown as RTCPeerConnection,
    changed: (standing) => heard.push(standing),
  });
  await call.start(null);
  const settled = () => new Promise((done) => setTimeout(done, 0));
  return { socket, connection, heard, call, settled };
}

describe("a call to an ordinary phone", () => {
  beforeEach(() => void vi.useRealTimers());

  it("says nothing of whom to call, rings, and is answered", async () => {
    const { socket, connection, call, settled } = await called();
    expect(call.standing.phase).toBe("calling");
    const asked = socket.sent.find(({ janus }) => janus === "message");
    expect(asked?.["body"]).toEqual({ request: "call" });
    expect(asked?.["jsep"]).toEqual({ type: "offer", sdp: "ours" });
    socket.event("ringing");
    await settled();
    expect(call.standing.phase).toBe("ringing");
    socket.event("accepted", { jsep: { type: "answer", sdp: "theirs" } });
    await settled();
    expect(call.standing.phase).toBe("talking");
    expect(connection.remoteDescription).toEqual({ type: "answer", sdp: "theirs" });
    socket.event("ringing");
    await settled();
    expect(call.standing.phase).toBe("talking");
  });

  it.each([
    [486, "busy"],
    [480, "no-answer"],
    [603, "declined"],
    [404, "wrong-number"],
    [503, "failed"],
  ])("ends before an answer: %i is %s", async (code, end) => {
    const { socket, call, connection, settled } = await called();
    socket.event("hangup", {}, code);
    await settled();
    expect(call.standing).toMatchObject({ phase: "over", end });
    expect(connection.closed).toBe(true);
  });

  it("has ended, and not failed, when the other side hangs up after talking", async () => {
    const { socket, call, settled } = await called();
    socket.event("accepted", { jsep: { type: "answer", sdp: "theirs" } });
    await settled();
    socket.say({ janus: "hangup", sender: 7 });
    await settled();
    expect(call.standing).toMatchObject({ phase: "over", end: "ended" });
  });

  it("is hung up by us, once", async () => {
    const { socket, call, heard } = await called();
    call.hangUp();
    call.hangUp();
    expect(heard.filter(({ phase }) => phase === "over")).toHaveLength(1);
    expect(socket.sent.map(({ body }) => body)).toContainEqual({ request: "hangup" });
  });

  it("fails where the line is cut before it began to ring", async () => {
    const { socket, call } = await called();
    socket.onclose?.();
    expect(call.standing).toMatchObject({ phase: "over", end: "failed" });
  });
});
