import { beforeEach, describe, expect, it, vi } from "vitest";

import { AGAIN_AFTER_MS, mayReload, reloadAfterUpdate } from "./reload";

beforeEach(() => window.sessionStorage.clear());

describe("mayReload", () => {
  it("reloads once, not again at once, and again after a later update", () => {
    expect(mayReload(1_000_000, window.sessionStorage)).toBe(true);
    expect(mayReload(1_000_500, window.sessionStorage)).toBe(false);
    expect(mayReload(1_000_000 + AGAIN_AFTER_MS, window.sessionStorage)).toBe(true);
  });

  it("does not reload where the browser keeps nothing: it could go round for ever", () => {
    const refusing = {
      getItem: () => {
        throw new DOMException("denied", "SecurityError");
      },
      setItem: () => undefined,
    };
    expect(mayReload(1, refusing)).toBe(false);
  });
});

describe("reloadAfterUpdate", () => {
  it("answers a file that cannot be loaded with one reload; the second failure is shown", () => {
    const reload = vi.fn<() => void>();
    reloadAfterUpdate(reload);
    const first = new Event("vite:preloadError", { cancelable: true });
    const second = new Event("vite:preloadError", { cancelable: true });
    window.dispatchEvent(first);
    window.dispatchEvent(second);
    expect(reload).toHaveBeenCalledTimes(1);
    expect([first.defaultPrevented, second.defaultPrevented]).toEqual([true, false]);
  });
});
