/** Who gets whom when a caseload passes to colleagues. */
import type { CaseloadToHandOver } from "./types";

export interface Choice {
  /** Who takes over all that is given to nobody else; empty until somebody is chosen. */
  readonly to: string;
  /** Colleagues for single people, by the id of their record. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

/** Each person once, however many places somebody has on their care team. */
export function peopleOf(places: CaseloadToHandOver["people"]): { id: string; name: string }[] {
  const found = new Map(places.map((place) => [place.client_id, place.display_name]));
  return [...found].map(([id, name]) => ({ id, name }));
}

/** How many people each colleague takes over; who takes over the rest stands first, and always. */
export function sharesOf(people: readonly { id: string }[], choice: Choice): { to: string; count: number }[] {
  const shares = new Map([[choice.to, 0]]);
  for (const { id } of people) {
    const to = choice.elsewhere[id] ?? choice.to;
    shares.set(to, (shares.get(to) ?? 0) + 1);
  }
  return [...shares].map(([to, count]) => ({ to, count }));
}
