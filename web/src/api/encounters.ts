import type { EncounterView } from "./types";

/** How long after its time a planned meeting is still the next one: both may be late. */
const LATE_MS = 3 * 3_600_000;
const GOING_ON: ReadonlySet<string> = new Set(["waiting", "admitted", "in_session"]);

/** The meeting that is going on, or the planned one that comes next. */
export function nextPlanned(encounters: readonly EncounterView[], now: number): EncounterView | null {
  return (
    encounters
      .filter(
        (each) =>
          GOING_ON.has(each.status) ||
          (each.status === "planned" && Date.parse(each.starts_at) > now - LATE_MS),
      )
      .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))[0] ?? null
  );
}
