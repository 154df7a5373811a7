/** Camera, microphone, speaker and relay: opened, tried, and named by codes when they fail. */
import type { Kind, Tracks } from "./link";

export type Outcome = "ok" | "denied" | "missing" | "busy" | "failed" | "skipped";

export const PICTURE: MediaTrackConstraints = {
  width: { ideal: 1280, max: 1920 },
  height: { ideal: 720, max: 1080 },
  frameRate: { ideal: 24, max: 30 },
  facingMode: "user",
};
const SOUND: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

const OF_ERROR: Record<string, Outcome> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export const outcomeOf = (error: unknown): Outcome =>
  (error instanceof DOMException ? OF_ERROR[error.name] : undefined) ?? "failed";

/** One track, or why there is none. Each kind is asked for by itself: no camera is no reason for no sound. */
export async function open(kind: Kind): Promise<MediaStreamTrack | Outcome> {
  if (navigator.mediaDevices === undefined) return "missing";
  try {
    const wanted = kind === "audio" ? { audio: SOUND } : { video: PICTURE };
    const [track] = (await navigator.mediaDevices.getUserMedia(wanted)).getTracks();
    return track ?? "missing";
  } catch (error) {
    return outcomeOf(error);
  }
}

/** The screen, or null where the person thought better of it. */
export async function openScreen(): Promise<MediaStreamTrack | null> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 } });
    const track = stream.getVideoTracks()[0] ?? null;
    if (track !== null) track.contentHint = "detail";
    return track;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

export const stopAll = (tracks: Tracks): void => {
  tracks.audio?.stop();
  tracks.video?.stop();
};

/** Calls back with the microphone's level, 0 to 1, until what it returns is called. */
export function listen(track: MediaStreamTrack, heard: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
    // -60 dB is silence, -10 dB is loud.
    const decibels = 10 * Math.log10(power + 1e-9);
    heard(Math.min(1, Math.max(0, (decibels + 60) / 50)));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

const NOTES = [523.25, 659.25];

/** Two soft notes from the speaker. */
export async function chime(): Promise<void> {
  const context = new AudioContext();
  const volume = context.createGain();
  volume.gain.value = 0.12;
  volume.connect(context.destination);
  for (const [at, pitch] of NOTES.entries()) {
    const tone = context.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(volume);
    tone.start(context.currentTime + at * 0.25);
    tone.stop(context.currentTime + at * 0.25 + 0.22);
  }
  await new Promise((done) => setTimeout(done, 700));
  await context.close();
}

const RELAY_MS = 5000;

/** Whether the relay gives this device a way; `skipped` where the practice has none. */
export async function tryRelay(iceServers: RTCIceServer[]): Promise<Outcome> {
  if (iceServers.length === 0) return "skipped";
  const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
  try {
    pc.createDataChannel("try");
    const found = new Promise<Outcome>((done) => {
      pc.onicecandidate = ({ candidate }) => {
        if (candidate?.type === "relay") done("ok");
        else if (candidate === null) done("failed");
      };
      setTimeout(() => done("failed"), RELAY_MS);
    });
    await pc.setLocalDescription();
    return await found;
  } finally {
    pc.close();
  }
}
