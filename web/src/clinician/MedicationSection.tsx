import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import type { MedicationView, Schemas } from "@/api/types";
import { ErrorState } from "@/design";

import { useClientWrite } from "./api";
import { useClinicWords } from "./language";
import { localDay } from "./localTime";
import { Section } from "./Section";
import { useNow } from "./useNow";

interface MedicationSectionProps {
  readonly client: string;
  readonly medications: readonly MedicationView[];
}

export function MedicationSection({ client, medications }: MedicationSectionProps): ReactElement {
  const { t, date, number, timeZone } = useClinicWords();
  const now = useNow();
  const write = useClientWrite(client);
  const [adding, setAdding] = useState(false);
  const stop = (id: string) =>
    write.mutate({
      method: "patch",
      rest: `/medications/${id}`,
      body: { ended_on: localDay(now, timeZone) },
    });
  return (
    <Section
      id="medication"
      title={t("medication.title")}
      actions={
        <Button size="xs" variant="default" onClick={() => setAdding(!adding)} aria-expanded={adding}>
          {t("medication.add")}
        </Button>
      }
    >
      {medications.length === 0 ? <p className="hf-soft">{t("medication.none")}</p> : null}
      <ul className="hf-plain-list">
        {medications.map((each) => (
          <li key={each.id} className="hf-row">
            <span>
              <strong>{each.name}</strong>
              {each.dose === null ? null : ` ${number(each.dose)} ${each.unit ?? ""}`}
              <span className="hc-sub">
                {[
                  each.frequency,
                  each.started_on === null ? null : t("medication.since", { day: date(each.started_on) }),
                  each.ended_on === null ? null : t("medication.until", { day: date(each.ended_on) }),
                ]
                  .filter((part) => part)
                  .join(" · ")}
              </span>
            </span>
            {each.ended_on === null ? (
              <Button
                size="xs"
                variant="subtle"
                aria-label={t("medication.stopNamed", { name: each.name })}
                onClick={() => stop(each.id)}
              >
                {t("medication.stop")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {write.isError ? <ErrorState error={write.error} /> : null}
      {adding ? <AddMedication client={client} onDone={() => setAdding(false)} /> : null}
    </Section>
  );
}

const EMPTY = { name: "", dose: "", unit: "mg", frequency: "" };

function AddMedication({ client, onDone }: { readonly client: string; readonly onDone: () => void }): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  const { timeZone } = useClinicWords();
  const write = useClientWrite(client);
  const [form, setForm] = useState(() => ({ ...EMPTY, started_on: localDay(Date.now(), timeZone) }));
  const field = (name: keyof typeof form) => ({
    size: "sm" as const,
    label: t(`medication.field.${name}`),
    value: form[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setForm({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <form
      className="hc-form"
      onSubmit={(event) => {
        event.preventDefault();
        const dose = form.dose === "" ? null : Number(form.dose);
        write.mutate(
          { method: "post", rest: "/medications", body: { ...form, dose, ended_on: null } satisfies Schemas["MedicationIn"] },
          { onSuccess: onDone },
        );
      }}
    >
      <TextInput {...field("name")} required className="hc-wide" />
      <TextInput {...field("dose")} type="number" min={0} step="any" inputMode="decimal" />
      <TextInput {...field("unit")} />
      <TextInput {...field("frequency")} />
      <TextInput {...field("started_on")} type="date" required />
      <div className="hf-buttons hc-wide">
        <Button size="sm" type="submit" loading={write.isPending}>{t("common:save")}</Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {write.isError ? <div className="hc-wide"><ErrorState error={write.error} /></div> : null}
    </form>
  );
}
