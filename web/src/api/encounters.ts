import type { EncounterView } from "./types";

/** The planned meeting that comes next, if one is planned. */
export function nextPlanned(encounters: readonly EncounterView[], now: number): EncounterView | null {
  return (
    encounters
      .filter((each) => each.status === "planned" && Date.parse(each.starts_at) > now)
      .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))[0] ?? null
  );
}
