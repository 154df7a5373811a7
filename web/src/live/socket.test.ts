// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type Handlers, Line, POLL_MS, RENEW_MS, SILENT_MS } from "./socket";
import { FakeSocket, fakeMeans } from "./testing";

const THREAD = "thread:00000000-0000-4000-8000-000000000001";
const VISIT = "visit:00000000-0000-4000-8000-000000000002";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const last = (): FakeSocket => FakeSocket.made.at(-1)!;

function heard(): Required<Handlers> {
  return {
    told: vi.fn<Required<Handlers>["told"]>(),
    said: vi.fn<Required<Handlers>["said"]>(),
    came: vi.fn<Required<Handlers>["came"]>(),
    went: vi.fn<Required<Handlers>["went"]>(),
    gap: vi.fn<() => void>(),
  };
}

interface Opened {
  line: Line;
  one: Required<Handlers>;
  stop: () => void;
  means: ReturnType<typeof fakeMeans>;
}

/** A line with one subscription whose socket is open. */
async function opened(topic = THREAD): Promise<Opened> {
  const means = fakeMeans();
  const line = new Line(means);
  const one = heard();
  const stop = line.subscribe(topic, one);
  await pass(50);
  last().connects();
  last().says({ kind: "opened", topics: { [topic]: "rw" }, connection: "me" });
  return { line, one, stop, means };
}

test("it opens one socket with a ticket in its first frame, and fetches once it is live", async () => {
  const { one, line, means } = await opened();
  expect(means.asked).toEqual([[THREAD]]);
  expect(FakeSocket.made.map((each) => each.url)).toEqual(["ws://localhost:8002/socket"]);
  expect(last().sent).toEqual([{ kind: "open", ticket: "ticket 1" }]);
  expect(one.gap).toHaveBeenCalledTimes(1);
  expect(line.connection()).toBe("me");
});

test("what is told and said reaches every handler of the topic and no other", async () => {
  const { line, one } = await opened();
  const second = heard();
  const elsewhere = heard();
  line.subscribe(THREAD, second);
  line.subscribe(VISIT, elsewhere);
  last().says({ kind: "told", topic: THREAD, seq: 7, data: { a: 1 } });
  last().says({ kind: "said", topic: THREAD, from: "x", account: "y", data: "z" });
  for (const each of [one, second]) {
    expect(each.told).toHaveBeenCalledExactlyOnceWith({ seq: 7, data: { a: 1 } });
    expect(each.said).toHaveBeenCalledExactlyOnceWith({ from: "x", account: "y", data: "z" });
  }
  expect(elsewhere.told).not.toHaveBeenCalled();
});

test("a further topic is asked for over the open socket, and fetched when it is live", async () => {
  const { line, one, means } = await opened();
  const visit = heard();
  line.subscribe(VISIT, visit);
  await pass(50);
  expect(means.asked.at(-1)).toEqual([THREAD, VISIT]);
  expect(last().sent.at(-1)).toEqual({ kind: "renew", ticket: "ticket 2" });
  last().says({ kind: "opened", topics: { [THREAD]: "rw", [VISIT]: "r" }, connection: "me" });
  expect(visit.gap).toHaveBeenCalledTimes(1);
  expect(one.gap).toHaveBeenCalledTimes(1);
  expect(FakeSocket.made).toHaveLength(1);
  expect(line.say(VISIT, 1)).toBe(false);
  expect(line.say(THREAD, { typing: true })).toBe(true);
  expect(last().sent.at(-1)).toEqual({ kind: "say", topic: THREAD, data: { typing: true } });
});

test("who is there is known to those who come later, and gone with the socket", async () => {
  const { line, one } = await opened(VISIT);
  last().says({ kind: "came", topic: VISIT, connection: "b", account: "dana" });
  last().says({ kind: "came", topic: VISIT, connection: "b", account: "dana" });
  const later = heard();
  line.subscribe(VISIT, later);
  expect(one.came).toHaveBeenCalledExactlyOnceWith({ connection: "b", account: "dana" });
  expect(later.came).toHaveBeenCalledExactlyOnceWith({ connection: "b", account: "dana" });
  last().breaks();
  expect(one.went).toHaveBeenCalledExactlyOnceWith({ connection: "b", account: "dana" });
  expect(line.connection()).toBeNull();
});

test("a socket that breaks is opened anew, later each time, and a gap follows", async () => {
  const { one } = await opened();
  last().breaks();
  await pass(300);
  expect(FakeSocket.made).toHaveLength(1);
  await pass(300);
  expect(FakeSocket.made).toHaveLength(2);
  last().breaks();
  await pass(600);
  expect(FakeSocket.made).toHaveLength(2);
  await pass(600);
  expect(FakeSocket.made).toHaveLength(3);
  last().connects();
  last().says({ kind: "opened", topics: { [THREAD]: "rw" }, connection: "new" });
  expect(one.gap).toHaveBeenCalledTimes(2);
});

test("where no socket opens everything is asked for every fifteen seconds", async () => {
  const means = fakeMeans({
    socket: () => {
      throw new DOMException("no", "SecurityError");
    },
  });
  const one = heard();
  const stop = new Line(means).subscribe(THREAD, one);
  await pass(3 * POLL_MS + 100);
  expect(one.gap).toHaveBeenCalledTimes(3);
  stop();
  await pass(10 * POLL_MS);
  expect(one.gap).toHaveBeenCalledTimes(3);
});

test("where no ticket is to be had it goes on asking, less and less often", async () => {
  let asked = 0;
  const means = fakeMeans({
    ticket: () => {
      asked += 1;
      return Promise.reject(new Error("offline"));
    },
  });
  const one = heard();
  new Line(means).subscribe(THREAD, one);
  await pass(60_000);
  expect(asked).toBeGreaterThan(4);
  expect(asked).toBeLessThan(10);
  expect(one.gap).toHaveBeenCalledTimes(4);
  window.dispatchEvent(new Event("online"));
  await pass(1);
  const hurried = asked;
  await pass(1000);
  expect(asked).toBeGreaterThan(hurried);
});

test("the ticket is renewed in time; a server that leaves is left when it says so", async () => {
  const { means, one } = await opened();
  for (let minute = 0; minute < 6; minute += 1) {
    for (let beat = 0; beat < 3; beat += 1) {
      last().says({ kind: "beat" });
      await pass(20_000);
    }
  }
  expect(RENEW_MS).toBe(360_000);
  expect(last().sent.at(-1)).toEqual({ kind: "renew", ticket: "ticket 2" });
  expect(means.asked).toHaveLength(2);
  last().says({ kind: "leaving", after_ms: 400 });
  await pass(399);
  expect(FakeSocket.made).toHaveLength(1);
  await pass(10);
  expect(FakeSocket.made).toHaveLength(2);
  last().connects();
  last().says({ kind: "opened", topics: { [THREAD]: "rw" }, connection: "new" });
  expect(one.gap).toHaveBeenCalledTimes(2);
});

test("a silent socket is dead, and something lost at the server is fetched with jitter", async () => {
  const { one } = await opened();
  last().says({ kind: "gap" });
  await pass(999);
  expect(one.gap).toHaveBeenCalledTimes(1);
  await pass(1);
  expect(one.gap).toHaveBeenCalledTimes(2);
  await pass(SILENT_MS + 1000);
  expect(FakeSocket.made).toHaveLength(2);
});

test("when nobody follows anything the socket is closed, not for a change of page", async () => {
  const { line, stop } = await opened();
  stop();
  last().says({ kind: "came", topic: THREAD, connection: "b", account: "dana" });
  await pass(1000);
  const next = heard();
  const again = line.subscribe(THREAD, next);
  expect(next.came).toHaveBeenCalledTimes(1);
  await pass(10_000);
  expect(last().readyState).toBe(1);
  expect(last().sent).toHaveLength(1);
  again();
  await pass(6000);
  expect(last().readyState).toBe(3);
  expect(vi.getTimerCount()).toBe(0);
});

test("a topic that nobody follows any more is given up, the others stay", async () => {
  const { line, stop, means } = await opened();
  line.subscribe(VISIT, heard());
  await pass(50);
  stop();
  await pass(6000);
  expect(means.asked.at(-1)).toEqual([VISIT]);
  expect(last().sent.at(-1)).toEqual({ kind: "renew", ticket: "ticket 3" });
});

test("a device that wakes up after its socket died does not wait", async () => {
  const { means } = await opened();
  const first = last();
  vi.setSystemTime(Date.now() + 10 * SILENT_MS);
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(1);
  expect(first.readyState).toBe(3);
  expect(means.asked).toHaveLength(2);
});

test("an unreadable frame is passed over", async () => {
  const { one } = await opened();
  last().onmessage?.({ data: "{" });
  last().onmessage?.({ data: new ArrayBuffer(2) });
  last().says(17);
  last().says({ kind: "told", topic: THREAD, seq: 1, data: null });
  expect(one.told).toHaveBeenCalledTimes(1);
});
