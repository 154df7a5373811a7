/** The page's side of the worker that seals frames, where this browser has such a thing. */
import type { Bytes } from "@/vault/engine/encoding";

import type { FrameOptions, Kind, Mode, ToFrames } from "./frames";

type Ended = RTCRtpSender | RTCRtpReceiver;

/** Whether this browser can seal frames between devices. */
export const sealsFrames = (): boolean => typeof RTCRtpScriptTransform !== "undefined";

export interface FrameKeys {
  learn(number: number, key: Bytes): void;
  send(number: number): void;
  mode(mode: Mode): void;
  /** Everything that goes out over this sender is sealed from now on. */
  seal(sender: RTCRtpSender, kind: Kind): void;
  /** What comes in is opened, as from whoever `from` says. */
  open(receiver: RTCRtpReceiver, kind: Kind, stream: string): void;
  from(stream: string, account: string): void;
  stop(): void;
}

export function frameKeys(own: string): FrameKeys {
  const Transform = typeof RTCRtpScriptTransform === "undefined" ? null : RTCRtpScriptTransform;
  const worker =
    Transform === null
      ? null
      : new Worker(new URL("../../../workers/frames.worker.ts", import.meta.url), { type: "module", name: "frames" });
  const tell = (said: ToFrames): void => worker?.postMessage(said);
  const set = (ended: Ended, options: FrameOptions): void => {
    if (Transform !== null && worker !== null) ended.transform = new Transform(worker, options);
  };
  return {
    learn: (number, key) => tell({ what: "learn", number, key }),
    send: (number) => tell({ what: "send", number, own }),
    mode: (mode) => tell({ what: "mode", mode }),
    seal: (sender, kind) => set(sender, { kind, stream: null }),
    open: (receiver, kind, stream) => set(receiver, { kind, stream }),
    from: (stream, sender) => tell({ what: "from", stream, sender }),
    stop: () => worker?.terminate(),
  };
}
