// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";

import { toBase64Url } from "@/auth/bytes";

import { toldOf } from "../wire";
import { type Form, LONGEST_FIELD, Worksheet } from "./document";
import { editOf, moved } from "./edit";
import { Session, type View } from "./session";
import { inPieces, MOST_BYTES, Pieces, type SheetTold } from "./wire";

const FORM: Form = {
  id: "one",
  by: "clinician",
  flow: "thought-record",
  language: "en",
  title: "Look at a thought",
  fields: [
    { name: "situation", title: "What happened", hint: "" },
    { name: "feelings", title: "What I felt", hint: "" },
  ],
};

interface Side {
  session: Session;
  view: () => View;
}

/** Two devices and the line between them, which can be cut, and which loses what is under way then. */
class Line {
  readonly sides: [Side, Side];
  private waiting: { to: 0 | 1; text: string }[] = [];
  open = true;

  constructor() {
    this.sides = [this.begin(0), this.begin(1)];
  }

  begin(side: 0 | 1): Side {
    let view: View | null = null;
    const session = new Session(
      (told) => {
        if (this.open) this.waiting.push({ to: side === 0 ? 1 : 0, text: JSON.stringify(told) });
        return this.open;
      },
      (now) => {
        view = now;
      },
    );
    begun.push(session);
    return { session, view: () => view ?? session.view };
  }

  deliver(most = Infinity): void {
    for (let count = 0; count < most; count += 1) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      const told = toldOf(next.text);
      if (told?.t !== "sheet") throw new Error("the wire would not take it");
      this.sides[next.to].session.heard(told);
    }
  }

  cut(): void {
    this.open = false;
    this.waiting = [];
    for (const { session } of this.sides) session.heard({ t: "sheet", k: "at", f: null });
  }

  mend(): void {
    this.open = true;
    for (const { session } of this.sides) session.opened();
  }

  /** A page is loaded anew: what was in its memory is gone. */
  reload(side: 0 | 1): void {
    this.cut();
    this.sides[side].session.close();
    this.sides[side] = this.begin(side);
    this.mend();
  }

  texts(): string[] {
    return this.sides.map(({ session: { sheet } }) => JSON.stringify(sheet.parts));
  }

  type(side: 0 | 1, field: string, at: number, added: string, removed = 0): boolean {
    return this.sides[side].session.write(field, { at, removed, added });
  }
}

const begun: Session[] = [];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const session of begun.splice(0)) session.close();
  vi.useRealTimers();
});

function opened(): Line {
  const line = new Line();
  line.sides[0].session.sheet.open(FORM);
  line.deliver();
  return line;
}

/** Always the same numbers for the same seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const textOf = ({ session }: Side, field: string): string => session.sheet.text(field).toString();

describe("a worksheet on two devices", () => {
  it("is the same on both once it is opened on one", () => {
    const line = opened();
    expect(line.sides[1].view().form).toEqual(FORM);
    expect(line.sides[1].view().empty).toBe(true);
  });

  it("keeps every letter that both type into one field in the same moment", () => {
    const line = opened();
    for (const [at, letter] of [..."bus"].entries()) line.type(0, "situation", at, letter);
    for (const [at, letter] of [..."tram"].entries()) line.type(1, "situation", at, letter);
    line.deliver();
    const [here, there] = line.sides.map((side) => textOf(side, "situation"));
    expect(here).toBe(there);
    expect(["bustram", "trambus"]).toContain(here);
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    "converges whatever is typed, cut off and reloaded (%i)",
    (seed) => {
      const draw = numbers(seed);
      const line = opened();
      for (let step = 0; step < 120; step += 1) {
        const side = draw(2) as 0 | 1;
        const field = draw(2) === 0 ? "situation" : "feelings";
        const { length } = line.sides[side].session.sheet.form === null ? "" : textOf(line.sides[side], field);
        const what = draw(20);
        if (what < 11) line.type(side, field, draw(length + 1), "äb😀".slice(0, draw(2) + 1));
        else if (what < 14 && length > 0) line.type(side, field, draw(length), "", 1);
        else if (what < 17) line.deliver(draw(6));
        else if (what === 17) line.cut();
        else if (what === 18) line.mend();
        else if (step % 4 === 0) {
          line.deliver();
          line.mend();
          line.deliver();
          line.reload(side);
          line.deliver();
        }
      }
      line.mend();
      line.deliver();
      expect(line.texts()[0]).toBe(line.texts()[1]);
      expect(line.sides.map(({ view }) => view().refused)).toEqual([false, false]);
    },
  );

  it("comes back from the other side after a reload, and is gone once both were reloaded", () => {
    const line = opened();
    line.type(1, "situation", 0, "On the bus.");
    line.deliver();
    line.reload(1);
    line.deliver();
    expect(textOf(line.sides[1], "situation")).toBe("On the bus.");
    line.cut();
    for (const side of [0, 1] as const) {
      line.sides[side].session.close();
      line.sides[side] = line.begin(side);
    }
    line.mend();
    line.deliver();
    expect(line.sides.map(({ view }) => view().form)).toEqual([null, null]);
  });

  it("says where the other is, and no longer when they are gone", () => {
    const line = opened();
    line.sides[0].session.at("feelings");
    line.deliver();
    expect(line.sides[1].view().other).toBe("feelings");
    line.cut();
    expect(line.sides[1].view().other).toBeNull();
    line.mend();
    line.deliver();
    expect(line.sides[1].view().other).toBe("feelings");
    line.sides[0].session.at("no such field");
    line.deliver();
    expect(line.sides[1].view().other).toBeNull();
  });

  it("moves nothing while a word is put together, and has it all afterwards", () => {
    const line = opened();
    line.sides[0].session.hold();
    line.type(1, "situation", 0, "there");
    line.deliver();
    expect(textOf(line.sides[0], "situation")).toBe("");
    line.type(0, "situation", 0, "ここ");
    line.sides[0].session.release();
    line.deliver();
    expect(textOf(line.sides[0], "situation")).toContain("there");
    expect(line.texts()[0]).toBe(line.texts()[1]);
  });

  it("finds by itself what was missed", () => {
    const line = opened();
    line.open = false;
    line.type(0, "situation", 0, "unheard");
    line.open = true;
    vi.advanceTimersByTime(10_000);
    line.deliver();
    expect(textOf(line.sides[1], "situation")).toBe("unheard");
  });

  it("takes back what was written here and leaves what the other wrote", () => {
    const line = opened();
    line.type(0, "situation", 0, "mine ");
    line.deliver();
    line.type(1, "situation", 5, "theirs");
    line.deliver();
    line.sides[0].session.sheet.undo(false);
    line.deliver();
    expect(line.sides.map((side) => textOf(side, "situation"))).toEqual(["theirs", "theirs"]);
    line.sides[0].session.sheet.undo(true);
    line.deliver();
    expect(textOf(line.sides[1], "situation")).toBe("mine theirs");
  });

  it("is known as kept on both sides until a letter changes", () => {
    const line = opened();
    line.type(0, "situation", 0, "On the bus.");
    line.sides[0].session.sheet.keep("clinician");
    line.deliver();
    expect(line.sides.map(({ view }) => view().keptBy)).toEqual(["clinician", "clinician"]);
    line.type(1, "feelings", 0, "Afraid");
    line.deliver();
    expect(line.sides.map(({ view }) => view().keptBy)).toEqual([null, null]);
  });

  it("is put away on both sides, and another begins empty", () => {
    const line = opened();
    line.type(0, "situation", 0, "On the bus.");
    line.sides[0].session.sheet.putAway();
    line.deliver();
    expect(line.sides.map(({ view }) => view().form)).toEqual([null, null]);
    line.sides[1].session.sheet.open({ ...FORM, id: "two", by: "client" });
    line.deliver();
    expect(line.texts()).toEqual(["[]", "[]"]);
    expect(line.sides[0].view().form?.id).toBe("two");
  });

  it("is full before the other side could no longer take it", () => {
    const line = opened();
    expect(line.type(0, "situation", 0, "x".repeat(LONGEST_FIELD))).toBe(true);
    expect(line.type(0, "situation", 0, "y")).toBe(false);
    expect(line.sides[0].view().full).toBe(true);
    line.deliver();
    expect(line.type(1, "situation", 0, "", 10)).toBe(true);
    line.deliver();
    expect(textOf(line.sides[0], "situation")).toHaveLength(LONGEST_FIELD - 10);
    expect(line.sides[1].view().refused).toBe(false);
  });
});

describe("a hostile other side", () => {
  const text = new Worksheet(() => undefined, () => undefined);
  text.open(FORM);
  text.write("situation", { at: 0, removed: 0, added: "What stands here stays." });

  function updateOf(change: (doc: Y.Doc) => void): Uint8Array {
    const doc = new Y.Doc();
    const before = text.since(new Uint8Array([0]));
    if (before !== null) Y.applyUpdate(doc, before);
    const known = Y.encodeStateVector(doc);
    change(doc);
    return Y.encodeStateAsUpdate(doc, known);
  }

  const refused: Record<string, Uint8Array> = {
    nothing: new Uint8Array(0),
    noise: Uint8Array.from({ length: 400 }, (_, at) => (at * 197 + 11) % 256),
    "more structures than bytes": new Uint8Array([1, 0xff, 0xff, 0xff, 0x0e, 1, 0]),
    "too long": new Uint8Array(MOST_BYTES + 1),
    "too long once it is taken": updateOf((doc) => doc.getText("elsewhere").insert(0, "x".repeat(MOST_BYTES))),
    "a form that is none": updateOf((doc) => doc.getMap("sheet").set("form", "{")),
    "a form that is a table": updateOf((doc) => doc.getMap("sheet").set("form", new Y.Map())),
    "two fields of one name": updateOf((doc) =>
      doc.getMap("sheet").set("form", JSON.stringify({ ...FORM, fields: [FORM.fields[0], FORM.fields[0]] })),
    ),
    "a picture in a field": updateOf((doc) => doc.getText("one/situation").insertEmbed(0, { image: "x" })),
    // One list in the other, deeper than anything that reads itself in turn can go.
    "a deep nest": Uint8Array.of(
      1, 1, 5, 0, 8, 1, 5,
      ...new TextEncoder().encode("sheet"),
      1,
      ...Array.from({ length: 40_000 }, () => [117, 1]).flat(),
      126,
    ),
  };

  it.each(Object.keys(refused))("is refused: %s", (name) => {
    expect(text.take(refused[name] ?? new Uint8Array())).toBe("refused");
    expect(text.parts).toEqual([{ title: "What happened", text: "What stands here stays." }]);
  });

  it("is refused whichever byte of an update is another", () => {
    const good = updateOf((doc) => doc.getText("one/feelings").insert(0, "Afraid"));
    for (let at = 0; at < good.length; at += 1) {
      for (const flip of [0x01, 0x40, 0x80, 0xff]) {
        const bad = good.slice();
        bad[at] = (bad[at] ?? 0) ^ flip;
        const trial = new Worksheet(() => undefined, () => undefined);
        trial.take(text.since(new Uint8Array([0])) ?? new Uint8Array());
        // Whatever became of it: the page goes on, and what stands there can be read and kept.
        expect(["taken", "gap", "refused"]).toContain(trial.take(bad));
        expect(trial.form?.title ?? "").toBe(FORM.title);
        expect(() => trial.mark).not.toThrow();
        trial.close();
      }
    }
  });

  it("is told of in a word, and asked nothing more", () => {
    const line = opened();
    for (const piece of inPieces(refused["noise"] ?? new Uint8Array())) line.sides[0].session.heard(piece);
    expect(line.sides[0].view().refused).toBe(true);
    expect(line.sides[0].view().form).toEqual(FORM);
  });

  it("is not listened to without end", () => {
    const line = opened();
    for (let count = 0; count < 700; count += 1) line.sides[0].session.heard({ t: "sheet", k: "at", f: "feelings" });
    expect(line.sides[0].view().refused).toBe(true);
  });
});

describe("the wire", () => {
  it("cuts an update into messages that every browser passes on, and puts it together again", () => {
    const update = Uint8Array.from({ length: MOST_BYTES }, (_, at) => at % 251);
    const pieces = inPieces(update);
    const whole = new Pieces();
    let found: string | null = null;
    for (const piece of pieces) {
      const sent = JSON.stringify(piece);
      expect(sent.length).toBeLessThan(16_384);
      const told = toldOf(sent);
      expect(told).toEqual(piece);
      if (told?.t === "sheet" && told.k === "piece") found = whole.take(told);
    }
    expect(found).toBe(toBase64Url(update));
  });

  it("gives up an update with a hole in it", () => {
    const pieces = inPieces(new Uint8Array(30_000)) as Extract<SheetTold, { k: "piece" }>[];
    const whole = new Pieces();
    expect(pieces.toSpliced(1, 1).map((piece) => whole.take(piece))).toEqual(pieces.slice(1).map(() => null));
    expect(pieces.map((piece) => whole.take(piece)).at(-1)).not.toBeNull();
  });

  it.each([
    { k: "have", v: "x".repeat(8001) },
    { k: "have", v: 7 },
    { k: "piece", id: 1, at: 0, of: 99, d: "" },
    { k: "piece", id: 1, at: 2, of: 2, d: "" },
    { k: "piece", id: 1.5, at: 0, of: 1, d: "" },
    { k: "piece", id: 1, at: 0, of: 1, d: "x".repeat(12_001) },
    { k: "at", f: "x".repeat(65) },
    { k: "at" },
    { k: "away" },
  ])("hears nothing in %o", (said) => {
    expect(toldOf(JSON.stringify({ t: "sheet", ...said }))).toBeNull();
  });
});

describe("an edit", () => {
  it.each([
    ["", "a", 1, { at: 0, removed: 0, added: "a" }],
    ["aa", "aaa", 1, { at: 0, removed: 0, added: "a" }],
    ["aa", "aaa", 3, { at: 2, removed: 0, added: "a" }],
    ["one two", "one", 3, { at: 3, removed: 4, added: "" }],
    ["one two", "one 2", 5, { at: 4, removed: 3, added: "2" }],
    ["😀", "😁", 2, { at: 0, removed: 2, added: "😁" }],
    ["😀😀", "😀", 2, { at: 2, removed: 2, added: "" }],
  ])("leads from %o to %o", (before, after, caret, edit) => {
    expect(editOf(before, after, caret)).toEqual(edit);
  });

  it("always leads there, whatever was typed where", () => {
    const draw = numbers(7);
    const word = (): string => Array.from({ length: draw(6) }, () => ["a", "b", "😀", "😁"][draw(4)]).join("");
    for (let round = 0; round < 2000; round += 1) {
      const [before, after] = [word(), word()];
      const { at, removed, added } = editOf(before, after, draw(after.length + 1));
      expect(before.slice(0, at) + added + before.slice(at + removed)).toBe(after);
      // Half a sign cannot be written as an address.
      expect(() => encodeURIComponent(before.slice(0, at) + added)).not.toThrow();
    }
  });

  it("leaves the caret beside the same letter", () => {
    expect(moved(3, [{ insert: "xx" }])).toBe(5);
    expect(moved(3, [{ retain: 3 }, { insert: "xx" }])).toBe(3);
    expect(moved(3, [{ retain: 1 }, { delete: 5 }])).toBe(1);
    expect(moved(3, [{ retain: 4 }, { delete: 1 }])).toBe(3);
    expect(moved(6, [{ retain: 1 }, { delete: 2 }, { retain: 1 }, { insert: "abc" }])).toBe(7);
  });
});
