/** One device's side of a shared worksheet: the document, and what is said of it over the line. */
import { toBase64Url } from "@/auth/bytes";

import type { Role } from "../wire";
import { type Form, Worksheet } from "./document";
import { bytesOf, inPieces, Pieces, type SheetTold } from "./wire";

/** A sheet as it stands at one moment, but for the words in its fields. */
export interface View {
  form: Form | null;
  /** The field that the other side is in. */
  other: string | null;
  /** Something came that is no part of a worksheet, and was not taken. */
  refused: boolean;
  /** What was typed last did not fit. */
  full: boolean;
  empty: boolean;
  keptBy: Role | null;
  mark: number;
}

/** So often both say how far they know it: what was missed for any reason comes then. */
const ROUND_MS = 10_000;
/** More messages than this in one round were typed by nobody. */
const MOST_IN_A_ROUND = 600;

export class Session {
  readonly sheet: Worksheet;
  readonly #pieces = new Pieces();
  readonly #rounds: ReturnType<typeof setInterval>;
  #at: string | null = null;
  #other: string | null = null;
  #refused = false;
  #full = false;
  #held = false;
  #heard = 0;

  constructor(
    /** False where there is no line now. */
    private readonly say: (told: SheetTold) => boolean,
    private readonly changed: (view: View) => void,
  ) {
    this.sheet = new Worksheet(
      () => this.#tell(),
      (update) => inPieces(update).every((piece) => this.say(piece)),
    );
    this.#rounds = setInterval(() => {
      this.#heard = 0;
      if (!this.#refused && this.sheet.form !== null) this.#have(false);
    }, ROUND_MS);
  }

  get view(): View {
    const { form, parts, keptBy, mark } = this.sheet;
    const [other, refused, full] = [this.#other, this.#refused, this.#full];
    return { form, other, refused, full, empty: parts.length === 0, keptBy, mark };
  }

  /** The line to the other side opened, for the first time or again. */
  opened(): void {
    this.#refused = false;
    this.#have(false);
    this.#tell();
  }

  heard(told: SheetTold): void {
    this.#heard += 1;
    if (this.#heard > MOST_IN_A_ROUND) {
      this.#refuse();
    } else if (told.k === "at") {
      this.#other = this.sheet.form?.fields.some(({ name }) => name === told.f) === true ? told.f : null;
      this.#tell();
    } else if (told.k === "have") {
      this.#give(told);
    } else if (!this.#held) {
      const whole = this.#pieces.take(told);
      if (whole !== null) this.#take(whole);
    }
  }

  /** Which field this side is in. */
  at(field: string | null): void {
    this.#at = field;
    this.say({ t: "sheet", k: "at", f: field });
  }

  /** While a word is being put together (as in Japanese) nothing may move below the hand. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#have(false);
  }

  write(field: string, edit: Parameters<Worksheet["write"]>[1]): boolean {
    const fits = this.sheet.write(field, edit);
    if (this.#full === fits) {
      this.#full = !fits;
      this.#tell();
    }
    return fits;
  }

  close(): void {
    clearInterval(this.#rounds);
    this.sheet.close();
  }

  #have(back: boolean): void {
    this.say({ t: "sheet", k: "have", v: toBase64Url(this.sheet.vector()), back });
  }

  #give({ v, back }: Extract<SheetTold, { k: "have" }>): void {
    const vector = bytesOf(v);
    const update = vector === null ? null : this.sheet.since(vector);
    if (update !== null) inPieces(update).every((piece) => this.say(piece));
    if (back || this.#refused) return;
    this.#have(true);
    if (this.#at !== null) this.say({ t: "sheet", k: "at", f: this.#at });
  }

  #take(whole: string): void {
    const update = bytesOf(whole);
    const outcome = update === null ? "refused" : this.sheet.take(update);
    if (outcome === "refused") this.#refuse();
    // What it follows on was missed. Who is asked for it gives the whole.
    else if (outcome === "gap" && !this.#refused) this.#have(true);
  }

  #refuse(): void {
    if (this.#refused) return;
    this.#refused = true;
    this.#tell();
  }

  #tell(): void {
    this.changed(this.view);
  }
}
