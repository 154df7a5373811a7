import { Switch } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { ErrorState, Page, Panel, Query } from "@/design";

import { type FlowLanguage, type FlowRow, useCompanionWrite, useFlows } from "./api";
import "./flows.css";
import { useFlowWords } from "./words";

/** Every exercise of the companion: what it is, in which languages it is on, what was said of it. */
export function FlowsPage(): ReactElement {
  const { t, locale } = useFlowWords();
  const flows = useFlows(locale);
  return (
    <Page title={t("list.title")} lead={t("list.lead")} width="wide">
      <Query query={flows}>
        {({ items }) => (
          <Panel>
            <ul className="hff-list">
              {items.map((row) => (
                <Row key={row.flow} row={row} />
              ))}
            </ul>
          </Panel>
        )}
      </Query>
    </Page>
  );
}

function Row({ row }: { readonly row: FlowRow }): ReactElement {
  const { t } = useFlowWords();
  return (
    <li data-testid={`flow-${row.flow}`}>
      <div className="hff-about">
        <Link to="/flows/$flow" params={{ flow: row.flow }} className="hff-title">
          {row.title}
        </Link>
        <span className="hf-soft">{row.offer}</span>
        <span className="hf-soft hf-small">
          {[
            t("list.minutes", { count: row.minutes }),
            t("list.version", { version: row.version }),
            ...(row.open_comments > 0 ? [t("list.comments", { count: row.open_comments })] : []),
          ].join(" · ")}
        </span>
      </div>
      <div className="hff-switches">
        {row.languages.map((each) => (
          <LanguageSwitch key={each.language} flow={row.flow} title={row.title} each={each} />
        ))}
      </div>
    </li>
  );
}

interface SwitchProps {
  readonly flow: string;
  readonly title: string;
  readonly each: FlowLanguage;
}

/** On or off in one language. A draft says that no clinician has reviewed it. */
export function LanguageSwitch({ flow, title, each }: SwitchProps): ReactElement {
  const { t, language } = useFlowWords();
  const write = useCompanionWrite();
  const name = language(each.language);
  return (
    <div>
      <Switch
        size="sm"
        checked={each.on}
        disabled={write.isPending}
        label={name}
        description={t(`status.${each.status}`)}
        aria-label={t("list.switch", { title, language: name })}
        onChange={(event) =>
          write.mutate({
            method: "put",
            rest: `/flows/${flow}/languages/${each.language}`,
            body: { on: event.currentTarget.checked },
          })
        }
      />
      {write.isError ? <ErrorState error={write.error} /> : null}
    </div>
  );
}
