/** Whether the server answered last time. `navigator.onLine` stays true behind a dead network. */
import { useSyncExternalStore } from "react";

let online = true;
const listeners = new Set<() => void>();

export function reportReach(reached: boolean): void {
  if (reached === online) return;
  online = reached;
  for (const listener of listeners) listener();
}

export const isOnline = (): boolean => online;

export function onReachChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useOnline = (): boolean => useSyncExternalStore(onReachChange, isOnline);
