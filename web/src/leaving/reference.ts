/** The number of a deletion's receipt: made on this device, so that a lost answer loses nothing. */
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

export type Departure = Schemas["DepartureOut"];

/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 26;
const KEPT = "holdfast-receipt";

/** 130 random bits in groups of four. */
export function newReference(): string {
  const letters = [...crypto.getRandomValues(new Uint8Array(LENGTH))].map(
    (byte) => ALPHABET[byte & 31],
  );
  return letters.join("").match(/.{1,4}/g)?.join("-") ?? "";
}

export const lookUp = (reference: string): Promise<Departure> =>
  api.post<Departure>("/deletions/look-up", { reference });

/** Kept for the page that opens next in this tab, and nowhere else: it stands in no address. */
export const handOver = (reference: string): void => sessionStorage.setItem(KEPT, reference);

export const handedOver = (): string => sessionStorage.getItem(KEPT) ?? "";
