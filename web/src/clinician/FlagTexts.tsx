import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactElement, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { Panel, Query } from "@/design";

import { useClinicWords } from "./language";
import { LevelMark } from "./marks";

const SentWords = lazy(() => import("./SentWords"));

export type Texts = Schemas["FlagTexts"];
type Screened = Texts["items"][number];

/** What the screen said of texts behind this flag, as codes, and the words that the person sent. */
export function FlagTexts({ flag }: { readonly flag: string }): ReactElement | null {
  const { t } = useTranslation("texts");
  const { practice } = useActive();
  const texts = useQuery({
    queryKey: ["flag-texts", practice.id, flag],
    queryFn: () => api.get<Texts>(practicePath(practice.id, `/flags/${flag}/texts`)),
  });
  if (texts.data?.items.length === 0 && texts.data.passages.length === 0) return null;
  return (
    <Panel title={t("title")} testId="flag-texts">
      <Query query={texts}>
        {(data) => (
          <>
            <ul className="hc-plain">
              {data.items.map((one) => (
                <Text key={one.id} one={one} />
              ))}
            </ul>
            <Words texts={data} />
            <p className="hf-soft hf-small">{t("hint")}</p>
          </>
        )}
      </Query>
    </Panel>
  );
}

function Text({ one }: { readonly one: Screened }): ReactElement {
  const { t } = useTranslation("texts");
  const { moment } = useClinicWords();
  const about = [
    ...one.categories.map((code) => t(`category.${code}`)),
    ...(one.temporality === null || one.temporality === "now" ? [] : [t(`temporality.${one.temporality}`)]),
    ...(one.experiencer === "other" ? [t("experiencer.other")] : []),
    ...(one.supported ? [] : [t("unsupported")]),
  ];
  const said = one.protocol.filter(({ answer }) => answer !== null);
  return (
    <li>
      <span className="hf-buttons">
        {one.level === null ? t("failed") : <LevelMark level={one.level} />}
        <span className="hf-soft">{moment(one.at)}</span>
      </span>
      {about.length === 0 ? null : <p>{about.join(" · ")}</p>}
      {said.length === 0 ? null : (
        <dl className="hc-said">
          {said.map(({ step, answer }) => (
            <div key={step}>
              <dt>{t(`step.${step}`, { defaultValue: step.replaceAll("_", " ") })}</dt>
              <dd>{t(`answer.${answer ?? ""}`, { defaultValue: (answer ?? "").replaceAll("_", " ") })}</dd>
            </div>
          ))}
        </dl>
      )}
      {one.referrals.length === 0 ? null : (
        <p className="hf-soft hf-small">{t("referrals", { count: one.referrals.length })}</p>
      )}
    </li>
  );
}

function Words({ texts }: { readonly texts: Texts }): ReactElement {
  const { t } = useTranslation("texts");
  if (texts.words !== "shared") return <p data-testid="words">{t(`words.${texts.words}`)}</p>;
  return (
    <Suspense>
      <SentWords texts={texts} />
    </Suspense>
  );
}
