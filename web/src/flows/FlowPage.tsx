import { Button, NativeSelect } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useState } from "react";

import { Loading, Notice, Page, Panel, Query } from "@/design";

import { type FlowDetail, type FlowStep, useFlow } from "./api";
import { Comments } from "./Comments";
import { FlowMap } from "./FlowMap";
import "./flows.css";
import { LanguageSwitch } from "./FlowsPage";
import { useFlowWords } from "./words";

const Preview = lazy(() => import("./Preview"));

/** One exercise: its map, every word of it, its sources, what colleagues said of it. */
export function FlowPage(): ReactElement {
  const { flow } = useParams({ strict: false }) as { flow: string };
  const { locale } = useFlowWords();
  const [language, setLanguage] = useState(locale);
  const [trying, setTrying] = useState(false);
  const detail = useFlow(flow, language);
  return (
    <Query query={detail}>
      {(data) => <Detail data={data} choose={setLanguage} trying={trying} onTry={setTrying} />}
    </Query>
  );
}

interface DetailProps {
  readonly data: FlowDetail;
  readonly choose: (language: string) => void;
  readonly trying: boolean;
  readonly onTry: (trying: boolean) => void;
}

function Detail({ data, choose, trying, onTry }: DetailProps): ReactElement {
  const { t, language } = useFlowWords();
  const own = data.languages.find((each) => each.language === data.language);
  return (
    <Page title={data.title} lead={data.offer} width="wide">
      <Panel>
        <div className="hff-head">
          <NativeSelect
            size="sm"
            label={t("detail.language")}
            value={data.language}
            data={data.languages.map((each) => ({ value: each.language, label: language(each.language) }))}
            onChange={(event) => choose(event.currentTarget.value)}
          />
          {own === undefined ? null : (
            <LanguageSwitch flow={data.flow} title={data.title} each={own} />
          )}
          <Button size="sm" variant="default" aria-expanded={trying} onClick={() => onTry(!trying)}>
            {t(trying ? "try.end" : "try.begin")}
          </Button>
        </div>
        {data.status === "draft" ? (
          <Notice tone="attention" title={t("detail.draft")}>
            <p>{t("detail.draftWords")}</p>
          </Notice>
        ) : (
          <p className="hf-soft">{t("detail.reviewed", { by: data.reviewed_by ?? "" })}</p>
        )}
      </Panel>
      {trying ? (
        <Panel title={t("try.title")} testId="flow-preview">
          <Suspense fallback={<Loading />}>
            <Preview key={data.language} flow={data.flow} title={data.title} language={data.language} />
          </Suspense>
        </Panel>
      ) : null}
      <Panel title={t("map.title")}>
        <FlowMap steps={data.steps} />
      </Panel>
      <Panel title={t("detail.steps")}>
        <ol className="hff-steps" lang={data.language}>
          {data.steps.map((step) => (
            <Step key={step.name} step={step} detail={data} />
          ))}
        </ol>
      </Panel>
      <Panel title={t("detail.sources")}>
        <ul className="hff-sources" lang="en" dir="ltr">
          {data.sources.map((source) => (
            <li key={source.key}>
              {source.cite}
              {source.doi === null ? null : <span className="hf-soft"> doi:{source.doi}</span>}
            </li>
          ))}
        </ul>
      </Panel>
      <Comments detail={data} />
    </Page>
  );
}

function Step({ step, detail }: { readonly step: FlowStep; readonly detail: FlowDetail }): ReactElement {
  const { t } = useFlowWords();
  const label = (target: string): string =>
    detail.steps.find((each) => each.name === target)?.label ??
    (target.startsWith("flow:") ? t("map.flow", { flow: target.slice(5) }) : t(`map.${target}`));
  return (
    <li id={`step-${step.name}`}>
      <h3>{step.label}</h3>
      <Lines lines={step.say} />
      {step.replies.length === 0 ? null : (
        <p className="hff-replies">
          {step.replies.map((reply) => (
            <span key={reply.code} className="hff-reply">{reply.label}</span>
          ))}
        </p>
      )}
      <Lines lines={step.after} />
      {step.explain === null ? null : <p className="hf-soft">{step.explain}</p>}
      <Lines lines={step.summary} />
      <p className="hf-soft hf-small">
        {[
          step.answer === null ? t("detail.says") : t(`answer.${step.answer}`),
          ...step.next.map((way) =>
            way.when === null
              ? t("detail.then", { to: label(way.to) })
              : t("detail.when", { when: way.when, to: label(way.to) }),
          ),
        ].join(" · ")}
      </p>
    </li>
  );
}

/** The variants of a line: one of them is said. */
function Lines({ lines }: { readonly lines: readonly string[] }): ReactElement | null {
  if (lines.length === 0) return null;
  return (
    <ul className="hff-lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
