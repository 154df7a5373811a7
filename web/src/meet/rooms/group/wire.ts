/** What the browsers of a group say to each other on the room's topic. Nothing of it is kept. */
import type { RoomKeyWire, Seat } from "@/vault/groupKeys";

/**
 * "I am here." `can`: this device seals frames; `number`: of the newest key it has; `back`: said in
 * answer, so that it is not answered again.
 */
export interface Here {
  t: "here";
  a: string;
  n: string;
  can: boolean;
  number: number;
  back: boolean;
}

export interface Bye {
  t: "bye";
  a: string;
  n: string;
}

export interface KeySaid {
  t: "key";
  key: RoomKeyWire;
}

/** What somebody wants to be called, and what is on: sealed under key `number`; null: readable. */
export interface CardSaid {
  t: "card";
  a: string;
  n: string;
  number: number | null;
  box: string;
}

/** Between two of a mesh: what two people of a visit say to each other (`../wire`). */
export interface PairSaid {
  t: "pair";
  a: string;
  to: string;
  said: unknown;
}

export type GroupSaid = Here | Bye | KeySaid | CardSaid | PairSaid;

const text = (value: unknown): value is string => typeof value === "string" && value.length < 4096;
const counts = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const record = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isSeat = (value: unknown): value is Seat => Array.isArray(value) && value.length === 2 && value.every(text);

function isKey(value: unknown): value is RoomKeyWire {
  if (!record(value) || !counts(value.number) || !text(value.maker) || !text(value.signature)) return false;
  if (!Array.isArray(value.seats) || !Array.isArray(value.keys) || !value.seats.every(isSeat)) return false;
  return value.keys.every((one) => record(one) && text(one.member) && text(one.sealed) && text(one.signature));
}

/** What came over the topic, if it is one of these. */
export function groupSaidOf(data: unknown): GroupSaid | null {
  if (!record(data)) return null;
  if (data.t === "key") return isKey(data.key) ? { t: "key", key: data.key } : null;
  if (!text(data.a)) return null;
  if (data.t === "pair") return text(data.to) && record(data.said) ? (data as unknown as PairSaid) : null;
  if (!text(data.n)) return null;
  if (data.t === "bye") return data as unknown as Bye;
  if (data.t === "card") {
    const number = data.number === null || counts(data.number);
    return number && text(data.box) ? (data as unknown as CardSaid) : null;
  }
  const here = data.t === "here" && typeof data.can === "boolean" && counts(data.number);
  return here && typeof data.back === "boolean" ? (data as unknown as Here) : null;
}

export const LONGEST_NAME = 40;

/** What somebody says of themselves in a group. */
export interface Card {
  name: string;
  microphone: boolean;
  camera: boolean;
  /** Their screen stands where their picture would be. */
  screen: boolean;
}

export const cardBytes = (card: Card): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(card));

/** Whose screen is shown: one at a time. Of two that began at once, the account that sorts first. */
export function screenOf(people: readonly { account: string; card: Card | null }[], own: string | null): string | null {
  const showing = people.filter(({ card }) => card?.screen === true).map(({ account }) => account);
  return [...showing, ...(own === null ? [] : [own])].toSorted()[0] ?? null;
}

export function cardOf(bytes: Uint8Array): Card | null {
  try {
    const found = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    if (!record(found) || !text(found.name)) return null;
    const { name, microphone, camera, screen } = found;
    return {
      name: name.slice(0, LONGEST_NAME),
      microphone: microphone === true,
      camera: camera === true,
      screen: screen === true,
    };
  } catch {
    return null;
  }
}
