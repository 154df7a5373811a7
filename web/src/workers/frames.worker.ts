/** Seals and opens a group's frames beside the page: `meet/rooms/group/frames.ts` says how. */
import { FrameDesk, type FrameOptions, type ToFrames } from "@/meet/rooms/group/frames";

interface Frame {
  data: ArrayBuffer;
}

declare const self: DedicatedWorkerGlobalScope & {
  onrtctransform: ((event: { transformer: RTCRtpScriptTransformer }) => void) | null;
};

const desk = new FrameDesk();
const senders = new Map<string, string>();

self.onmessage = ({ data: said }: MessageEvent<ToFrames>): void => {
  if (said.what === "learn") desk.learn(said.number, said.key);
  else if (said.what === "send") desk.send(said.number, said.own);
  else if (said.what === "mode") desk.mode = said.mode;
  else if (said.what === "from") senders.set(said.stream, said.sender);
  else desk.forget();
};

self.onrtctransform = ({ transformer }): void => {
  const { kind, stream } = transformer.options as FrameOptions;
  const seal = stream === null ? desk.sealer(kind) : null;
  const pass = new TransformStream<Frame, Frame>({
    async transform(frame, controller) {
      const data = new Uint8Array(frame.data);
      const sender = stream === null ? "" : (senders.get(stream) ?? "");
      const made = seal === null ? await desk.open(kind, data, sender) : await seal(data);
      if (made === null) return;
      frame.data = made.buffer;
      controller.enqueue(frame);
    },
  });
  // The stream ends with its connection.
  transformer.readable.pipeThrough(pass).pipeTo(transformer.writable).catch(() => undefined);
};
