/**
 * After an update the server no longer has the old version's files: a page still open then fails to
 * load its next screen. Loading the page anew brings the new version.
 */
const KEY = "hf.reloaded-at";

/** A second failure within this time is not an old version: another reload would go round for ever. */
export const AGAIN_AFTER_MS = 60_000;

/** Whether to load the page anew, and if so, remembers that it was done. */
export function mayReload(now: number, memory: Pick<Storage, "getItem" | "setItem">): boolean {
  try {
    const last = memory.getItem(KEY);
    if (last !== null && now - Number(last) < AGAIN_AFTER_MS) return false;
    memory.setItem(KEY, String(now));
    return true;
  } catch {
    // Without a memory nothing would stop it from reloading for ever.
    return false;
  }
}

/** Listens for screens whose files cannot be loaded; without network a reload would not help. */
export function reloadAfterUpdate(reload = () => window.location.reload()): void {
  window.addEventListener("vite:preloadError", (event) => {
    if (!navigator.onLine || !mayReload(Date.now(), window.sessionStorage)) return;
    event.preventDefault();
    reload();
  });
}
