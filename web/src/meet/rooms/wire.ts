/** What the two browsers say to each other on the visit's topic. Nothing of it is kept anywhere. */
import { type SheetTold, sheetOf } from "./worksheet/wire";

export type Role = "client" | "clinician";

/** "Here I am, for this attempt." `back`: said in answer, so that it is not answered again. */
export interface Hello {
  t: "hello";
  n: string;
  r: Role;
  back: boolean;
}

/** A session description with its sender's signature, or null where the sender has no keys open. */
export interface Described {
  t: "sdp";
  n: string;
  to: string;
  kind: "offer" | "answer";
  sdp: string;
  s: string | null;
}

export interface Candidate {
  t: "ice";
  n: string;
  to: string;
  c: RTCIceCandidateInit | null;
}

/** "I am leaving for now." */
export interface Bye {
  t: "bye";
  n: string;
}

export type Said = Hello | Described | Candidate | Bye;

const text = (value: unknown): value is string => typeof value === "string";

/** What came over the topic, if it is one of these; anything else is nobody's word. */
export function saidOf(data: unknown): Said | null {
  if (typeof data !== "object" || data === null) return null;
  const said = data as Record<string, unknown>;
  if (!text(said.n)) return null;
  if (said.t === "hello") {
    const role = said.r === "client" || said.r === "clinician";
    return role && typeof said.back === "boolean" ? (data as Hello) : null;
  }
  if (said.t === "bye") return data as Bye;
  if (!text(said.to)) return null;
  if (said.t === "sdp") {
    const kind = said.kind === "offer" || said.kind === "answer";
    return kind && text(said.sdp) && (said.s === null || text(said.s)) ? (data as Described) : null;
  }
  return said.t === "ice" && typeof said.c === "object" ? (data as Candidate) : null;
}

/** What goes straight from one to the other, over the encrypted connection itself. */
export type Told =
  | { t: "state"; microphone: boolean; camera: boolean; screen: boolean; resting: boolean }
  | { t: "text"; id: string; text: string }
  | SheetTold;

export const LONGEST_TEXT = 4000;
/** No message of ours is longer, whatever has to be escaped in it. */
const LONGEST_TOLD = 32_000;

export function toldOf(data: unknown): Told | null {
  if (!text(data) || data.length > LONGEST_TOLD) return null;
  let told: Record<string, unknown> | null;
  try {
    told = JSON.parse(data) as Record<string, unknown> | null;
  } catch {
    return null;
  }
  if (typeof told !== "object" || told === null) return null;
  if (told.t === "text") {
    if (!text(told.id) || !text(told.text) || told.text.length > LONGEST_TEXT) return null;
    return { t: "text", id: told.id, text: told.text };
  }
  if (told.t === "sheet") return sheetOf(told);
  if (told.t !== "state") return null;
  const { microphone, camera, screen, resting } = told;
  return {
    t: "state",
    microphone: microphone === true,
    camera: camera === true,
    screen: screen === true,
    resting: resting === true,
  };
}
