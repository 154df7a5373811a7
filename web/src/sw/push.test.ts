// @vitest-environment node
import { describe, expect, it, vi } from "vitest";

import { contentOf, openApp, showPush } from "./push";

const message = JSON.stringify({
  title: "Es gibt etwas Neues für Sie",
  language: "de",
  path: "/today",
  tag: "0190",
}).padEnd(512);

/** As much of a worker's world as a push touches. */
function world(pages: ReturnType<typeof page>[]) {
  const showNotification = vi.fn<(title: string, options: unknown) => Promise<void>>();
  const openWindow = vi.fn<(path: string) => Promise<null>>();
  const worker = {
    registration: { showNotification },
    clients: { matchAll: () => Promise.resolve(pages), openWindow },
  } as unknown as Parameters<typeof showPush>[0];
  return { worker, showNotification, openWindow };
}

const page = () => ({
  postMessage: vi.fn<(word: unknown) => void>(),
  focus: vi.fn<() => Promise<never>>(() => Promise.reject(new Error("no"))),
});

describe("a push", () => {
  it("is shown with its words alone and a picture that says nothing", async () => {
    const here = page();
    const { worker, showNotification } = world([here]);
    await showPush(worker, message);
    expect(showNotification).toHaveBeenCalledWith("Es gibt etwas Neues für Sie", {
      lang: "de",
      dir: "ltr",
      icon: "/icons/notes-192.png",
      badge: "/icons/notes-192.png",
      tag: "0190",
      data: { path: "/today" },
    });
    expect(here.postMessage).toHaveBeenCalledWith({ type: "news" });
  });

  it.each(["", "no json", "null", "[]", '{"path":"//evil.example","title":7}'])(
    "that cannot be read (%j) shows something and leads nowhere else",
    (raw) => {
      expect(contentOf(raw)).toEqual({ title: "…", language: "en", path: "/", tag: "" });
    },
  );

  it("reads from right to left in Arabic", async () => {
    const { worker, showNotification } = world([]);
    await showPush(worker, JSON.stringify({ title: "لديك جديد", language: "ar" }));
    expect(showNotification).toHaveBeenCalledWith("لديك جديد", expect.objectContaining({ dir: "rtl" }));
  });
});

describe("a tap on a notification", () => {
  it("opens the app where none is open", async () => {
    const { worker, openWindow } = world([]);
    await openApp(worker, "/today");
    expect(openWindow).toHaveBeenCalledWith("/today");
  });

  it("brings an open app to the right screen, also where it may not come to the front", async () => {
    const here = page();
    const { worker, openWindow } = world([here]);
    await openApp(worker, "/today");
    expect(here.postMessage).toHaveBeenCalledWith({ type: "open", path: "/today" });
    expect(openWindow).not.toHaveBeenCalled();
  });
});
