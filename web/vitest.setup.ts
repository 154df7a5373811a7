import "fake-indexeddb/auto";

import { afterEach } from "vitest";

// Files that draw nothing say `@vitest-environment node`: making a page for each takes longest.
if (typeof window !== "undefined") {
  await import("@testing-library/jest-dom/vitest");
  const { cleanup } = await import("@testing-library/react");
  afterEach(cleanup);
  // jsdom lays nothing out, so it has none of these three; Mantine asks for all of them.
  window.matchMedia = (query: string): MediaQueryList => ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  });
  window.ResizeObserver = class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  window.HTMLElement.prototype.scrollIntoView = () => undefined;
}

// Neither jsdom nor Node has locks; with one tab there is nothing to wait for.
if (!("navigator" in globalThis)) Object.defineProperty(globalThis, "navigator", { value: {} });
Object.defineProperty(navigator, "locks", {
  configurable: true,
  value: { request: (_name: string, work: () => unknown) => Promise.resolve(work()) },
});
