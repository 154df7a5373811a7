/** Crisis lines: the table that came with the app, and the practice's confirmations when reached. */
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { use } from "react";

import { ActiveContext, useConfig } from "@/api/session";
import type { ClientView, HelpView, Line } from "@/api/types";
import { useSetting, writeSetting } from "@/app/settings";
import { fetchHeld } from "@/queue/held";

import { COUNTRIES } from "./countries";

interface ShippedLine extends Omit<Line, "country" | "confirmed_on" | "stale" | "sms_text"> {
  sms_text?: string | null;
}

interface ShippedCountry {
  country: string;
  name: string;
  emergency_numbers: { number: string; kind: string }[];
  lines: ShippedLine[];
}

/** A date older than this is said to be old: numbers change (docs/reference, crisis lines). */
export const STALE_DAYS = 180;

export const isStale = (verifiedOn: string | null, now: Date): boolean =>
  verifiedOn === null || now.getTime() - Date.parse(verifiedOn) > STALE_DAYS * 86_400_000;

/** The shipped table's entry for a country; needs no network. Null where the table has none. */
export async function shippedHelp(country: string, now: Date): Promise<HelpView | null> {
  const { default: table } = await import("@/generated/crisis-lines.json");
  const found = (table as unknown as ShippedCountry[]).find((each) => each.country === country);
  if (found === undefined) return null;
  return {
    country,
    emergency_numbers: found.emergency_numbers,
    lines: found.lines.map((line) => ({
      ...line,
      country,
      sms_text: line.sms_text ?? null,
      confirmed_on: null,
      stale: isStale(line.verified_on, now),
    })),
    countries: [...COUNTRIES],
  };
}

async function help(country: string, practiceId: string | null): Promise<HelpView | null> {
  try {
    const found = await fetchHeld<HelpView>("/help", { country, practice_id: practiceId });
    if (found.lines.length > 0 || found.emergency_numbers.length > 0) return found;
  } catch {
    // Whatever is wrong with the server, the table that came with the app is shown.
  }
  return shippedHelp(country, new Date());
}

/** Help for a country, at once from the app's own table, then with the practice's confirmations. */
export function useHelp(country: string | null): UseQueryResult<HelpView | null> {
  const practiceId = use(ActiveContext)?.practice.id ?? null;
  const shipped = useQuery({
    queryKey: ["help-shipped", country],
    queryFn: () => (country === null ? null : shippedHelp(country, new Date())),
    staleTime: Infinity,
  });
  const served = useQuery({
    queryKey: ["help", country, practiceId],
    queryFn: () => (country === null ? null : help(country, practiceId)),
    staleTime: 300_000,
    enabled: country !== null,
  });
  return served.data === undefined ? shipped : served;
}

export interface Place {
  /** What the person said on this device; null until they have. */
  said: string | null;
  /** Whose lines are shown: what was said, else the record's or the practice's country, and told so. */
  shown: string | null;
  say: (country: string) => void;
}

/** "Where are you now?": asked, and until it is answered the screen says whose numbers it shows. */
export function usePlace(): Place {
  const said = useSetting("country");
  const active = use(ActiveContext);
  const config = useConfig();
  const record = useQueryClient()
    .getQueriesData<ClientView>({ queryKey: ["record"] })
    .map(([, data]) => data?.country)
    .find((country) => country !== undefined && country !== "");
  const practice = active?.practice.country ?? config.data?.practices[0]?.country;
  return {
    said,
    shown: said ?? record ?? (practice === "" ? null : (practice ?? null)),
    say: (country) => writeSetting("country", country === "" ? null : country),
  };
}

export const telephone = (number: string): string => `tel:${number.replaceAll(/[^\d+*#]/g, "")}`;

export function message(number: string, text: string | null): string {
  const to = `sms:${number.replaceAll(/[^\d+*#]/g, "")}`;
  return text === null ? to : `${to}?body=${encodeURIComponent(text)}`;
}
