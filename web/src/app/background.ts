/** What runs beside the screens: the service worker and the delivery of queued answers. */
import type { QueryClient } from "@tanstack/react-query";

import { startDelivery } from "@/queue/outbox";

function registerWorker(): void {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  void navigator.serviceWorker.register("/sw.js", { type: "module" });
}

export function startBackground(client: QueryClient): void {
  registerWorker();
  startDelivery({
    ownerId: () => client.getQueryData<{ id: string } | null>(["me"])?.id ?? null,
    onDelivered: () => {
      for (const key of ["today", "flags", "progress", "outbox"]) {
        void client.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}
