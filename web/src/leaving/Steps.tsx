import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "@/api/types";
import { DataTable } from "@/design";
import { useFormat } from "@/format";

type Step = Schemas["ErasureStepOut"];

/** A store's name in words; one that this client does not know yet by its code. */
export function useStoreName(): (store: string) => string {
  const { t, i18n } = useTranslation("leaving");
  return (store) => (i18n.exists(`leaving:stores.${store}`) ? t(`stores.${store}`) : store);
}

/** Every step of a deletion: what became of it, how often it was tried, and when. */
export function Steps({ steps }: { steps: readonly Step[] }): ReactElement {
  const { t } = useTranslation("leaving");
  const format = useFormat();
  const nameOf = useStoreName();
  // The steps of the account itself have no practice.
  const several = new Set(steps.map((step) => step.practice ?? "")).size > 2;
  const state = (step: Step): string => {
    if (step.state === "done") return t(step.keeps ? "states.kept" : "states.done");
    if (step.state === "waiting" || step.next_attempt_at === null) return t("states.waiting");
    return t("states.failed", { at: format.time(step.next_attempt_at) });
  };
  return (
    <DataTable
      caption={t("steps.caption")}
      rows={steps.map((step, at) => ({ ...step, key: `${at}` }))}
      rowKey={(step) => step.key}
      columns={[
        {
          key: "place",
          header: t("steps.place"),
          render: (step) =>
            several && step.practice !== null
              ? `${nameOf(step.store)} (${step.practice})`
              : nameOf(step.store),
        },
        { key: "state", header: t("steps.state"), render: state },
        { key: "tries", header: t("steps.tries"), render: (step) => format.number(step.attempts) },
        {
          key: "when",
          header: t("steps.when"),
          render: (step) => (step.done_at === null ? "" : format.dateTime(step.done_at)),
        },
      ]}
    />
  );
}
