import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Page, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { fetchProtocol, type PublicProtocol } from "./api";
import "./companion.css";

/** For everybody: what is done when words worry, on whose work it rests, and how often it was. */
export default function Protocol(): ReactElement {
  const { t } = useTranslation("companion");
  const protocol = useQuery({
    queryKey: ["public-protocol"],
    queryFn: fetchProtocol,
    staleTime: 300_000,
  });
  return (
    <Page title={t("protocol.title")} lead={t("protocol.lead")}>
      <Panel title={t("protocol.steps-title")}>
        <ol className="hf-talk-sentences">
          {STEPS.map((step) => (
            <li key={step}>{t(`protocol.steps.${step}`)}</li>
          ))}
        </ol>
        <p>{t("protocol.never")}</p>
      </Panel>
      <Query query={protocol}>{(data) => <Published data={data} />}</Query>
    </Page>
  );
}

const STEPS = ["acknowledge", "done", "ask", "line", "people", "means", "stay", "others"] as const;

function Published({ data }: { data: PublicProtocol }): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const { protocol, screen, referrals } = data;
  return (
    <>
      <Panel title={t("protocol.counts")} testId="referrals">
        <p>{t("protocol.counts-text")}</p>
        {referrals.years.length === 0 ? (
          <p className="hf-soft">{t("protocol.none")}</p>
        ) : (
          <table className="hf-table">
            <caption>{t("protocol.counts-caption")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("protocol.year")}</th>
                <th scope="col" data-align="end">
                  {t("protocol.count")}
                </th>
              </tr>
            </thead>
            <tbody>
              {referrals.years.map(({ year, at_least }) => (
                <tr key={year}>
                  <th scope="row">{year}</th>
                  <td data-align="end">
                    {at_least === null
                      ? t("protocol.few")
                      : t("protocol.at-least", { number: format.number(at_least, 0) })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      <Panel title={t("protocol.sources")}>
        <ul className="hf-talk-sentences" lang="en" dir="ltr">
          {protocol.references.map(({ cite, url }) => (
            <li key={cite}>
              {url === null ? (
                cite
              ) : (
                <a href={url} rel="noreferrer noopener" target="_blank">
                  {cite}
                </a>
              )}
            </li>
          ))}
        </ul>
        <p className="hf-soft hf-small">
          {t("protocol.versions", {
            protocol: String(protocol.version),
            screen: String(screen.version),
            languages: format.list(protocol.languages.map((tag) => format.language(tag))),
          })}
        </p>
      </Panel>
    </>
  );
}
