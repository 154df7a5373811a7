/**
 * Ties a text area to a text of the document. The area is written to at once and by hand: between
 * what the other side typed and what stands here there is never a moment in which a key press would
 * take their letters away.
 */
import type * as Y from "yjs";

import { editOf, moved, type Step } from "./edit";
import type { Session } from "./session";

export function tie(area: HTMLTextAreaElement, field: string, session: Session): () => void {
  const { sheet } = session;
  const text = sheet.text(field);
  let composing = false;

  const fit = (): void => {
    area.style.height = "auto";
    // Its border is no part of what it scrolls.
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  };

  const show = (steps: readonly Step[]): void => {
    const now = text.toString();
    if (area.value === now) return;
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = area;
    area.value = now;
    if (document.activeElement === area) {
      area.setSelectionRange(moved(selectionStart, steps), moved(selectionEnd, steps), selectionDirection);
      area.scrollTop = scrollTop;
    }
    fit();
  };

  const onText = (event: Y.YTextEvent): void => show(event.delta);

  const onInput = (): void => {
    if (composing) return;
    const edit = editOf(text.toString(), area.value, area.selectionEnd);
    // What does not fit does not stay.
    if ((edit.removed > 0 || edit.added !== "") && !session.write(field, edit)) show([]);
    fit();
  };

  // The browser's own memory of what was typed does not know what the other side typed since.
  const undo = (event: Event, again: boolean): void => {
    event.preventDefault();
    sheet.undo(again);
  };
  const onBefore = (event: InputEvent): void => {
    if (event.inputType === "historyUndo") undo(event, false);
    if (event.inputType === "historyRedo") undo(event, true);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "z") undo(event, event.shiftKey);
    if (key === "y") undo(event, true);
  };

  const onCompose = (): void => {
    composing = true;
    session.hold();
  };
  const onComposed = (): void => {
    composing = false;
    onInput();
    session.release();
  };
  const onFocus = (): void => session.at(field);
  const onBlur = (): void => session.at(null);

  area.value = text.toString();
  fit();
  text.observe(onText);
  area.addEventListener("input", onInput);
  area.addEventListener("beforeinput", onBefore);
  area.addEventListener("keydown", onKey);
  area.addEventListener("compositionstart", onCompose);
  area.addEventListener("compositionend", onComposed);
  area.addEventListener("focus", onFocus);
  area.addEventListener("blur", onBlur);
  return () => {
    text.unobserve(onText);
    area.removeEventListener("input", onInput);
    area.removeEventListener("beforeinput", onBefore);
    area.removeEventListener("keydown", onKey);
    area.removeEventListener("compositionstart", onCompose);
    area.removeEventListener("compositionend", onComposed);
    area.removeEventListener("focus", onFocus);
    area.removeEventListener("blur", onBlur);
    if (composing) session.release();
  };
}
