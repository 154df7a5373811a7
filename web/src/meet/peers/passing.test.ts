// @vitest-environment jsdom
import { expect, test, vi } from "vitest";

import { Passing } from "./passing";

vi.mock("@/companion/device", () => ({ keepReport: vi.fn<() => Promise<void>>() }));
vi.mock("@/companion/reports", () => ({ sendReports: vi.fn<() => Promise<void>>() }));

const ticket = { ticket: "sealed", url: "http://live", expires_at: new Date(Date.now() + 600_000).toISOString() };

function passing(answer: () => Promise<Response>, leave = ticket as typeof ticket | { ticket: null; url: string; expires_at: null }) {
  const asked = vi.fn<typeof fetch>(answer);
  const means = { ticket: () => Promise.resolve(leave), fetch: asked };
  return { asked, one: new Passing("me", "en", means) };
}

const says = (level: string | null) => () =>
  Promise.resolve(Response.json({ level, report: null, told: "yes", flag: level === "urgent" ? {} : null }));

test("a sign of danger is told to the writer, what is less is not", async () => {
  expect(await passing(says("urgent")).one.look("…")).toEqual({ level: "urgent", told: true });
  expect(await passing(says("concern")).one.look("…")).toEqual({ level: "concern", told: false });
  expect(await passing(says("watch")).one.look("…")).toBeNull();
  expect(await passing(says(null)).one.look("…")).toBeNull();
});

test("a screen that fails, refuses or is away holds nothing up", async () => {
  expect(await passing(() => Promise.reject(new TypeError("away"))).one.look("…")).toBeNull();
  expect(await passing(() => Promise.resolve(new Response("", { status: 429 }))).one.look("…")).toBeNull();
});

test("without consent nothing is sent anywhere", async () => {
  const { asked, one } = passing(says("urgent"), { ticket: null, url: "http://live", expires_at: null });
  expect(await one.look("…")).toBeNull();
  expect(asked).not.toHaveBeenCalled();
});

test("the writer's own last texts go along, so that what adds up is seen", async () => {
  const { asked, one } = passing(says("none"));
  await one.look("first");
  await one.look("second");
  const body = JSON.parse(asked.mock.calls[1]?.[1]?.body as string) as { history: string[] };
  expect(body.history).toEqual(["first"]);
});
