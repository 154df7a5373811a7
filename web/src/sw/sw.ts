/**
 * The service worker: the app opens without network, and nothing of a person is ever in its cache.
 *
 * The build writes the list of files into this one, so its bytes change with every version. A new
 * version waits until the old pages are closed: a page never loses the files it was built with.
 */
import { listenForPushes } from "./push";

const worker = self as unknown as ServiceWorkerGlobalScope;

const SHELL = "/";
const STATIC = [
  "/boot.js",
  "/holdfast.webmanifest",
  "/notes.webmanifest",
  "/icons/holdfast.svg",
  "/icons/holdfast-192.png",
  "/icons/notes.svg",
  "/icons/notes-192.png",
];
const FILES = [...__PRECACHE__, ...STATIC];

/** A short name for this list of files (FNV-1a); another list is another cache. */
function version(files: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const letter of files.join("\n")) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

const CACHE = `holdfast-${version(FILES)}`;

/** Paths with a person's data or a session's state: always the network's, never kept. */
const LIVE = ["/api/", "/_allauth/", "/accounts/", "/healthz"];

/** How long a page waits for the server before it opens from the cache. */
const PATIENCE_MS = 4000;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES.map((url) => new Request(url, { cache: "reload" })))),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

/** The page: the server's if it answers soon and well, else the one that was kept. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match(SHELL);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok || kept === undefined ? response : kept;
  } catch (error) {
    if (kept === undefined) throw error;
    return kept;
  }
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

listenForPushes(worker);

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (LIVE.some((start) => url.pathname.startsWith(start))) return;
  event.respondWith(request.mode === "navigate" ? page(request) : file(request));
});
