import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";

import { type Helped, HELPED } from "./remember";

interface Props {
  /** Null: the person would rather not say. */
  onHelped: (helped: Helped | null) => void;
}

/** Whether what was just finished did any good: it decides what is offered another time. */
export function HelpedAsk({ onHelped }: Props): ReactElement {
  const { t } = useTranslation("companion");
  return (
    <Panel title={t("helped.title")} testId="helped">
      <div className="hf-row">
        {HELPED.map((helped) => (
          <Button key={helped} variant="default" onClick={() => onHelped(helped)}>
            {t(`helped.${helped}`)}
          </Button>
        ))}
        <Button variant="subtle" onClick={() => onHelped(null)}>
          {t("helped.away")}
        </Button>
      </div>
    </Panel>
  );
}
