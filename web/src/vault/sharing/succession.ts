/** Who might take over from whom: what the person is asked about on their device. */
import { about, sharingDb } from "./device";
import type { Person, SharedFolder } from "./types";
import { holdsSomething } from "./useSharing";

export interface Succession {
  /** Who left the care team, or whom a colleague covers. */
  from: Person;
  /** Who could read instead; those without a vault cannot yet. */
  to: Person[];
  why: "left" | "cover";
}

/** The questions that are open today. */
export function successions(people: readonly Person[], folders: readonly SharedFolder[]): Succession[] {
  const holders = people.filter((person) => holdsSomething(person, folders));
  const left = holders.filter((person) => !person.may_read);
  const there = people.filter((person) => person.may_read);
  const covering = there.filter(
    (person) => person.purpose === "cover" && !holdsSomething(person, folders),
  );
  return [
    ...left.map((from): Succession => ({ from, to: there, why: "left" })),
    ...holders
      .filter((person) => person.may_read && person.purpose !== "cover" && covering.length > 0)
      .map((from): Succession => ({ from, to: covering, why: "cover" })),
  ];
}

const keyOf = (user: string, { from, to }: Succession): Promise<string> =>
  about("answered", user, from.id, ...to.map((person) => person.id).sort());

/** Whether the person said no to this very question on this device. */
export async function isAnswered(user: string, asked: Succession): Promise<boolean> {
  return (await (await sharingDb()).get("answered", await keyOf(user, asked))) !== undefined;
}

export async function noteAnswered(user: string, asked: Succession): Promise<void> {
  await (await sharingDb()).put("answered", { at: await keyOf(user, asked) });
}
