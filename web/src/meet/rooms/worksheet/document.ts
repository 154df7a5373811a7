/**
 * A visit's worksheet as one document that two people fill in at once. Merging is Yjs's: letters that
 * both type into one field in the same moment all stay. What the other device sends is tried out on a
 * copy first, and taken only where it is what a worksheet may hold.
 */
import * as Y from "yjs";

import type { Role } from "../wire";
import type { Edit } from "./edit";
import { LONGEST_NAME, MOST_BYTES } from "./wire";

export interface Field {
  name: string;
  title: string;
  hint: string;
}

/** What is on the page: a title, and fields in the words of whoever opened it. */
export interface Form {
  id: string;
  by: Role;
  /** The exercise it was made from; null for a blank page. */
  flow: string | null;
  language: string;
  title: string;
  fields: Field[];
}

/** Up to here this side adds to it: what both add in the same moment still fits on both. */
const OWN_BYTES = MOST_BYTES * 0.9;
export const LONGEST_FIELD = 4000;
const MOST_FIELDS = 40;
const LONGEST_TITLE = 500;

/** `gap`: it follows on something that did not come. */
export type Outcome = "taken" | "gap" | "refused";

/** Who has kept the sheet, and as it was when they did. */
interface Kept {
  by: Role;
  mark: number;
}

const LOCAL = Symbol("this device");
const REMOTE = Symbol("the other device");

const isText = (value: unknown, longest: number): value is string =>
  typeof value === "string" && value.length <= longest;

const isField = (value: unknown): value is Field => {
  const { name, title, hint } = (value ?? {}) as Partial<Field>;
  return isText(name, LONGEST_NAME) && isText(title, LONGEST_TITLE) && isText(hint, LONGEST_TITLE);
};

function parsed(value: unknown): unknown {
  try {
    return typeof value === "string" ? (JSON.parse(value) as unknown) : null;
  } catch {
    return null;
  }
}

function formOf(value: unknown): Form | null {
  const { id, by, flow, language, title, fields } = (parsed(value) ?? {}) as Partial<Form>;
  const named = isText(id, LONGEST_NAME) && isText(language, 16) && isText(title, LONGEST_TITLE);
  if (!named || (by !== "client" && by !== "clinician")) return null;
  if (flow !== null && !isText(flow, LONGEST_NAME)) return null;
  if (!Array.isArray(fields) || fields.length > MOST_FIELDS || !fields.every(isField)) return null;
  if (new Set(fields.map(({ name }) => name)).size < fields.length) return null;
  return { id, by, flow: flow ?? null, language, title, fields };
}

const about = (doc: Y.Doc): Y.Map<unknown> => doc.getMap("sheet");
const textIn = (doc: Y.Doc, form: Form, name: string): Y.Text => doc.getText(`${form.id}/${name}`);

/** Whether a document holds a worksheet and nothing that a page could stumble over. */
function isSound(doc: Y.Doc): boolean {
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) return false;
  if (Y.encodeStateAsUpdate(doc).length > MOST_BYTES) return false;
  const value = about(doc).get("form") ?? null;
  if (value === null) return true;
  const form = formOf(value);
  if (form === null) return false;
  // A picture or a table within a text counts as a place in it, and is no letter.
  return form.fields.every(({ name }) => {
    const text = textIn(doc, form, name);
    return text.length === text.toString().length;
  });
}

/** A short number that changes with the text (FNV-1a): tells whether it is as it was when kept. */
function markOf(text: string): number {
  let mark = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193);
  return mark >>> 0;
}

export class Worksheet {
  readonly #doc = new Y.Doc();
  #undo: Y.UndoManager | null = null;
  #form: { value: unknown; form: Form | null } = { value: null, form: null };

  constructor(
    /** Something is new here; this side added `update`, where it did. */
    changed: () => void,
    send: (update: Uint8Array) => void,
  ) {
    this.#doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== REMOTE) send(update);
      changed();
    });
  }

  get form(): Form | null {
    const value = about(this.#doc).get("form") ?? null;
    if (value !== this.#form.value) {
      this.#form = { value, form: formOf(value) };
      this.#undo?.destroy();
      this.#undo = null;
    }
    return this.#form.form;
  }

  open(form: Form): void {
    this.#change(() => about(this.#doc).set("form", JSON.stringify(form)));
  }

  /** Away with it, on both sides: what stands in it is no longer in the document. */
  putAway(): void {
    const { form } = this;
    this.#change(() => {
      for (const { name } of form?.fields ?? []) {
        const text = this.text(name);
        text.delete(0, text.length);
      }
      about(this.#doc).set("form", null);
      about(this.#doc).set("kept", null);
    });
  }

  text(name: string): Y.Text {
    const { form } = this;
    if (form === null) throw new Error("no sheet is open");
    return textIn(this.#doc, form, name);
  }

  /** False where the sheet is full: then nothing was written. */
  write(name: string, { at, removed, added }: Edit): boolean {
    const text = this.text(name);
    const grows = added.length > removed;
    if (grows && text.length - removed + added.length > LONGEST_FIELD) return false;
    if (grows && Y.encodeStateAsUpdate(this.#doc).length + 3 * added.length > OWN_BYTES) return false;
    this.#undoing();
    this.#change(() => {
      if (removed > 0) text.delete(at, removed);
      if (added !== "") text.insert(at, added);
    });
    return true;
  }

  /** Takes back, or does again, what was written here; the other's letters stay. */
  undo(again: boolean): void {
    if (again) this.#undoing()?.redo();
    else this.#undoing()?.undo();
  }

  vector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }

  /** What somebody lacks who knows it so far; null where they lack nothing or said nothing sensible. */
  since(vector: Uint8Array): Uint8Array | null {
    try {
      const known = Y.decodeStateVector(vector);
      const nothing = [...Y.decodeStateVector(this.vector())].every(([one, clock]) => (known.get(one) ?? 0) >= clock);
      // What was taken away has no place in a vector: a sheet that both have is sent for that alone.
      const update = Y.encodeStateAsUpdate(this.#doc, vector);
      return nothing && this.form === null ? null : update;
    } catch {
      return null;
    }
  }

  take(update: Uint8Array): Outcome {
    if (update.length > MOST_BYTES) return "refused";
    const trial = new Y.Doc();
    try {
      Y.applyUpdate(trial, Y.encodeStateAsUpdate(this.#doc));
      Y.applyUpdate(trial, update);
      if (trial.store.pendingStructs !== null || trial.store.pendingDs !== null) return "gap";
      if (!isSound(trial)) return "refused";
      Y.applyUpdate(this.#doc, update, REMOTE);
      return "taken";
    } catch {
      // Whatever the library stumbles over was no update that it wrote.
      return "refused";
    } finally {
      trial.destroy();
    }
  }

  /** What stands in it, field by field; what is empty is left out. */
  get parts(): { title: string; text: string }[] {
    const { form } = this;
    const all = form?.fields.map(({ name, title }) => ({ title, text: this.text(name).toString().trim() }));
    return (all ?? []).filter(({ text }) => text !== "");
  }

  get mark(): number {
    return markOf(JSON.stringify(this.parts));
  }

  keep(by: Role): void {
    const kept: Kept = { by, mark: this.mark };
    this.#change(() => about(this.#doc).set("kept", JSON.stringify(kept)));
  }

  /** Who kept it as it stands now. */
  get keptBy(): Role | null {
    const { by, mark } = (parsed(about(this.#doc).get("kept")) ?? {}) as Partial<Kept>;
    return mark === this.mark && (by === "client" || by === "clinician") ? by : null;
  }

  close(): void {
    this.#undo?.destroy();
    this.#doc.destroy();
  }

  #change(change: () => void): void {
    this.#doc.transact(change, LOCAL);
  }

  #undoing(): Y.UndoManager | null {
    const { form } = this;
    if (form === null) return null;
    this.#undo ??= new Y.UndoManager(
      form.fields.map(({ name }) => this.text(name)),
      { trackedOrigins: new Set([LOCAL]) },
    );
    return this.#undo;
  }
}
