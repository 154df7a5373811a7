/** Choices that belong to this device and must be known before anybody signs in. */
import { useSyncExternalStore } from "react";

export type SettingName =
  | "language"
  | "theme"
  | "neutral"
  | "exit-target"
  | "country"
  | "practice"
  | "alarm-sound";

const PREFIX = "hf.";
const listeners = new Set<() => void>();

/** Where quick exit leads unless the person chose another page. */
export const DEFAULT_EXIT = "https://www.wikipedia.org/";

export function readSetting(name: SettingName): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    // A browser that forbids storage still gets an app that works for this visit.
    return null;
  }
}

export function writeSetting(name: SettingName, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is forbidden: the choice holds until the page is closed.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSetting(name: SettingName): string | null {
  return useSyncExternalStore(subscribe, () => readSetting(name));
}

/** The name under which the app shows itself: on purpose it can say nothing about its use. */
export const appName = (neutral: boolean): string => (neutral ? "Notes" : "Holdfast");

/** Only pages on the web may be a quick-exit target: a `javascript:` address would run here. */
export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && ["https:", "http:"].includes(new URL(address).protocol);
}

export function exitTarget(): string {
  const chosen = readSetting("exit-target");
  return chosen !== null && isWebAddress(chosen) ? chosen : DEFAULT_EXIT;
}
