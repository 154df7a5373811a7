/** The instrument pack as the client reads it: the same document as the YAML file, as JSON. */
import { fetchHeld } from "@/queue/held";
import { practicePath } from "@/api/client";
import type { FlagLevel } from "@/api/types";

export interface Condition {
  item?: string;
  scale?: string;
  at_least?: number;
  at_most?: number;
  band?: string;
  declined?: boolean;
  all_of?: Condition[];
  any_of?: Condition[];
  none_of?: Condition[];
}

export interface Slider {
  min: number;
  max: number;
  step: number;
}

export type OptionSet = number[] | Slider;

export interface Item {
  id: string;
  options: string;
  loinc?: string | null;
  aliases?: string[];
  scored?: boolean;
  optional?: boolean;
  only_for?: "women" | "men" | null;
  show_if?: Condition | null;
  declined_as?: number | null;
}

export interface Scale {
  id: string;
  items: string[];
  method: "sum" | "mean" | "max";
  range: [number, number];
  missing: { rule: "prorate" | "refuse"; max_missing?: number; round?: "half_up" | "none" };
  reverse?: string[];
  weights?: Record<string, number>;
  factor?: number;
  direction?: "lower" | "higher" | "none" | null;
  bands?: { id: string; min: number; max: number }[];
}

export interface AlertRule {
  id: string;
  when: Condition;
  level: FlagLevel;
  reason: string;
  follow_up?: string | null;
  if_skipped?: "ask" | null;
}

export interface PackText {
  status: "official" | "verified" | "draft";
  items: Record<string, string>;
  options: Record<string, string[]>;
  stem?: string;
  title?: string;
  note?: string;
}

export interface Pack {
  id: string;
  version: string;
  title: string;
  topic: string;
  credit: string;
  recall?: string | null;
  direction: "lower" | "higher" | "none";
  licence: { name: string; notice?: string; acceptance: string };
  option_sets: Record<string, OptionSet>;
  items: Item[];
  scales: Scale[];
  alerts?: AlertRule[];
  texts: Record<string, PackText>;
}

export const isSlider = (options: OptionSet): options is Slider => !Array.isArray(options);

const bundled = import.meta.glob<Pack>("../generated/instruments/*.json", { import: "default" });

const keyOf = (id: string, version: string): string =>
  `../generated/instruments/${id}-${version}.json`;

/**
 * The pack a person answers. A published version never changes, so the copy that came with the app
 * is as good as the server's and is there without network; other packs come from the server.
 */
export async function loadPack(practiceId: string, id: string, version: string): Promise<Pack> {
  const load = bundled[keyOf(id, version)];
  if (load !== undefined) return load();
  return fetchHeld<Pack>(practicePath(practiceId, `/instruments/${id}/${version}`));
}

/** The newest pack of this name that came with the app; it needs no network. */
export async function bundledPack(id: string): Promise<Pack> {
  const prefix = keyOf(id, "").slice(0, -".json".length);
  const found = Object.keys(bundled)
    // What follows is a version, and not the rest of a longer name.
    .filter((key) => key.startsWith(prefix) && /^\d+\.\d+\.\d+\.json$/.test(key.slice(prefix.length)))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);
  const load = found === undefined ? undefined : bundled[found];
  if (load === undefined) throw new Error(`no pack ${id} came with the app`);
  return load();
}

/** Languages whose wording is not a draft, in the order of the pack. */
export function usableLanguages(pack: Pack): string[] {
  return Object.entries(pack.texts)
    .filter(([, text]) => text.status !== "draft")
    .map(([language]) => language);
}

/** The pack's text for a reader of `language`: the same tag, or another form of the same language. */
export function matchLanguage(pack: Pack, language: string): string | null {
  const usable = usableLanguages(pack);
  if (usable.includes(language)) return language;
  const base = language.split("-")[0];
  return usable.find((tag) => tag.split("-")[0] === base) ?? null;
}
