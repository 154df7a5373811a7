/** What runs beside the screens: the service worker, queued answers, and word that the app is open. */
import type { QueryClient } from "@tanstack/react-query";

import { keepDevice } from "@/notify/device";
import { startSeen } from "@/notify/seen";
import { startDelivery } from "@/queue/outbox";
import type { WorkerWord } from "@/sw/words";

function registerWorker(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  void navigator.serviceWorker.register("/sw.js", { type: "module" });
}

/** A push came in, or somebody tapped on one. */
function listenToWorker(client: QueryClient, open: (path: string) => void): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<WorkerWord>) => {
    if (event.data.type === "open") open(event.data.path);
    for (const key of ["today", "prompts", "flags", "notifications", "deliveries"]) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  });
}

/** Tells the server of this device as soon as it is known whose it is. */
function startReports(client: QueryClient): void {
  const account = (): string | null => client.getQueryData<{ id: string } | null>(["me"])?.id ?? null;
  let known: string | null = null;
  let stop: (() => void) | null = null;
  client.getQueryCache().subscribe(() => {
    const now = account();
    if (now === known) return;
    known = now;
    stop?.();
    stop = now === null ? null : startSeen();
    if (now !== null) void keepDevice().catch(() => undefined);
  });
}

export function startBackground(client: QueryClient, open: (path: string) => void): void {
  registerWorker();
  listenToWorker(client, open);
  startReports(client);
  startDelivery({
    ownerId: () => client.getQueryData<{ id: string } | null>(["me"])?.id ?? null,
    onDelivered: () => {
      for (const key of ["today", "flags", "progress", "outbox"]) {
        void client.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}
