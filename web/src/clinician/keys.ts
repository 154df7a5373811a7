/** The keyboard model of the clinician's pages. */
import { type RefObject, useEffect, useRef } from "react";

/** Index after a key in a list of `count` rows (-1: none yet), or null when the key is not ours. */
export function moveInList(key: string, index: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "j" || key === "ArrowDown") return Math.min(count - 1, index + 1);
  if (key === "k" || key === "ArrowUp") return Math.max(0, index - 1);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}

const FIELDS = "input, textarea, select, [contenteditable=true], [role=slider]";

/** A letter typed into a field, or pressed while a dialogue is open, is not a command. */
export function isCommand(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(FIELDS)) return false;
  return document.querySelector("[role=dialog][aria-modal=true]") === null;
}

/** "g" starts a two-key jump of the frame ("g c"); the letter after it is not ours. */
export class ChordGuard {
  private armed = false;

  /** Whether this key belongs to a jump and must be left alone. */
  holds(key: string): boolean {
    const held = this.armed;
    this.armed = !held && key.toLowerCase() === "g";
    return held || this.armed;
  }
}

export type Commands = Readonly<Record<string, () => void>>;

/** Runs a command per key (as `KeyboardEvent.key`), wherever the focus is, except in fields. */
export function useCommands(commands: Commands): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const chord = new ChordGuard();
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !isCommand(event) || chord.holds(event.key)) return;
      const command = latest.current[event.key];
      if (command === undefined) return;
      event.preventDefault();
      command();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/**
 * Walks through the links marked `data-row` in a list: j, k and the arrow keys move the focus,
 * Enter follows the link as it always does. Arrow keys, Home and End only once a row has the focus,
 * so that the page still scrolls.
 */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const chord = new ChordGuard();
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !isCommand(event) || chord.holds(event.key)) return;
      const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
      const index = rows.findIndex((row) => row === document.activeElement);
      if (index < 0 && event.key !== "j" && event.key !== "k") return;
      const next = moveInList(event.key, index, rows.length);
      if (next === null) return;
      event.preventDefault();
      rows[next]?.focus();
      rows[next]?.scrollIntoView({ block: "nearest" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [list]);
}
