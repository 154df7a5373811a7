import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import type { Schemas } from "@/api/types";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { Page, Panel, Query } from "@/design";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, usePractice } from "./api";
import { useAdminWords } from "./language";
import type { PracticeView } from "./types";

/** The practice itself: its name, zone, telephone and whether people may register themselves. */
export function PracticePage(): ReactElement {
  const { t } = useAdminWords();
  const practice = usePractice();
  return (
    <Page title={t("practice.title")} width="wide">
      <Query query={practice}>{(data) => <PracticeForm practice={data} />}</Query>
    </Page>
  );
}

function PracticeForm({ practice }: { readonly practice: PracticeView }): ReactElement {
  const { t } = useAdminWords();
  const cache = useQueryClient();
  const write = useAdminWrite();
  const [form, setForm] = useState({
    name: practice.name,
    time_zone: practice.time_zone,
    contact_phone: practice.contact_phone,
    self_registration: practice.self_registration,
  });
  const zones = [...new Set([practice.time_zone, "UTC", ...Intl.supportedValuesOf("timeZone")])];
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate(
          { method: "patch", rest: "", body: form satisfies Schemas["PracticeIn"] },
          { onSuccess: () => cache.invalidateQueries({ queryKey: ["me"] }) },
        );
      }}
    >
      <Panel title={t("practice.about")}>
        <div className="ha-form">
          <TextInput
            size="sm"
            required
            label={t("practice.name")}
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
          />
          <NativeSelect
            size="sm"
            label={t("practice.zone")}
            value={form.time_zone}
            onChange={(event) => setForm({ ...form, time_zone: event.currentTarget.value })}
            data={zones}
          />
          <TextInput
            size="sm"
            type="tel"
            label={t("practice.phone")}
            description={t("practice.phoneHint")}
            value={form.contact_phone}
            onChange={(event) => setForm({ ...form, contact_phone: event.currentTarget.value })}
          />
        </div>
        <Switch
          size="sm"
          label={t("practice.selfRegistration")}
          description={t("practice.selfRegistrationHint")}
          checked={form.self_registration}
          onChange={(event) => setForm({ ...form, self_registration: event.currentTarget.checked })}
        />
      </Panel>
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending}>{t("common:save")}</Button>
        <span role="status">{write.isSuccess ? t("common:saved") : ""}</span>
      </div>
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </form>
  );
}
