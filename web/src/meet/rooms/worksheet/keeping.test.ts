// @vitest-environment node
import { describe, expect, it } from "vitest";

import type { ThreadRow } from "@/meet/messages/types";

import { readable } from "./readable";
import { threadOf } from "./threadOf";

const PARTS = [
  { title: "What happened", text: "On the bus.\nIt was full." },
  { title: "What I felt", text: "Afraid, 70" },
];

describe("a worksheet as text", () => {
  it("reads as a page does", () => {
    expect(readable("Worksheet: Look at a thought", PARTS, 16_000)).toEqual([
      "Worksheet: Look at a thought\n\nWhat happened\nOn the bus.\nIt was full.\n\nWhat I felt\nAfraid, 70",
    ]);
  });

  it("is several where one would be too long, and no field is cut that need not be", () => {
    const texts = readable("H", PARTS, 45);
    expect(texts).toEqual(["H\n\nWhat happened\nOn the bus.\nIt was full.", "H\n\nWhat I felt\nAfraid, 70"]);
  });

  it("loses nothing of a field that is longer than a message", () => {
    const text = "x".repeat(100);
    const texts = readable("H", [{ title: "T", text }], 30);
    expect(texts.every(({ length }) => length > 0 && length <= 30)).toBe(true);
    expect(texts.join("")).toContain(text);
  });
});

describe("the thread of two", () => {
  const row = (id: string, kind: ThreadRow["kind"], ...members: string[]): ThreadRow =>
    ({ id, kind, members: members.map((each) => ({ id: each, name: each, role: "" })) }) as unknown as ThreadRow;

  it("is the one in which there is nobody else, if there is one", () => {
    const rows = [row("three", "client", "robin", "dana", "omar"), row("two", "client", "dana", "robin")];
    expect(threadOf(rows, ["robin", "dana"])?.id).toBe("two");
    expect(threadOf(rows.slice(0, 1), ["robin", "dana"])?.id).toBe("three");
  });

  it("is none of a team, a group or other people", () => {
    const rows = [row("a", "team", "robin", "dana"), row("b", "group", "robin", "dana"), row("c", "client", "robin", "omar")];
    expect(threadOf(rows, ["robin", "dana"])).toBeUndefined();
  });
});
