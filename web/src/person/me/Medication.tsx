import { Button, NumberInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import type { MedicationView } from "@/api/types";
import { EmptyState, ErrorState, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { useList } from "./useList";

/** Today's date on this device, as the date inputs write it. */
export const localToday = (now = new Date()): string =>
  `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;

export default function Medication(): ReactElement {
  const { t } = useTranslation("person");
  const list = useList<MedicationView>("medications");
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Query query={list.rows}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title={t("medication.none")} />
          ) : (
            <ul className="hf-plain-list">
              {rows.map((row) => (
                <MedicationCard key={row.id} row={row} list={list} />
              ))}
            </ul>
          )
        }
      </Query>
      {adding ? (
        <Panel title={t("medication.add")}>
          <MedicationForm
            busy={list.add.isPending}
            error={list.add.error}
            onSave={(body) => list.add.mutate(body, { onSuccess: () => setAdding(false) })}
            onCancel={() => setAdding(false)}
          />
        </Panel>
      ) : (
        <div>
          <Button onClick={() => setAdding(true)}>{t("medication.add")}</Button>
        </div>
      )}
    </>
  );
}

interface CardProps {
  row: MedicationView;
  list: ReturnType<typeof useList<MedicationView>>;
}

function MedicationCard({ row, list }: CardProps): ReactElement {
  const { t } = useTranslation("person");
  const format = useFormat();
  const [editing, setEditing] = useState(false);
  const dose = row.dose === null ? null : `${format.number(row.dose, 3)} ${row.unit ?? ""}`.trim();
  return (
    <li>
      <Panel title={row.name}>
        {editing ? (
          <MedicationForm
            row={row}
            busy={list.change.isPending}
            error={list.change.error}
            onSave={(body) =>
              list.change.mutate({ id: row.id, body }, { onSuccess: () => setEditing(false) })
            }
            onCancel={() => setEditing(false)}
          />
        ) : (
          <>
            <p>{[dose, row.frequency].filter(Boolean).join(" · ")}</p>
            <p className="hf-soft">
              {row.started_on === null
                ? null
                : t("medication.since", { date: format.day(row.started_on) })}{" "}
              {row.ended_on === null
                ? null
                : t("medication.until", { date: format.day(row.ended_on) })}
            </p>
            <div className="hf-buttons">
              <Button
                variant="default"
                aria-label={t("medication.edit", { name: row.name })}
                onClick={() => setEditing(true)}
              >
                {t("common:edit")}
              </Button>
              {row.ended_on === null ? (
                <Button
                  variant="default"
                  aria-label={t("medication.stop", { name: row.name })}
                  onClick={() =>
                    list.change.mutate({ id: row.id, body: { ended_on: localToday() } })
                  }
                >
                  {t("medication.stopped")}
                </Button>
              ) : null}
              <Button
                variant="subtle"
                aria-label={t("medication.remove", { name: row.name })}
                onClick={() => list.remove.mutate(row.id)}
              >
                {t("common:remove")}
              </Button>
            </div>
          </>
        )}
      </Panel>
    </li>
  );
}

interface FormProps {
  row?: MedicationView;
  busy: boolean;
  error: unknown;
  onSave: (body: unknown) => void;
  onCancel: () => void;
}

function MedicationForm({ row, busy, error, onSave, onCancel }: FormProps): ReactElement {
  const { t } = useTranslation("person");
  const form = useForm<{
    name: string;
    dose: number | string;
    unit: string;
    frequency: string;
    started_on: string;
    ended_on: string;
  }>({
    initialValues: {
      name: row?.name ?? "",
      dose: row?.dose ?? "",
      unit: row?.unit ?? "mg",
      frequency: row?.frequency ?? "",
      started_on: row?.started_on ?? localToday(),
      ended_on: row?.ended_on ?? "",
    },
    validate: {
      name: (value) => (value.trim() === "" ? t("medication.need-name") : null),
      ended_on: (value, all) =>
        value !== "" && value < all.started_on ? t("medication.bad-end") : null,
    },
  });
  return (
    <form
      className="hf-stack"
      noValidate
      onSubmit={form.onSubmit((values) =>
        onSave({
          name: values.name.trim(),
          dose: typeof values.dose === "number" ? values.dose : null,
          unit: values.unit.trim() === "" ? null : values.unit.trim(),
          frequency: values.frequency.trim() === "" ? null : values.frequency.trim(),
          started_on: values.started_on === "" ? null : values.started_on,
          ended_on: values.ended_on === "" ? null : values.ended_on,
        }),
      )}
    >
      <TextInput label={t("medication.name")} required {...form.getInputProps("name")} />
      <NumberInput label={t("medication.dose")} min={0} {...form.getInputProps("dose")} />
      <TextInput label={t("medication.unit")} {...form.getInputProps("unit")} />
      <TextInput
        label={t("medication.frequency")}
        description={t("medication.frequency-hint")}
        {...form.getInputProps("frequency")}
      />
      <TextInput
        type="date"
        label={t("medication.started")}
        {...form.getInputProps("started_on")}
      />
      <TextInput
        type="date"
        label={`${t("medication.ended")} (${t("common:optional")})`}
        {...form.getInputProps("ended_on")}
      />
      {error === null ? null : <ErrorState error={error} />}
      <div className="hf-buttons">
        <Button type="submit" loading={busy}>
          {t("common:save")}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t("common:cancel")}
        </Button>
      </div>
    </form>
  );
}
