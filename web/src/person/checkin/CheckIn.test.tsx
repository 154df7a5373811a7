import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ActiveContext } from "@/api/session";
import type { PracticeBrief, TodayView } from "@/api/types";
import { makeQueryClient, Providers } from "@/app/Providers";
import { startI18n } from "@/i18n";
import { db } from "@/queue/db";

import After from "../After";
import CheckIn from "./CheckIn";

const practice: PracticeBrief = {
  id: "p1",
  name: "Harbour",
  slug: "harbour",
  kind: "live",
  status: "live",
  time_zone: "Europe/Berlin",
  country: "DE",
};

const membership = {
  id: "m1",
  role: "client" as const,
  display_name: "Robin",
  practice,
  client_id: "c1",
};

const me = {
  id: "u1",
  login: "robin",
  email: null,
  language: "en",
  time_zone: "Europe/Berlin",
  discreet: true,
  second_factor: false,
  has_password: true,
  has_secret: true,
  session_second_factor: false,
  memberships: [membership],
};

const today: TodayView = {
  now: new Date().toISOString(),
  due: [
    {
      prompt_id: "p-a1",
      kind: "every_n_days",
      opens_at: "2020-01-01T00:00:00Z",
      closes_at: null,
      state: "open",
      snoozed_until: null,
      snoozes_left: 0,
      snooze_minutes: 15,
      assignment_id: "a1",
      instrument: "phq-9",
      version: "1.0.0",
      title: "PHQ-9",
      due_on: "2026-11-23",
      items: 10,
    },
  ],
  upcoming: [],
  open_flags: [],
  monitored: { now: true, opens_at: null, closes_at: "2026-11-23T16:00:00Z" },
};

const record = { id: "c1", display_name: "Robin", sex: "female", country: "DE", emergency_contact: null };

/** A server that knows the person; `reachable` false is a dead network. */
function serve(reachable: () => boolean): void {
  vi.stubGlobal("fetch", async (url: string): Promise<Response> => {
    if (!reachable()) throw new TypeError("network");
    const path = url.replace("/api/v1", "");
    const found: Record<string, unknown> = {
      "/practices/p1/clients/c1/today": today,
      "/practices/p1/clients/c1": record,
      "/practices/p1/clients/c1/flags": { items: [] },
    };
    const body = found[path.split("?")[0] ?? ""];
    return body === undefined
      ? new Response(JSON.stringify({ code: "not-found" }), { status: 404 })
      : new Response(JSON.stringify(body));
  });
}

function open(path: string): void {
  const root = createRootRoute({ component: Outlet });
  const routes = [
    createRoute({ getParentRoute: () => root, path: "/check-in/$assignment", component: CheckIn }),
    createRoute({ getParentRoute: () => root, path: "/after/$response", component: After }),
    createRoute({ getParentRoute: () => root, path: "/today", component: () => <p>today</p> }),
  ];
  const router = createRouter({
    routeTree: root.addChildren(routes),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  const client = makeQueryClient();
  render(
    <Providers client={client}>
      <QueryClientProvider client={client}>
        <ActiveContext
          value={{
            me,
            practice,
            membership,
            roles: new Set(["client"]),
            clientId: "c1",
            practices: [practice],
            setPractice: () => undefined,
          }}
        >
          <RouterProvider router={router as never} />
        </ActiveContext>
      </QueryClientProvider>
    </Providers>,
  );
}

const question = (): string => screen.getByRole("heading", { level: 1 }).textContent ?? "";

const WAIT = { timeout: 10_000 };

beforeEach(async () => {
  localStorage.clear();
  const database = await db();
  await Promise.all([database.clear("drafts"), database.clear("outbox"), database.clear("held")]);
  if (!i18next.isInitialized) await startI18n();
  await i18next.changeLanguage("en");
  await i18next.loadNamespaces(["person", "safety", "instruments", "auth"]);
});

describe("a check-in", { timeout: 30_000 }, () => {
  it("puts one question at a time, takes digits, goes back, and goes on after a reload", async () => {
    serve(() => true);
    const user = userEvent.setup();
    open("/check-in/a1");
    await user.click(await screen.findByRole("button", { name: "Begin" }, WAIT));
    expect(question()).toBe("Little interest or pleasure in doing things");
    await user.keyboard("2");
    expect(question()).toBe("Feeling down, depressed, or hopeless");
    await user.click(screen.getByRole("button", { name: "Back" }));
    expect(screen.getByRole("button", { name: "Several days" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    await user.keyboard("4");
    await vi.waitFor(async () => {
      const draft = await (await db()).get("drafts", "p-a1");
      expect(draft).toMatchObject({ answers: { phq9_1: 3 }, position: 1 });
    });
  });

  it("keeps the answers before anything is sent, and asks at once without network", async () => {
    let network = true;
    serve(() => network);
    const user = userEvent.setup();
    open("/check-in/a1");
    await user.click(await screen.findByRole("button", { name: "Begin" }, WAIT));
    await user.keyboard("11111111");
    expect(question()).toBe("Thoughts that you would be better off dead or of hurting yourself in some way");
    network = false;
    await user.keyboard("3");
    await user.keyboard("1");
    await screen.findByRole("heading", { name: "Thank you for telling us" }, WAIT);
    expect(await screen.findByText("In the past few weeks, have you wished you were dead?", {}, WAIT)).toBeVisible();
    expect(screen.getByTestId("delivery")).toHaveTextContent("nobody has been told yet");
    expect(await screen.findByRole("link", { name: /0800 1110111/ }, WAIT)).toHaveAttribute(
      "href",
      "tel:08001110111",
    );
    const [entry] = await (await db()).getAll("outbox");
    expect(entry).toMatchObject({
      state: "waiting",
      body: { instrument: "phq-9", language: "en", answers: { phq9_9: 2 } },
    });
    expect(await (await db()).getAll("drafts")).not.toContainEqual(
      expect.objectContaining({ id: "p-a1" }),
    );
  });

  it("asks about a passed question on thoughts of death once more, and takes no for an answer", async () => {
    serve(() => true);
    const user = userEvent.setup();
    open("/check-in/a1");
    await user.click(await screen.findByRole("button", { name: "Begin" }, WAIT));
    await user.keyboard("11111111");
    await user.click(screen.getByTestId("skip"));
    await user.keyboard("1");
    expect(screen.getByTestId("asked-again")).toBeVisible();
    expect(question()).toContain("better off dead");
    await user.click(screen.getByRole("button", { name: "I would rather not answer" }));
    await screen.findByRole("heading", { name: "Thank you" }, WAIT);
    const [entry] = await (await db()).getAll("outbox");
    expect(entry?.body.answers).toMatchObject({ phq9_9: null });
  });

  it("says in which languages the questions exist when the reader's is not among them", async () => {
    serve(() => true);
    await i18next.changeLanguage("ar");
    open("/check-in/a1");
    const note = await screen.findByTestId("language-note", {}, WAIT);
    expect(note).toBeVisible();
    expect(screen.getByRole("combobox")).not.toHaveTextContent("العربية");
  });

  it("asks one direct question of its own where the instrument has no words in the language", async () => {
    serve(() => false);
    await i18next.changeLanguage("de");
    await i18next.loadNamespaces(["person", "safety", "instruments"]);
    await (await db()).put("outbox", {
      id: "r1",
      ownerId: "u1",
      practiceId: "p1",
      clientId: "c1",
      body: {
        id: "r1",
        instrument: "phq-9",
        version: "1.0.0",
        language: "de-DE",
        answers: { phq9_9: 1 },
        answered_at: "2026-11-23T10:00:00Z",
        time_zone: "Europe/Berlin",
        schema: 1,
      },
      queuedAt: "2026-11-23T10:00:00Z",
      attempts: 0,
      nextAttemptAt: 0,
      state: "waiting",
      refusal: null,
      receipt: null,
    });
    const user = userEvent.setup();
    open("/after/r1");
    expect(
      await screen.findByText("Denken Sie in diesem Moment daran, sich das Leben zu nehmen?", {}, WAIT),
    ).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Ja" }));
    const emergency = await screen.findByTestId("emergency", {}, WAIT);
    expect(emergency).toHaveTextContent("112");
    const entries = await (await db()).getAll("outbox");
    expect(entries.find((each) => each.body.parent === "r1")?.body).toMatchObject({
      instrument: "asq",
      language: "de-x-scripted",
      answers: { asq_5: 1 },
    });
  });
});
