/** Who speaks now: every voice is listened to by one analyser, four times a second. */
import { useEffect, useState } from "react";

import { speaking } from "./grid";

const EVERY_MS = 250;

function level(analyser: AnalyserNode, samples: Float32Array<ArrayBuffer>): number {
  analyser.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
}

export function useSpeaking(streams: ReadonlyMap<string, MediaStream>): string | null {
  const [who, setWho] = useState<string | null>(null);
  useEffect(() => {
    const context = new AudioContext();
    const ears = new Map<string, AnalyserNode>();
    for (const [account, stream] of streams) {
      if (stream.getAudioTracks().length === 0) continue;
      const analyser = context.createAnalyser();
      analyser.fftSize = 512;
      context.createMediaStreamSource(stream).connect(analyser);
      ears.set(account, analyser);
    }
    const samples = new Float32Array(512);
    const timer = setInterval(() => {
      setWho(speaking(new Map([...ears].map(([account, ear]) => [account, level(ear, samples)]))));
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [streams]);
  return who;
}
