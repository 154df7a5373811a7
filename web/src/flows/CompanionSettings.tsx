import { Button, NativeSelect, NumberInput, PasswordInput, Switch, Textarea, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { ErrorState, Notice, Page, Panel, Query } from "@/design";

import { type ModelView, type PolicyPage, useCompanionWrite, useModel, usePolicy } from "./api";
import "./flows.css";
import { useFlowWords } from "./words";

const LEVELS = ["watch", "concern", "urgent"] as const;
const WORDS = ["asked", "standing"] as const;

/** What the care team is told of conversations, by which law, and whether a model may help. */
export function CompanionSettingsPage(): ReactElement {
  const { t, locale } = useFlowWords();
  const policy = usePolicy(locale);
  const model = useModel();
  // Here, because the form begins anew with each version, and what was saved is said after it.
  const write = useCompanionWrite();
  return (
    <Page title={t("settings.title")} lead={t("settings.lead")} width="wide">
      <Query query={policy}>{(data) => <PolicyForm key={data.policy.version} page={data} write={write} />}</Query>
      <Query query={model}>{(data) => <ModelForm model={data} />}</Query>
    </Page>
  );
}

interface PolicyProps {
  readonly page: PolicyPage;
  readonly write: ReturnType<typeof useCompanionWrite>;
}

function PolicyForm({ page, write }: PolicyProps): ReactElement {
  const { t, moment, region } = useFlowWords();
  const { policy } = page;
  const [form, setForm] = useState({
    tell_from: policy.tell_from,
    words: policy.words,
    jurisdiction: policy.jurisdiction,
    note: policy.note,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({ method: "put", rest: "/policy", body: form });
      }}
    >
      <Panel title={t("policy.title")}>
        <p>{t("policy.lead")}</p>
        <div className="hff-form">
          <NativeSelect
            size="sm"
            label={t("policy.tellFrom")}
            description={t("policy.tellFromHint")}
            value={form.tell_from}
            data={LEVELS.map((level) => ({ value: level, label: t(`policy.level.${level}`) }))}
            onChange={(event) =>
              setForm({ ...form, tell_from: event.currentTarget.value as (typeof LEVELS)[number] })
            }
          />
          <NativeSelect
            size="sm"
            label={t("policy.words")}
            description={t("policy.wordsHint")}
            value={form.words}
            data={WORDS.map((way) => ({ value: way, label: t(`policy.way.${way}`) }))}
            onChange={(event) =>
              setForm({ ...form, words: event.currentTarget.value as (typeof WORDS)[number] })
            }
          />
          <NativeSelect
            size="sm"
            label={t("policy.jurisdiction")}
            description={t("policy.jurisdictionHint")}
            value={form.jurisdiction ?? ""}
            data={[
              { value: "", label: t("policy.elsewhere") },
              ...page.jurisdictions.map((code) => ({
                value: code,
                label: t(`jurisdiction.${code}`, { defaultValue: region(code) }),
              })),
            ]}
            onChange={(event) =>
              setForm({
                ...form,
                jurisdiction: event.currentTarget.value === "" ? null : event.currentTarget.value,
              })
            }
          />
        </div>
        <Textarea
          size="sm"
          autosize
          minRows={2}
          maxLength={4000}
          label={t("policy.note")}
          description={t("policy.noteHint")}
          value={form.note}
          onChange={(event) => setForm({ ...form, note: event.currentTarget.value })}
        />
        <Notice tone="calm" title={t("policy.shown")}>
          {policy.sentences.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
        <p className="hf-soft hf-small">
          {policy.since === null
            ? t("policy.default")
            : t("policy.since", { version: policy.version, when: moment(policy.since), by: policy.by ?? "" })}
        </p>
        <Saving write={write} />
      </Panel>
    </form>
  );
}

function ModelForm({ model }: { readonly model: ModelView }): ReactElement {
  const { t } = useFlowWords();
  const write = useCompanionWrite();
  const [form, setForm] = useState({
    on: model.on,
    url: model.url,
    name: model.name,
    requests_a_day: model.requests_a_day,
    tokens_a_day: model.tokens_a_day,
  });
  const [key, setKey] = useState("");
  const limit = (value: string | number): number => (typeof value === "number" ? value : 0);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({
          method: "put",
          rest: "/model",
          // An empty field leaves the key as it is; without an address there is nothing to open.
          body: { ...form, key: form.url === "" ? "" : key === "" ? null : key },
        });
      }}
    >
      <Panel title={t("model.title")}>
        <p>{t("model.lead")}</p>
        <Switch
          size="sm"
          label={t("model.on")}
          description={t("model.onHint")}
          checked={form.on}
          onChange={(event) => setForm({ ...form, on: event.currentTarget.checked })}
        />
        <div className="hff-form">
          <TextInput
            size="sm"
            type="url"
            required={form.on}
            dir="ltr"
            label={t("model.url")}
            description={t("model.urlHint")}
            value={form.url}
            onChange={(event) => setForm({ ...form, url: event.currentTarget.value })}
          />
          <TextInput
            size="sm"
            required={form.on}
            dir="ltr"
            label={t("model.name")}
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
          />
          <PasswordInput
            size="sm"
            dir="ltr"
            autoComplete="off"
            label={t("model.key")}
            description={t(model.has_key ? "model.keyThere" : "model.keyNone")}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <NumberInput
            size="sm"
            min={0}
            max={1_000_000}
            label={t("model.requests")}
            value={form.requests_a_day}
            onChange={(value) => setForm({ ...form, requests_a_day: limit(value) })}
          />
          <NumberInput
            size="sm"
            min={0}
            max={1_000_000_000}
            label={t("model.tokens")}
            value={form.tokens_a_day}
            onChange={(value) => setForm({ ...form, tokens_a_day: limit(value) })}
          />
        </div>
        <Saving write={write} />
      </Panel>
    </form>
  );
}

function Saving({ write }: { readonly write: ReturnType<typeof useCompanionWrite> }): ReactElement {
  const { t } = useFlowWords();
  return (
    <>
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending}>{t("common:save")}</Button>
        <span role="status">{write.isSuccess ? t("common:saved") : ""}</span>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </>
  );
}
