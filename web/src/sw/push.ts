/** Web push in the service worker: a discreet notification, and a tap that opens the app. */
import type { WorkerWord } from "./words";

export interface PushContent {
  title: string;
  language: string;
  path: string;
  tag: string;
}

/** A picture that says nothing of what the app is for. */
const ICON = "/icons/notes-192.png";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Something must be shown for every push: what cannot be read becomes a notification without words. */
export function contentOf(raw: string): PushContent {
  let found: Partial<Record<keyof PushContent, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(raw);
    if (typeof parsed === "object" && parsed !== null) found = parsed;
  } catch {
    // Not ours, or damaged on its way.
  }
  const path = text(found.path);
  return {
    title: text(found.title) || "…",
    language: text(found.language) || "en",
    path: /^\/(?!\/)/.test(path) ? path : "/",
    tag: text(found.tag),
  };
}

async function windows(worker: ServiceWorkerGlobalScope): Promise<readonly WindowClient[]> {
  return worker.clients.matchAll({ type: "window", includeUncontrolled: true });
}

export async function showPush(worker: ServiceWorkerGlobalScope, raw: string): Promise<void> {
  const content = contentOf(raw);
  await worker.registration.showNotification(content.title, {
    lang: content.language,
    dir: content.language === "ar" ? "rtl" : "ltr",
    icon: ICON,
    badge: ICON,
    tag: content.tag,
    data: { path: content.path },
  });
  const word: WorkerWord = { type: "news" };
  for (const page of await windows(worker)) page.postMessage(word);
}

/** Brings an open window of the app to the front, or opens one. */
export async function openApp(worker: ServiceWorkerGlobalScope, path: string): Promise<void> {
  const [page] = await windows(worker);
  if (page === undefined) {
    await worker.clients.openWindow(path);
    return;
  }
  const word: WorkerWord = { type: "open", path };
  page.postMessage(word);
  await page.focus().catch(() => undefined);
}

export function listenForPushes(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener("push", (event) => {
    event.waitUntil(showPush(worker, event.data?.text() ?? ""));
  });
  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const data: unknown = event.notification.data;
    event.waitUntil(openApp(worker, contentOf(JSON.stringify(data ?? {})).path));
  });
}
