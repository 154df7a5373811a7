/** Puts the app's chosen name and icon on the page; public/boot.js does the same at start. */
import { appName, readSetting } from "./settings";

export function applyIdentity(): void {
  const neutral = readSetting("neutral") === "1";
  const id = neutral ? "notes" : "holdfast";
  document.title = appName(neutral);
  for (const [element, file] of [
    ["hf-icon", `/icons/${id}.svg`],
    ["hf-touch-icon", `/icons/${id}-192.png`],
    ["hf-manifest", `/${id}.webmanifest`],
  ] as const) {
    const link = document.getElementById(element);
    if (link instanceof HTMLLinkElement) link.href = file;
  }
}
