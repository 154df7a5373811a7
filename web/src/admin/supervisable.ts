import type { PersonRow, SupervisionRow } from "./types";

const TREATING: ReadonlySet<string> = new Set(["clinician", "prescriber", "supervisor"]);

/** Staff who may supervise: the role, and not switched off. */
export const supervisors = (people: readonly PersonRow[]): PersonRow[] =>
  people.filter((each) => each.active && each.role === "supervisor");

/** Whom a supervisor may be given: treating colleagues, not themself, nobody twice. */
export function supervisable(
  people: readonly PersonRow[],
  standing: readonly SupervisionRow[],
  supervisor: string,
): PersonRow[] {
  const taken = new Set(
    standing.filter((each) => each.supervisor_id === supervisor).map((each) => each.supervisee_id),
  );
  return people.filter(
    (each) => each.active && TREATING.has(each.role) && each.id !== supervisor && !taken.has(each.id),
  );
}
