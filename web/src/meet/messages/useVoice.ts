/** A voice note: recorded in the browser, kept in memory until it is sealed. */
import { useCallback, useEffect, useRef, useState } from "react";

export interface Recorded {
  content: Uint8Array<ArrayBuffer>;
  media_type: string;
  seconds: number;
}

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const LONGEST_MS = 10 * 60_000;
const BITS_PER_SECOND = 32_000;

export const canRecord = (): boolean =>
  typeof MediaRecorder !== "undefined" && navigator.mediaDevices !== undefined;

export type VoiceState = "idle" | "recording" | "refused";

/** `begin` asks for the microphone; `finish` hands over what was said, `discard` nothing. */
export function useVoice(onRecorded: (recorded: Recorded) => void) {
  const [state, setState] = useState<VoiceState>("idle");
  const [seconds, setSeconds] = useState(0);
  const running = useRef<{ recorder: MediaRecorder; keep: boolean } | null>(null);

  const finish = useCallback((keep: boolean) => {
    if (running.current === null) return;
    running.current.keep = keep;
    running.current.recorder.stop();
  }, []);

  const begin = useCallback(async () => {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      setState("refused");
      return;
    }
    const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each));
    const options = { audioBitsPerSecond: BITS_PER_SECOND };
    const recorder = new MediaRecorder(stream, type === undefined ? options : { ...options, mimeType: type });
    const parts: Blob[] = [];
    const began = performance.now();
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      const kept = running.current?.keep === true;
      running.current = null;
      setState("idle");
      if (!kept) return;
      const length = Math.max(1, Math.round((performance.now() - began) / 1000));
      void new Blob(parts).arrayBuffer().then((buffer) =>
        onRecorded({ content: new Uint8Array(buffer), media_type: recorder.mimeType, seconds: length }),
      );
    };
    running.current = { recorder, keep: false };
    recorder.start();
    setSeconds(0);
    setState("recording");
  }, [onRecorded]);

  useEffect(() => {
    if (state !== "recording") return undefined;
    const beat = setInterval(() => setSeconds((before) => before + 1), 1000);
    const end = setTimeout(() => finish(true), LONGEST_MS);
    return () => {
      clearInterval(beat);
      clearTimeout(end);
    };
  }, [state, finish]);

  useEffect(() => () => finish(false), [finish]);

  return { state, seconds, begin, finish: () => finish(true), discard: () => finish(false) };
}
