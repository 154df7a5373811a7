import { Button, NumberInput, Textarea, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { v4 } from "uuid";

import { API_BASE, practicePath, withQuery } from "@/api/client";
import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";
import { ErrorState, Notice, Page, Panel, Query } from "@/design";

import { type Terms, useBilling, useBillingWrite, useMoneyWords } from "./api";
import "./billing.css";

/** What the practice asks for its work: letterhead, fee lists, the sliding scale, and the books. */
export default function TermsPage(): ReactElement {
  const { t } = useMoneyWords();
  const terms = useBilling<Terms>("/billing");
  return (
    <Page title={t("terms.title")} lead={t("terms.lead")} width="wide">
      <Query query={terms}>
        {(data) => (
          <>
            <Letterhead terms={data} />
            <Lists terms={data} />
            <Scale key={data.scale.map(({ id }) => id).join()} terms={data} />
            <Books />
          </>
        )}
      </Query>
    </Page>
  );
}

const EMPTY = { name: "", address: "", tax_id: "", foot: "" };

function Letterhead({ terms }: { readonly terms: Terms }): ReactElement {
  const { t } = useMoneyWords();
  const [said, setSaid] = useState({ ...EMPTY, ...terms.issuer, prefix: terms.prefix });
  const write = useBillingWrite();
  const put = (part: Partial<typeof said>): void => setSaid({ ...said, ...part });
  return (
    <Panel title={t("terms.issuer")}>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          write.mutate({ method: "put", rest: "/billing/issuer", body: said });
        }}
      >
        <div className="hb-fields">
          <TextInput size="sm" required label={t("terms.name")} maxLength={120} value={said.name} onChange={(event) => put({ name: event.currentTarget.value })} />
          <TextInput size="sm" label={t("terms.taxId")} maxLength={60} value={said.tax_id} onChange={(event) => put({ tax_id: event.currentTarget.value })} />
          <TextInput size="sm" label={t("terms.prefix")} maxLength={12} pattern="[A-Za-z0-9./\-]*" value={said.prefix} onChange={(event) => put({ prefix: event.currentTarget.value })} />
        </div>
        <Textarea size="sm" label={t("terms.address")} autosize minRows={2} maxLength={500} value={said.address} onChange={(event) => put({ address: event.currentTarget.value })} />
        <Textarea size="sm" label={t("terms.foot")} description={t("terms.footHint")} autosize minRows={2} maxLength={2000} value={said.foot} onChange={(event) => put({ foot: event.currentTarget.value })} />
        <div>
          <Button type="submit" size="sm" loading={write.isPending}>{t("common:save")}</Button>
        </div>
        {write.isSuccess ? <p role="status">{t("common:saved")}</p> : null}
        {write.isError ? <ErrorState error={write.error} /> : null}
      </form>
    </Panel>
  );
}

function Lists({ terms }: { readonly terms: Terms }): ReactElement {
  const { t, date } = useMoneyWords();
  const write = useBillingWrite();
  return (
    <Panel title={t("lists.title")} testId="fee-lists">
      <p className="hf-soft">{t("lists.lead")}</p>
      <ul className="hb-list">
        {terms.lists.map((list) => (
          <li key={list.id}>
            <span>
              <strong>{list.name}</strong> <bdi className="hf-soft hf-small">{list.system}</bdi>
              <br />
              <span className="hf-soft hf-small">
                {t("lists.codes", { count: list.codes })} · {date(list.imported_at)} · {list.licence}
              </span>
            </span>
            <Button
              size="xs"
              variant="subtle"
              loading={write.isPending}
              aria-label={t("lists.removeNamed", { name: list.name })}
              onClick={() => write.mutate({ method: "delete", rest: `/billing/fee-lists/${list.id}` })}
            >
              {t("common:remove")}
            </Button>
          </li>
        ))}
      </ul>
      <Import />
    </Panel>
  );
}

function Import(): ReactElement {
  const { t } = useMoneyWords();
  const [said, setSaid] = useState({ name: "", system: "", licence: "" });
  const [csv, setCsv] = useState<string | null>(null);
  const write = useBillingWrite();
  const put = (part: Partial<typeof said>): void => setSaid({ ...said, ...part });
  const faults = write.error instanceof ApiError ? write.error.fields.filter(({ field }) => field.startsWith("csv.")) : [];
  return (
    <form
      className="hf-stack"
      aria-label={t("lists.import")}
      onSubmit={(event) => {
        event.preventDefault();
        if (csv !== null) write.mutate({ method: "post", rest: "/billing/fee-lists", body: { id: v4(), ...said, csv } });
      }}
    >
      <h3>{t("lists.import")}</h3>
      <div className="hb-fields">
        <TextInput size="sm" required label={t("lists.name")} maxLength={120} value={said.name} onChange={(event) => put({ name: event.currentTarget.value })} />
        <TextInput size="sm" required label={t("lists.system")} placeholder="https://…, urn:…" maxLength={200} dir="ltr" value={said.system} onChange={(event) => put({ system: event.currentTarget.value })} />
        <TextInput size="sm" required label={t("lists.licence")} description={t("lists.licenceHint")} maxLength={500} value={said.licence} onChange={(event) => put({ licence: event.currentTarget.value })} />
      </div>
      <label className="hf-stack hf-small">
        {t("lists.file")}
        <input type="file" accept=".csv,text/csv" required onChange={(event) => void event.currentTarget.files?.[0]?.text().then(setCsv)} />
      </label>
      <p className="hf-soft hf-small">{t("lists.columns")}</p>
      <div>
        <Button type="submit" size="sm" disabled={csv === null} loading={write.isPending}>{t("lists.do")}</Button>
      </div>
      {faults.length > 0 ? (
        <Notice tone="attention" live title={t("lists.faults")} testId="fee-faults">
          <ul>
            {faults.map(({ field, code }) => (
              <li key={field}>{t("lists.fault", { line: field.slice(4), what: t(`lists.what.${code}`) })}</li>
            ))}
          </ul>
        </Notice>
      ) : write.isError ? (
        <ErrorState error={write.error} />
      ) : null}
    </form>
  );
}

function Scale({ terms }: { readonly terms: Terms }): ReactElement {
  const { t } = useMoneyWords();
  const [steps, setSteps] = useState(() => terms.scale.map((step) => ({ ...step })));
  const write = useBillingWrite();
  const put = (id: string, part: Partial<(typeof steps)[number]>): void =>
    setSteps(steps.map((step) => (step.id === id ? { ...step, ...part } : step)));
  return (
    <Panel title={t("scale.title")}>
      <p className="hf-soft">{t("scale.lead")}</p>
      <form
        className="hf-stack"
        aria-label={t("scale.title")}
        onSubmit={(event) => {
          event.preventDefault();
          write.mutate({ method: "put", rest: "/billing/scale", body: { steps } });
        }}
      >
        {steps.map((step) => (
          <div key={step.id} className="hb-fields">
            <TextInput size="sm" required label={t("scale.name")} maxLength={120} value={step.name} onChange={(event) => put(step.id, { name: event.currentTarget.value })} />
            <NumberInput size="sm" required label={t("scale.percent")} min={0} max={100} allowDecimal={false} value={step.percent} onChange={(value) => put(step.id, { percent: Number(value) })} />
            <Button size="xs" variant="subtle" aria-label={t("scale.removeNamed", { name: step.name })} onClick={() => setSteps(steps.filter(({ id }) => id !== step.id))}>
              {t("common:remove")}
            </Button>
          </div>
        ))}
        <div className="hf-buttons">
          <Button size="sm" variant="default" onClick={() => setSteps([...steps, { id: v4(), name: "", percent: 100 }])}>{t("scale.add")}</Button>
          <Button type="submit" size="sm" loading={write.isPending}>{t("common:save")}</Button>
        </div>
        {write.isError ? <ErrorState error={write.error} /> : null}
      </form>
    </Panel>
  );
}

function Books(): ReactElement {
  const { t } = useMoneyWords();
  const { practice } = useActive();
  const [year, setYear] = useState<number | string>(() => new Date().getFullYear());
  const file =
    API_BASE + withQuery(practicePath(practice.id, "/billing/journal.csv"), { since: `${year}-01-01`, until: `${year}-12-31` });
  return (
    <Panel title={t("books.title")}>
      <p className="hf-soft">{t("books.lead")}</p>
      <div className="hb-fields">
        <NumberInput size="sm" label={t("books.year")} min={2020} max={2200} allowDecimal={false} thousandSeparator="" value={year} onChange={setYear} />
        <Button component="a" href={file} download size="sm" variant="default">{t("books.file")}</Button>
      </div>
    </Panel>
  );
}
