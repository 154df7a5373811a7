import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "@/api/types";

import { Tag } from "./marks";

interface Props {
  readonly counts: Schemas["Adherence"];
}

/** What became of four weeks' asking. */
export function Outcome({ counts }: Props): ReactElement | null {
  const { t } = useTranslation("schedule");
  if (counts.due === 0) return null;
  return (
    <span className="hc-sub">
      {t("outcome.answered", { done: counts.done, due: counts.due })}
      {counts.missed === 0 ? null : ` · ${t("outcome.missed", { count: counts.missed })}`}{" "}
      <NeverArrived counts={counts} />
    </span>
  );
}

/** What closed unanswered; what never arrived is ours, and stands apart from silence. */
export function Unanswered({ counts }: Props): ReactElement {
  const { t } = useTranslation("schedule");
  return (
    <>
      {counts.missed === 0 ? null : <p>{t("outcome.missed", { count: counts.missed })}</p>}
      {counts.undelivered === 0 ? null : (
        <p>
          <NeverArrived counts={counts} /> {t("outcome.undeliveredHint")}
        </p>
      )}
    </>
  );
}

function NeverArrived({ counts }: Props): ReactElement | null {
  const { t } = useTranslation("schedule");
  if (counts.undelivered === 0) return null;
  return <Tag tone="attention">{t("outcome.undelivered", { count: counts.undelivered })}</Tag>;
}
