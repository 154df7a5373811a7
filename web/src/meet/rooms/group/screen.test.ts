import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Person } from "./roster";
import { useScreen } from "./useScreen";
import { type Card, cardBytes, cardOf, screenOf } from "./wire";

const card = (screen: boolean): Card => ({ name: "somebody", microphone: true, camera: true, screen });
const person = (account: string, screen = false): Person => ({ account, card: card(screen) });

/** A screen as the browser hands it over. `onended` is called by the browser's own button. */
const given = { stop: vi.fn<() => void>(), onended: null as (() => void) | null, contentHint: "" };

describe("whose screen is shown", () => {
  it("is nobody's, or the one that is", () => {
    expect(screenOf([person("ash"), { account: "birch", card: null }], null)).toBeNull();
    expect(screenOf([person("ash"), person("birch", true)], null)).toBe("birch");
    expect(screenOf([person("ash")], "cedar")).toBe("cedar");
  });

  it("is the same of two on every device", () => {
    const atAsh = screenOf([person("birch", true)], "ash");
    const atBirch = screenOf([person("ash", true)], "birch");
    const atCedar = screenOf([person("birch", true), person("ash", true)], null);
    expect([atAsh, atBirch, atCedar]).toEqual(["ash", "ash", "ash"]);
  });

  it("goes with the card, and a card without it shows none", () => {
    expect(cardOf(cardBytes(card(true)))?.screen).toBe(true);
    const before = new TextEncoder().encode('{"name":"Ash","microphone":true,"camera":true}');
    expect(cardOf(before)?.screen).toBe(false);
  });
});

describe("one's own screen", () => {
  const choose = vi.fn<() => Promise<unknown>>();
  beforeEach(() => {
    given.stop.mockReset();
    choose.mockReset().mockResolvedValue({ getVideoTracks: () => [given] });
    vi.stubGlobal("navigator", { mediaDevices: { getDisplayMedia: choose } });
  });
  afterEach(() => vi.unstubAllGlobals());

  const shared = async () => {
    const hook = renderHook(() => useScreen("birch"));
    await act(() => hook.result.current.share());
    return hook;
  };

  it("is shown until it is stopped, here or by the browser's button", async () => {
    const { result } = await shared();
    expect(result.current.track).toBe(given);
    act(() => given.onended?.());
    expect(result.current.track).toBeNull();
  });

  it("is not shown where somebody began while one chose", async () => {
    const hook = renderHook(() => useScreen("birch"));
    // Later in the alphabet, and still the first.
    choose.mockImplementation(async () => {
      hook.result.current.heard([person("cedar", true)]);
      return { getVideoTracks: () => [given] };
    });
    await act(() => hook.result.current.share());
    expect(hook.result.current).toMatchObject({ track: null, yielded: "cedar" });
    expect(given.stop).toHaveBeenCalled();
  });

  it("is taken back where two began at once, on one of the two devices", async () => {
    const { result } = await shared();
    act(() => result.current.heard([person("cedar", true)]));
    expect(result.current.track).toBe(given);
    act(() => result.current.heard([person("ash", true)]));
    expect(result.current).toMatchObject({ track: null, yielded: "ash" });
    expect(given.stop).toHaveBeenCalled();
  });

  it("ends with the page", async () => {
    const { unmount } = await shared();
    unmount();
    expect(given.stop).toHaveBeenCalled();
  });
});
