// @vitest-environment node
import { describe, expect, it, vi } from "vitest";

import { blur, canBlur, isBlurred, shape } from "./blur";

vi.stubGlobal("OverconstrainedError", class extends Error {});

/** A camera that can blur as it says, and refuses where it is told to. */
function camera(able: boolean[] | undefined, refuses = false) {
  let blurred = false;
  const asked: object[] = [{ facingMode: "user", width: { ideal: 1280 } }];
  const track = {
    getConstraints: () => asked.at(-1),
    getCapabilities: () => (able === undefined ? {} : { backgroundBlur: able }),
    getSettings: () => ({ backgroundBlur: blurred }),
    applyConstraints: async (given: { backgroundBlur: boolean }) => {
      asked.push(given);
      if (refuses) throw new DOMException("no", "AbortError");
      blurred = given.backgroundBlur;
    },
  };
  return { asked, track: track as unknown as MediaStreamTrack };
}

describe("a blurred background", () => {
  it("is offered only where it can be switched", () => {
    expect(canBlur(camera([false, true]).track)).toBe(true);
    expect(canBlur(camera([true]).track)).toBe(false);
    expect(canBlur(camera([false]).track)).toBe(false);
    expect(canBlur(camera(undefined).track)).toBe(false);
    expect(canBlur(null)).toBe(false);
    expect(canBlur({} as MediaStreamTrack)).toBe(false);
  });

  it("keeps what else was asked of the camera", async () => {
    const { track, asked } = camera([false, true]);
    expect(await blur(track, true)).toBe(true);
    expect(asked[1]).toMatchObject({ backgroundBlur: true, facingMode: "user", width: { ideal: 1280 } });
    expect(await blur(track, false)).toBe(false);
  });

  it("stays when a group asks for a smaller picture", async () => {
    const { track, asked } = camera([false, true]);
    await blur(track, true);
    await shape(track, { width: { ideal: 640 } });
    expect(isBlurred(track)).toBe(true);
    expect(asked.at(-1)).toEqual({ width: { ideal: 640 }, backgroundBlur: true });
    // And a group's picture stays small when the blur is taken off.
    await blur(track, false);
    expect(asked.at(-1)).toEqual({ width: { ideal: 640 }, backgroundBlur: false });
  });

  it("is not asked of a camera that cannot", async () => {
    const { track, asked } = camera(undefined);
    await shape(track, { width: { ideal: 640 } });
    expect(asked.at(-1)).toEqual({ width: { ideal: 640 } });
  });

  it("says what stands where the camera refuses", async () => {
    expect(await blur(camera([false, true], true).track, true)).toBe(false);
  });
});
