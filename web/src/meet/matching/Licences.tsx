import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";

import { Panel } from "@/design";

import { type Licence, type LicenceBody, usePracticeChange } from "./api";
import { isPlace } from "./codes";
import { Problem } from "./Problem";
import { useMatchingWords } from "./words";

const EMPTY: LicenceBody = { title: "", number: "", jurisdiction: "", expires_on: "" };

/** Where somebody may practise, and whether that was looked at. */
export function Licences({ licences }: { readonly licences: readonly Licence[] }): ReactElement {
  const { t } = useMatchingWords();
  return (
    <Panel title={t("licences.title")}>
      <p className="hf-soft">{t("licences.lead")}</p>
      {licences.length === 0 ? <p>{t("licences.none")}</p> : null}
      <ul className="hfm-list">
        {licences.map((licence) => (
          <Row key={licence.id} licence={licence} />
        ))}
      </ul>
      <Add />
    </Panel>
  );
}

function Row({ licence }: { readonly licence: Licence }): ReactElement {
  const { t, date, place } = useMatchingWords();
  const remove = usePracticeChange();
  const state =
    licence.status === "verified" && !licence.holds ? "expired" : licence.status;
  return (
    <li>
      <span>
        <strong>{licence.title}</strong> <bdi>{licence.number}</bdi> · {place(licence.jurisdiction)} ·{" "}
        {t("licences.until", { day: date(licence.expires_on) })}
        <br />
        <span className="hf-soft">
          {t(`licences.state.${state}`, {
            name: licence.decided_by ?? "",
            day: licence.decided_at === null ? "" : date(licence.decided_at),
          })}
        </span>
      </span>
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={t("licences.removeNamed", { title: licence.title, place: place(licence.jurisdiction) })}
        loading={remove.isPending}
        onClick={() => remove.mutate({ method: "delete", rest: `/profile/licences/${licence.id}` })}
      >
        {t("licences.remove")}
      </Button>
      {remove.isError ? <Problem error={remove.error} /> : null}
    </li>
  );
}

function Add(): ReactElement {
  const { t, place } = useMatchingWords();
  const add = usePracticeChange();
  const [body, setBody] = useState(EMPTY);
  const known = isPlace(body.jurisdiction);
  const whole = Object.values(body).every((text) => text.trim() !== "") && known;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ method: "post", rest: "/profile/licences", body }, { onSuccess: () => setBody(EMPTY) });
  };
  return (
    <form className="hfm-form" onSubmit={submit}>
      <div className="hfm-grid">
        <TextInput
          size="sm"
          label={t("licences.field.title")}
          maxLength={120}
          value={body.title}
          onChange={(event) => setBody({ ...body, title: event.currentTarget.value })}
        />
        <TextInput
          size="sm"
          label={t("licences.field.number")}
          maxLength={80}
          value={body.number}
          onChange={(event) => setBody({ ...body, number: event.currentTarget.value })}
        />
        <TextInput
          size="sm"
          label={t("licences.field.jurisdiction")}
          description={known ? place(body.jurisdiction) : t("licences.field.jurisdictionHint")}
          maxLength={6}
          value={body.jurisdiction}
          onChange={(event) =>
            setBody({ ...body, jurisdiction: event.currentTarget.value.trim().toUpperCase() })
          }
        />
        <TextInput
          size="sm"
          type="date"
          label={t("licences.field.expires_on")}
          value={body.expires_on}
          onChange={(event) => setBody({ ...body, expires_on: event.currentTarget.value })}
        />
      </div>
      {add.isError ? <Problem error={add.error} /> : null}
      <div className="hf-buttons">
        <Button type="submit" size="sm" variant="default" loading={add.isPending} disabled={!whole}>
          {t("licences.add")}
        </Button>
      </div>
    </form>
  );
}
