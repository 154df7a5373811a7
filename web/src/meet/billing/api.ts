/** Reads and writes of money. Amounts are integers in minor units of their currency. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { api, API_BASE, clientPath, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { localeFor } from "@/format";

export type Terms = Schemas["BillingTermsOut"];
export type Step = Schemas["StepShape"];
export type Charge = Schemas["ChargeOut"];
export type Chargeable = Schemas["ChargeableOut"];
export type Paper = Schemas["DocumentOut"];
export type Fee = Schemas["FeeOut"];

const ROOT = "billing";

/** Everything under a practice; `rest` such as "/billing" or "/clients/ID/charges". */
export function useBilling<T>(rest: string, query?: Record<string, string>) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, rest, query],
    queryFn: () => api.get<T>(practicePath(practice.id, rest), query === undefined ? {} : { query }),
    refetchOnWindowFocus: false,
  });
}

export interface Write {
  readonly method: "post" | "put" | "delete";
  readonly rest: string;
  readonly body?: unknown;
}

export function useBillingWrite() {
  const { practice } = useActive();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: Write) => api[method]<unknown>(practicePath(practice.id, rest), body),
    onSettled: () => cache.invalidateQueries({ queryKey: [ROOT, practice.id] }),
  });
}

export const paperAddress = (practice: string, client: string, paper: string): string =>
  API_BASE + clientPath(practice, client, `/invoices/${paper}/document.pdf`);

/** An amount as the reader's language writes it; the browser knows each currency's digits. */
export function amountIn(locale: string, amount: number, currency: string): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "code" });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

export function useMoneyWords() {
  const { t, i18n } = useTranslation(["billing", "common"]);
  const locale = localeFor(i18n.language);
  const date = useMemo(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }), [locale]);
  const day = useMemo(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }), [locale]);
  return {
    t,
    language: i18n.language,
    amount: (value: number, currency: string) => amountIn(locale, value, currency),
    date: (at: string) => date.format(Date.parse(at)),
    day: (on: string) => day.format(Date.parse(`${on}T00:00:00Z`)),
  };
}
