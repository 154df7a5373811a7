import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import type { LifeEventView } from "@/api/types";
import { SurfaceNotice } from "@/app/SurfaceNotice";
import { EmptyState, ErrorState, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { localToday } from "./Medication";
import { useList } from "./useList";

const KINDS = ["life", "treatment", "medication"] as const;

/** Noon on that day where the person is: a day without an hour must not slip to its neighbour. */
export const atNoon = (day: string): string => new Date(`${day}T12:00:00`).toISOString();

export default function LifeEvents(): ReactElement {
  const { t } = useTranslation("person");
  const format = useFormat();
  const list = useList<LifeEventView>("events");
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Query query={list.rows}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title={t("events.none")} />
          ) : (
            <ul className="hf-plain-list">
              {[...rows]
                .sort((a, b) => b.at.localeCompare(a.at))
                .map((row) => (
                  <li key={row.id} className="hf-panel">
                    <div className="hf-row">
                      <div>
                        <strong>{row.label}</strong>
                        <p className="hf-soft">
                          {t(`events.kinds.${row.kind}`)} · {format.date(row.at)}
                          {row.end === null ? null : <> – {format.date(row.end)}</>}
                        </p>
                      </div>
                      <Button
                        variant="subtle"
                        aria-label={t("events.remove", { label: row.label })}
                        onClick={() => list.remove.mutate(row.id)}
                      >
                        {t("common:remove")}
                      </Button>
                    </div>
                  </li>
                ))}
            </ul>
          )
        }
      </Query>
      {adding ? (
        <EventForm list={list} onClose={() => setAdding(false)} />
      ) : (
        <div>
          <Button onClick={() => setAdding(true)}>{t("events.add")}</Button>
        </div>
      )}
    </>
  );
}

interface FormProps {
  list: ReturnType<typeof useList<LifeEventView>>;
  onClose: () => void;
}

function EventForm({ list, onClose }: FormProps): ReactElement {
  const { t } = useTranslation("person");
  const form = useForm({
    initialValues: { kind: "life", label: "", at: localToday(), end: "" },
    validate: {
      label: (value) => (value.trim() === "" ? t("events.need-label") : null),
      at: (value) => (value === "" ? t("events.need-day") : null),
      end: (value, all) => (value !== "" && value < all.at ? t("medication.bad-end") : null),
    },
  });
  return (
    <Panel title={t("events.add")}>
      <SurfaceNotice surface="events" readers="team" />
      <form
        className="hf-stack"
        noValidate
        onSubmit={form.onSubmit((values) =>
          list.add.mutate(
            {
              kind: values.kind,
              label: values.label.trim(),
              at: atNoon(values.at),
              ...(values.end === "" ? {} : { end: atNoon(values.end) }),
            },
            { onSuccess: onClose },
          ),
        )}
      >
        <NativeSelect
          label={t("events.kind")}
          data={KINDS.map((kind) => ({ value: kind, label: t(`events.kinds.${kind}`) }))}
          {...form.getInputProps("kind")}
        />
        <TextInput
          label={t("events.label")}
          description={t("events.label-hint")}
          maxLength={200}
          required
          {...form.getInputProps("label")}
        />
        <TextInput type="date" label={t("events.day")} required {...form.getInputProps("at")} />
        <TextInput
          type="date"
          label={`${t("events.end")} (${t("common:optional")})`}
          {...form.getInputProps("end")}
        />
        {list.add.isError ? <ErrorState error={list.add.error} /> : null}
        <div className="hf-buttons">
          <Button type="submit" loading={list.add.isPending}>
            {t("common:save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
