import type { FlagDelivery, FlagStepView } from "./types";

export type FlagEntry =
  | { readonly kind: "step"; readonly at: string; readonly step: FlagStepView }
  | { readonly kind: "delivery"; readonly at: string; readonly delivery: FlagDelivery };

const keyOf = (at: string, to: string | null): string => `${Date.parse(at)}/${to ?? ""}`;

/**
 * A flag's history, newest first. "Notified" gives way to the attempts it consisted of, which say
 * by which channel and what came of it; it stands alone where none is left (an account closed since).
 */
export function flagEntries(
  steps: readonly FlagStepView[],
  deliveries: readonly FlagDelivery[],
): FlagEntry[] {
  const detailed = new Set(deliveries.map((each) => keyOf(each.notified_at, each.to)));
  const entries: FlagEntry[] = [
    ...steps
      .filter((step) => step.kind !== "notified" || !detailed.has(keyOf(step.at, step.to)))
      .map((step) => ({ kind: "step" as const, at: step.at, step })),
    ...deliveries.map((delivery) => ({
      kind: "delivery" as const,
      at: delivery.at ?? delivery.notified_at,
      delivery,
    })),
  ];
  return entries.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
