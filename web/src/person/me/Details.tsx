import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import type { ClientView } from "@/api/types";
import { ErrorState, Notice, Query } from "@/design";
import { deviceTimeZone, useFormat } from "@/format";
import { COUNTRIES } from "@/safety/countries";

import { useRecord } from "../data";

export default function Details(): ReactElement {
  const record = useRecord(useOwnRecord());
  return <Query query={record}>{(data) => <DetailsForm record={data} />}</Query>;
}

/** Time zones this browser knows, with the record's own in any case. */
function zones(own: string): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return [...new Set([own, deviceTimeZone(), ...known])];
}

function DetailsForm({ record }: { record: ClientView }): ReactElement {
  const { t } = useTranslation("person");
  const format = useFormat();
  const { practiceId, clientId } = useOwnRecord();
  const client = useQueryClient();
  const form = useForm({
    initialValues: {
      display_name: record.display_name,
      phone: record.phone ?? "",
      email: record.email ?? "",
      country: record.country,
      time_zone: record.time_zone,
      sex: record.sex ?? "",
      contact_name: record.emergency_contact?.name ?? "",
      contact_phone: record.emergency_contact?.phone ?? "",
      contact_relationship: record.emergency_contact?.relationship ?? "",
    },
    validate: {
      display_name: (value) => (value.trim() === "" ? t("details.need-name") : null),
      email: (value) =>
        value === "" || /^[^@\s]+@[^@\s]+$/.test(value) ? null : t("details.bad-email"),
    },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.patch<ClientView>(clientPath(practiceId, clientId), {
        display_name: values.display_name.trim(),
        phone: values.phone.trim(),
        email: values.email.trim(),
        country: values.country,
        time_zone: values.time_zone,
        sex: values.sex,
        emergency_contact:
          values.contact_name.trim() === "" && values.contact_phone.trim() === ""
            ? null
            : {
                name: values.contact_name.trim(),
                phone: values.contact_phone.trim(),
                relationship: values.contact_relationship.trim(),
              },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["record"] }),
  });
  return (
    <form
      className="hf-stack"
      noValidate
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onChange={() => save.reset()}
    >
      {record.reachable ? null : (
        <Notice tone="attention" title={t("details.unreachable")}>
          <p>{t("details.unreachable-text")}</p>
        </Notice>
      )}
      <TextInput
        label={t("details.name")}
        autoComplete="nickname"
        required
        {...form.getInputProps("display_name")}
      />
      <TextInput
        label={t("details.phone")}
        type="tel"
        autoComplete="tel"
        dir="ltr"
        {...form.getInputProps("phone")}
      />
      <TextInput
        label={t("details.email")}
        type="email"
        autoComplete="email"
        dir="ltr"
        {...form.getInputProps("email")}
      />
      <NativeSelect
        label={t("details.country")}
        data={[
          { value: "", label: t("details.not-said") },
          ...(record.country !== "" && !(COUNTRIES as readonly string[]).includes(record.country)
            ? [{ value: record.country, label: format.country(record.country) }]
            : []),
          ...COUNTRIES.map((each) => ({ value: each, label: format.country(each) })),
        ]}
        {...form.getInputProps("country")}
      />
      <NativeSelect
        label={t("details.time-zone")}
        description={t("details.time-zone-hint")}
        data={zones(record.time_zone)}
        {...form.getInputProps("time_zone")}
      />
      <NativeSelect
        label={t("details.sex")}
        description={t("details.sex-hint")}
        data={[
          { value: "", label: t("details.not-said") },
          { value: "female", label: t("details.female") },
          { value: "male", label: t("details.male") },
          { value: "other", label: t("details.other") },
        ]}
        {...form.getInputProps("sex")}
      />
      <fieldset className="hf-fieldset hf-stack">
        <legend>{t("details.contact")}</legend>
        <p className="hf-soft">{t("details.contact-hint")}</p>
        <TextInput label={t("details.contact-name")} {...form.getInputProps("contact_name")} />
        <TextInput
          label={t("details.contact-phone")}
          type="tel"
          dir="ltr"
          {...form.getInputProps("contact_phone")}
        />
        <TextInput
          label={t("details.contact-relationship")}
          {...form.getInputProps("contact_relationship")}
        />
      </fieldset>
      {save.isError ? <ErrorState error={save.error} /> : null}
      {save.isSuccess ? <Notice live title={t("common:saved")} /> : null}
      <Button type="submit" loading={save.isPending}>
        {t("common:save")}
      </Button>
    </form>
  );
}
