import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactElement, useState } from "react";
import { v4 } from "uuid";

import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { Section } from "@/clinician/Section";
import { ErrorState, Query } from "@/design";

import { type Chargeable, type Fee, type Terms, useBilling, useBillingWrite, useMoneyWords } from "./api";
import "./billing.css";
import { Issue } from "./Issue";
import { Papers } from "./Papers";

interface Props {
  readonly client: string;
  readonly name: string;
}

/** What is charged to a person: each a decision, and documents that are never changed. */
export default function BillingSection({ client, name }: Props): ReactElement | null {
  const { t } = useMoneyWords();
  const { roles } = useActive();
  const treats = roles.has("clinician") || roles.has("prescriber");
  return (
    <Section id="billing" title={t("title")}>
      {treats ? <Open client={client} name={name} /> : <p className="hf-soft">{t("notYours")}</p>}
    </Section>
  );
}

/** Read when it is asked for: most visits to the page are not about money. */
function Open({ client, name }: Props): ReactElement {
  const { t } = useMoneyWords();
  const [open, setOpen] = useState(false);
  if (open) return <Charges client={client} name={name} />;
  return (
    <div>
      <Button size="sm" variant="default" onClick={() => setOpen(true)}>{t("open")}</Button>
    </div>
  );
}

function Charges({ client, name }: Props): ReactElement {
  const { practice } = useActive();
  const charges = useBilling<Schemas["ChargesOut"]>(`/clients/${client}/charges`);
  const papers = useBilling<Schemas["DocumentsOut"]>(`/clients/${client}/invoices`);
  if (charges.error instanceof ApiError && charges.error.code === "not-permitted") return <NotYours />;
  return (
    <>
      <Agreement client={client} />
      <Query query={charges}>
        {(found) => (
          <>
            <ToCharge client={client} visits={found.chargeable} />
            <Issue client={client} name={name} charges={found.charges} />
          </>
        )}
      </Query>
      <Query query={papers}>
        {({ items }) =>
          items.length === 0 ? <></> : <Papers practice={practice.id} client={client} papers={items} mayCancel />
        }
      </Query>
    </>
  );
}

function NotYours(): ReactElement {
  const { t } = useMoneyWords();
  return <p className="hf-soft">{t("notYours")}</p>;
}

function Agreement({ client }: { readonly client: string }): ReactElement {
  const { t, date } = useMoneyWords();
  const terms = useBilling<Terms>("/billing");
  const agreed = useBilling<Schemas["AgreementOut"]>(`/clients/${client}/fee-agreement`);
  const write = useBillingWrite();
  const steps = terms.data?.scale ?? [];
  const now = agreed.data;
  const gone = now?.step_id !== null && now?.step_id !== undefined && steps.every(({ id }) => id !== now.step_id);
  return (
    <div className="hf-stack">
      <NativeSelect
        size="sm"
        label={t("agreement.label")}
        value={now?.step_id ?? ""}
        disabled={now === undefined || write.isPending}
        onChange={(event) =>
          write.mutate({
            method: "put",
            rest: `/clients/${client}/fee-agreement`,
            body: { step_id: event.currentTarget.value || null },
          })
        }
        data={[
          { value: "", label: t("agreement.full") },
          ...steps.map((step) => ({ value: step.id, label: t("agreement.step", { name: step.name, percent: step.percent }) })),
          ...(gone ? [{ value: now?.step_id ?? "", label: t("agreement.step", { name: now?.name ?? "", percent: now?.percent ?? 100 }) }] : []),
        ]}
      />
      <p className="hf-soft hf-small">
        {now?.agreed_at ? t("agreement.with", { name: now.agreed_with ?? "", date: date(now.agreed_at) }) : t("agreement.none")}
      </p>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </div>
  );
}

interface ToChargeProps {
  readonly client: string;
  readonly visits: readonly Chargeable[];
}

function ToCharge({ client, visits }: ToChargeProps): ReactElement {
  const { t, date, amount } = useMoneyWords();
  const [visit, setVisit] = useState("");
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed, 250);
  const [units, setUnits] = useState<number | string>(1);
  const [fee, setFee] = useState("");
  const fees = useBilling<{ items: Fee[] }>("/billing/fees", { q });
  const write = useBillingWrite();
  const found = fees.data?.items ?? [];
  const chosen = found.some(({ id }) => id === fee) ? fee : (found[0]?.id ?? "");
  const about = visits.some(({ encounter_id }) => encounter_id === visit) ? visit : (visits[0]?.encounter_id ?? "");
  if (visits.length === 0) return <p className="hf-soft">{t("charge.none")}</p>;
  return (
    <form
      className="hf-stack"
      aria-label={t("charge.title")}
      onSubmit={(event) => {
        event.preventDefault();
        const body = { id: v4(), encounter_id: about, fee_id: chosen, units: Number(units) };
        write.mutate({ method: "post", rest: `/clients/${client}/charges`, body });
      }}
    >
      <h3>{t("charge.title")}</h3>
      <div className="hb-fields">
        <NativeSelect
          size="sm"
          label={t("charge.visit")}
          value={about}
          onChange={(event) => setVisit(event.currentTarget.value)}
          data={visits.map((each) => ({
            value: each.encounter_id,
            label: `${date(each.starts_at)} · ${t(`what.${each.kind}`)} · ${each.with_name}`,
          }))}
        />
        <TextInput size="sm" label={t("charge.find")} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        <NativeSelect
          size="sm"
          label={t("charge.fee")}
          value={chosen}
          onChange={(event) => setFee(event.currentTarget.value)}
          data={found.map((each) => ({
            value: each.id,
            label: `${each.code} · ${each.description} · ${amount(each.amount, each.currency)}`,
          }))}
        />
        <NumberInput size="sm" label={t("charge.units")} min={1} max={100} allowDecimal={false} value={units} onChange={setUnits} />
      </div>
      <p className="hf-soft hf-small">{t("charge.decision")}</p>
      <div>
        <Button type="submit" size="sm" disabled={chosen === "" || units === ""} loading={write.isPending}>{t("charge.do")}</Button>
      </div>
      {fees.data !== undefined && found.length === 0 ? <p className="hf-soft">{t("charge.noFees")}</p> : null}
      {fees.isError ? <ErrorState error={fees.error} retry={() => void fees.refetch()} /> : null}
      {write.isError ? <ErrorState error={write.error} /> : null}
    </form>
  );
}
