/** A short tone, twice: for staff who asked for one when escalation stops. Nothing is loaded. */
const TONE_SECONDS = 0.25;

export function sound(): void {
  const context = new AudioContext();
  const start = context.currentTime;
  for (const [index, pitch] of [660, 880].entries()) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(context.destination);
    tone.start(start + index * TONE_SECONDS);
    tone.stop(start + (index + 1) * TONE_SECONDS);
    if (index === 1) tone.addEventListener("ended", () => void context.close());
  }
}
