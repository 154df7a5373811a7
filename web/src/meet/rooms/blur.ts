/**
 * The background behind somebody, blurred by the browser or the system in the camera's own pipeline:
 * no picture goes through this page's threads, and no model is loaded. Source: W3C Media Capture and
 * Streams Extensions, `backgroundBlur`. TypeScript's own types do not know it yet.
 */
interface Blurring {
  backgroundBlur?: boolean[];
}

/** Whether this camera can be asked to; some blur always or never, and that is not ours to change. */
export function canBlur(track: MediaStreamTrack | null): boolean {
  const able = (track?.getCapabilities?.() as Blurring | undefined)?.backgroundBlur ?? [];
  return able.includes(true) && able.includes(false);
}

export const isBlurred = (track: MediaStreamTrack): boolean =>
  (track.getSettings() as { backgroundBlur?: boolean }).backgroundBlur === true;

/** Asks a camera for another picture. What is not said again would be forgotten, so the blur is. */
export async function shape(track: MediaStreamTrack, picture: MediaTrackConstraints): Promise<void> {
  const blurred = canBlur(track) ? { backgroundBlur: isBlurred(track) } : {};
  await track.applyConstraints({ ...picture, ...blurred } as MediaTrackConstraints);
}

/** What stands afterwards: a camera that refuses stays as it was. */
export async function blur(track: MediaStreamTrack, on: boolean): Promise<boolean> {
  try {
    // Whatever else is asked of it now, a visit's picture or a group's, is said again.
    await track.applyConstraints({ ...track.getConstraints(), backgroundBlur: on } as MediaTrackConstraints);
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof OverconstrainedError)) throw error;
  }
  return isBlurred(track);
}
