import { Button, Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { v4 } from "uuid";

import { ErrorState } from "@/design";
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from "@/i18n";

import { type Charge, useBillingWrite, useMoneyWords } from "./api";

interface Props {
  readonly client: string;
  readonly name: string;
  readonly charges: readonly Charge[];
}

const CODES = /[\s,;]+/;

/** Choose charges, and issue an invoice over them, or a superbill over those that are billed. */
export function Issue({ client, name, charges }: Props): ReactElement | null {
  const words = useMoneyWords();
  const { t } = words;
  const [kind, setKind] = useState<"invoice" | "superbill">("invoice");
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [recipient, setRecipient] = useState(name);
  const [codes, setCodes] = useState("");
  const [language, setLanguage] = useState<string>(isLanguage(words.language) ? words.language : "en");
  const write = useBillingWrite();
  if (charges.length === 0) return null;
  const fitting = charges.filter(({ status }) => status === (kind === "invoice" ? "billable" : "billed"));
  const chosen = fitting.filter(({ id }) => !left.has(id));
  const issue = (): void =>
    write.mutate(
      {
        method: "post",
        rest: `/clients/${client}/invoices`,
        body: {
          id: v4(),
          kind,
          charge_ids: chosen.map(({ id }) => id),
          recipient,
          diagnoses: kind === "superbill" ? codes.split(CODES).filter((code) => code !== "") : [],
          language,
        },
      },
      // Typed for one document: the next begins without.
      { onSuccess: () => setCodes("") },
    );
  return (
    <form
      className="hf-stack"
      aria-label={t("issue.title")}
      onSubmit={(event) => {
        event.preventDefault();
        issue();
      }}
    >
      <h3>{t("issue.title")}</h3>
      <NativeSelect
        size="sm"
        label={t("issue.kind")}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value === "superbill" ? "superbill" : "invoice")}
        data={(["invoice", "superbill"] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
      />
      {fitting.length === 0 ? <p className="hf-soft">{t(`issue.no-${kind}`)}</p> : null}
      <ul className="hb-list" aria-label={t("issue.charges")}>
        {fitting.map((charge) => (
          <Row
            key={charge.id}
            client={client}
            charge={charge}
            checked={!left.has(charge.id)}
            onChange={(checked) => setLeft(toggled(left, charge.id, !checked))}
          />
        ))}
      </ul>
      <Textarea size="sm" label={t("issue.recipient")} autosize minRows={2} maxLength={500} dir="auto" value={recipient} onChange={(event) => setRecipient(event.currentTarget.value)} />
      {kind === "superbill" ? (
        <TextInput size="sm" label={t("issue.diagnoses")} description={t("issue.diagnosesHint")} dir="ltr" value={codes} onChange={(event) => setCodes(event.currentTarget.value)} />
      ) : null}
      <NativeSelect
        size="sm"
        label={t("common:language")}
        value={language}
        onChange={(event) => setLanguage(event.currentTarget.value)}
        data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      />
      <p className="hf-soft hf-small">{t("issue.final")}</p>
      <div>
        <Button type="submit" size="sm" disabled={chosen.length === 0 || recipient.trim() === ""} loading={write.isPending}>
          {t(`issue.do-${kind}`)}
        </Button>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </form>
  );
}

const toggled = (set: ReadonlySet<string>, id: string, present: boolean): Set<string> => {
  const next = new Set(set);
  if (present) next.add(id);
  else next.delete(id);
  return next;
};

interface RowProps {
  readonly client: string;
  readonly charge: Charge;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Row({ client, charge, checked, onChange }: RowProps): ReactElement {
  const { t, amount, day } = useMoneyWords();
  const write = useBillingWrite();
  const about = [day(charge.served_on), charge.code, charge.description, charge.kind === "visit" ? "" : t(`what.${charge.kind}`)];
  return (
    <li>
      <Checkbox
        size="sm"
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
        label={about.filter((part) => part !== "").join(" · ")}
        description={t("issue.decided", { name: charge.decided_by })}
      />
      <span className="hb-amount">
        {amount(charge.amount, charge.currency)}
        {charge.percent === 100 ? "" : ` (${t("issue.percent", { percent: charge.percent })})`}
      </span>
      {charge.status === "billable" ? (
        <Button
          size="xs"
          variant="subtle"
          loading={write.isPending}
          onClick={() => write.mutate({ method: "post", rest: `/clients/${client}/charges/${charge.id}/drop` })}
        >
          {t("issue.drop")}
        </Button>
      ) : (
        <span className="hf-soft hf-small"><bdi>{charge.number}</bdi></span>
      )}
      {write.isError ? <ErrorState error={write.error} /> : null}
    </li>
  );
}
