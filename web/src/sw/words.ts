/** What the app is told by its service worker. */
export type WorkerWord = { type: "news" } | { type: "open"; path: string };
