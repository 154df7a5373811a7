/** The plans that came with the app: what is asked when, there without network. */
import type { Plan } from "./asking";

const bundled = import.meta.glob<Plan>("../../generated/assessments/*.json", { import: "default" });

export async function loadPlan(id: string, version: string): Promise<Plan> {
  const load = bundled[`../../generated/assessments/${id}-${version}.json`];
  if (load === undefined) throw new Error(`no plan ${id} ${version} came with the app`);
  return load();
}

export const CURRENT = { id: "mood-days", version: "1.0.0" } as const;
