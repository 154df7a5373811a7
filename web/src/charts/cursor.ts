/** Keyboard model for walking along a plot: one stop per point, in order of time. */
import type { Dir } from "./scale";

/** Stops for a Page Up or Page Down: a tenth of the series, at least five. */
export function pageOf(count: number): number {
  return Math.max(5, Math.round(count / 10));
}

/**
 * Index after a key, or null when the key is not ours.
 * Arrows follow the drawing: in right-to-left text the left arrow leads to later points.
 */
export function moveCursor(key: string, index: number, count: number, dir: Dir): number | null {
  if (count === 0) return null;
  const clamp = (value: number) => Math.min(count - 1, Math.max(0, value));
  const later = dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const earlier = dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  if (key === later || key === "ArrowUp") return clamp(index + 1);
  if (key === earlier || key === "ArrowDown") return clamp(index - 1);
  if (key === "PageUp") return clamp(index + pageOf(count));
  if (key === "PageDown") return clamp(index - pageOf(count));
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}
