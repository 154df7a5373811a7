/** A browser's connection as far as descriptions go, and a topic between two calls; for tests. */
import type { Role, Said } from "./wire";

const hex = (byte: number): string => byte.toString(16).padStart(2, "0").toUpperCase();

/** A certificate's fingerprint that is made of one byte. */
export const printOf = (byte: number): string => Array.from({ length: 32 }, () => hex(byte)).join(":");

let certificates = 0;

export class FakeConnection {
  readonly print = printOf((certificates += 1));
  readonly taken: RTCSessionDescriptionInit[] = [];
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  onnegotiationneeded: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  onicecandidate: unknown = null;
  ontrack: unknown = null;
  restarts = 0;

  addTransceiver(): void {
    queueMicrotask(() => this.onnegotiationneeded?.());
  }

  createDataChannel(): unknown {
    return { readyState: "connecting" };
  }

  getTransceivers(): never[] {
    return [];
  }

  restartIce(): void {
    this.restarts += 1;
    this.onnegotiationneeded?.();
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map();
  }

  async setLocalDescription(): Promise<void> {
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.localDescription = { type, sdp: `v=0\r\na=fingerprint:sha-256 ${this.print}\r\n` };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    if (type === "answer") this.move("connected");
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.remoteDescription = description;
    this.taken.push(description);
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
    if (description.type === "answer") this.move("connected");
  }

  async addIceCandidate(): Promise<void> {
    // Nothing to do: there is no network here.
  }

  move(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.connectionState = "closed";
  }
}

/** What stands between the two: hands on what each says, as `change` would have it (null: lost). */
export class Relay {
  readonly ears = new Map<Role, (said: unknown) => void>();
  readonly heard: Said[] = [];

  constructor(private readonly change: (said: Said, from: Role) => Said | null = (said) => said) {}

  say(from: Role, said: Said): void {
    this.heard.push(said);
    const handed = this.change(said, from);
    const to: Role = from === "client" ? "clinician" : "client";
    if (handed === null) return;
    const copy = structuredClone(handed);
    queueMicrotask(() => this.ears.get(to)?.(copy));
  }
}
