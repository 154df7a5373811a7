import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { reportSeen } from "./seen";

const sent: unknown[] = [];
let online = true;

beforeEach(() => {
  sent.length = 0;
  online = true;
  localStorage.clear();
  vi.useFakeTimers({ now: new Date("2026-11-23T11:00:00Z"), toFake: ["Date"] });
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
    if (!online) return Promise.reject(new TypeError("Failed to fetch"));
    sent.push(JSON.parse(String(init.body)));
    return Promise.resolve(new Response(null, { status: 204 }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("word that the app is open", () => {
  it("is sent at once with network", async () => {
    await reportSeen();
    expect(sent).toEqual([{}]);
  });

  it("without network is kept, first opening first, and told once afterwards", async () => {
    online = false;
    await reportSeen();
    vi.setSystemTime(new Date("2026-11-23T12:00:00Z"));
    await reportSeen();
    expect(sent).toEqual([]);
    online = true;
    await reportSeen();
    await reportSeen();
    expect(sent).toEqual([{ at: "2026-11-23T11:00:00.000Z" }, {}, {}]);
  });
});
