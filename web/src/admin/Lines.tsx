import { Button, Checkbox, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";

import type { Line } from "@/api/types";
import { Notice, Page, Panel, Query } from "@/design";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, useLines } from "./api";
import { useAdminWords } from "./language";
import { Met } from "./State";
import type { CountryLines, LinesView } from "./types";

/** Crisis lines by country: what people are shown when they need help now. */
export function LinesPage(): ReactElement {
  const { t } = useAdminWords();
  const lines = useLines();
  return (
    <Page title={t("lines.title")} lead={t("lines.lead")} width="wide">
      <Query query={lines}>{(view) => <Countries view={view} />}</Query>
    </Page>
  );
}

function Countries({ view }: { readonly view: LinesView }): ReactElement {
  const { t, country, number } = useAdminWords();
  const [search, setSearch] = useState("");
  const enabled = view.items.filter((each) => each.enabled);
  const stale = enabled.filter((each) => !each.confirmed);
  const wanted = search.trim().toLocaleLowerCase();
  const others = view.items.filter(
    (each) =>
      !each.enabled && wanted !== "" && country(each.country).toLocaleLowerCase().includes(wanted),
  );
  return (
    <>
      <p className="hf-soft">{t("lines.valid", { days: number(view.valid_days) })}</p>
      {stale.length === 0 ? null : (
        <Notice tone="attention" title={t("lines.stale", { count: stale.length })}>
          <p>{stale.map((each) => country(each.country)).join(", ")}</p>
        </Notice>
      )}
      {enabled.map((each) => (
        <Country key={each.country} entry={each} enabled={enabled} />
      ))}
      {enabled.length === 0 ? <Notice tone="attention" title={t("lines.noCountry")} /> : null}
      <Panel title={t("lines.addCountry")}>
        <TextInput
          size="sm"
          type="search"
          label={t("lines.search")}
          description={t("lines.searchHint")}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {wanted !== "" && others.length === 0 ? <p>{t("lines.notFound")}</p> : null}
      </Panel>
      {others.slice(0, 5).map((each) => (
        <Country key={each.country} entry={each} enabled={enabled} />
      ))}
    </>
  );
}

interface CountryProps {
  readonly entry: CountryLines;
  readonly enabled: readonly CountryLines[];
}

function Country({ entry, enabled }: CountryProps): ReactElement {
  const { t, country } = useAdminWords();
  const write = useAdminWrite();
  const name = country(entry.country);
  const codes = enabled.map((each) => each.country);
  const set = (on: boolean) =>
    write.mutate({
      method: "put",
      rest: "/countries",
      body: { countries: on ? [...codes, entry.country] : codes.filter((code) => code !== entry.country) },
    });
  return (
    <Panel title={name} testId={`country-${entry.country}`}>
      <p>
        {t("lines.emergency")}{" "}
        {entry.emergency_numbers.map((each) => (
          <span key={each.number + each.kind}>
            <strong className="hf-phone">{each.number}</strong>{" "}
            {t(`lines.emergencyKind.${each.kind}`, { defaultValue: each.kind })}{" "}
          </span>
        ))}
      </p>
      <ul className="ha-list">
        {entry.lines.map((line) => (
          <LineRow key={line.id} line={line} />
        ))}
      </ul>
      <Checkbox
        size="sm"
        checked={entry.enabled}
        disabled={!entry.enabled && !entry.confirmed}
        label={t("lines.enable", { country: name })}
        description={!entry.enabled && !entry.confirmed ? t("lines.enableFirst") : undefined}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </Panel>
  );
}

function LineRow({ line }: { readonly line: Line }): ReactElement {
  const { t, date, language } = useAdminWords();
  const write = useAdminWrite();
  const confirmed = line.confirmed_on !== null;
  const ways = [
    line.phone === null ? null : line.phone,
    line.sms === null ? null : t("lines.sms", { number: line.sms }),
    line.chat_url,
  ].filter((way) => way !== null);
  return (
    <li data-testid={`line-${line.id}`}>
      <span className="ha-grow">
        <strong>{line.name}</strong>{" "}
        <bdi className="hf-phone">{ways.join(" · ")}</bdi>
        <span className="ha-sub">
          {[line.hours, line.languages.map(language).join(", ")].filter((part) => part).join(" · ")}
        </span>
        {line.source_url === null ? null : (
          <span className="ha-sub">{t("lines.source")} <bdi dir="ltr">{line.source_url}</bdi></span>
        )}
        <span className="ha-sub">
          {line.verified_on === null ? t("lines.neverVerified") : t("lines.verified", { day: date(line.verified_on) })}
        </span>
        <Met met={confirmed && !line.stale}>
          {line.confirmed_on === null
            ? t("lines.unconfirmed")
            : t(line.stale ? "lines.confirmedStale" : "lines.confirmed", { day: date(line.confirmed_on) })}
        </Met>
      </span>
      <span className="hf-buttons">
        {!confirmed || line.stale ? (
          <Button
            size="xs"
            loading={write.isPending}
            aria-label={t("lines.confirmNamed", { name: line.name })}
            onClick={() => write.mutate({ method: "post", rest: `/crisis-lines/${line.id}/confirm` })}
          >
            {t("lines.confirm")}
          </Button>
        ) : null}
        {confirmed ? (
          <Button
            size="xs"
            variant="default"
            aria-label={t("lines.withdrawNamed", { name: line.name })}
            onClick={() => write.mutate({ method: "delete", rest: `/crisis-lines/${line.id}/confirm` })}
          >
            {t("lines.withdraw")}
          </Button>
        ) : null}
      </span>
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </li>
  );
}
