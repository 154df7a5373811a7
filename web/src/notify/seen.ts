/**
 * Tells the server that the app is open, so that a message which nobody saw is not taken for a
 * person's silence. Opened without network, the instant is kept and told later.
 */
import { api } from "@/api/client";
import { OfflineError } from "@/api/problems";

const EVERY_MS = 5 * 60_000;
const KEY = "hf.opened-offline";

function keep(instant: string): void {
  try {
    localStorage.setItem(KEY, instant);
  } catch {
    // Storage is forbidden: the server then learns of the next opening only.
  }
}

function take(): string | null {
  try {
    const instant = localStorage.getItem(KEY);
    localStorage.removeItem(KEY);
    return instant;
  } catch {
    return null;
  }
}

export async function reportSeen(): Promise<void> {
  const earlier = take();
  try {
    if (earlier !== null) await api.post("/me/seen", { at: earlier });
    await api.post("/me/seen", {});
  } catch (error) {
    if (!(error instanceof OfflineError)) return;
    // The first opening counts: what was waiting then had been fetched before it.
    keep(earlier ?? new Date().toISOString());
  }
}

/** Reports now, whenever the app comes to the front or back online, and while it stays open. */
export function startSeen(): () => void {
  const report = (): void => {
    if (document.visibilityState === "visible") void reportSeen();
  };
  report();
  const timer = setInterval(report, EVERY_MS);
  document.addEventListener("visibilitychange", report);
  window.addEventListener("online", report);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", report);
    window.removeEventListener("online", report);
  };
}
