import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problems";
import { ErrorState, Notice, Page, Panel } from "@/design";
import { useFormat } from "@/format";

import { KeptLines } from "./KeptLines";
import { type Departure, handedOver, lookUp } from "./reference";
import { Steps } from "./Steps";

/** While steps are left, the page looks again. */
const BEAT_MS = 3000;
const UNKNOWN = new Set([404, 422]);

/** What became of a deletion, for whoever has its number; nobody signs in here. */
export default function Receipt(): ReactElement {
  const { t } = useTranslation("leaving");
  const [asked, setAsked] = useState(handedOver);
  const [typed, setTyped] = useState(asked);
  const found = useQuery({
    queryKey: ["receipt", asked],
    queryFn: () => lookUp(asked),
    enabled: asked !== "",
    retry: false,
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.finished_at !== null ? false : BEAT_MS,
  });
  const unknown = found.error instanceof ApiError && UNKNOWN.has(found.error.status);
  return (
    <Page title={t("receipt.title")} lead={t("receipt.lead")}>
      <Panel>
        <form
          className="hf-stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() === asked) void found.refetch();
            else setAsked(typed.trim());
          }}
        >
          <TextInput
            label={t("receipt.number")}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={64}
            dir="ltr"
            required
          />
          <div className="hf-buttons">
            <Button type="submit" variant="default" loading={found.isFetching && !found.data}>
              {t("receipt.show")}
            </Button>
          </div>
        </form>
        {unknown ? (
          <div role="alert">
            <Notice tone="attention" title={t("receipt.unknown")} />
          </div>
        ) : null}
        {found.isError && !unknown ? <ErrorState error={found.error} /> : null}
      </Panel>
      {found.data === undefined ? null : <Outcome departure={found.data} />}
    </Page>
  );
}

function Outcome({ departure }: { departure: Departure }): ReactElement {
  const { t } = useTranslation("leaving");
  const format = useFormat();
  const { requested_at, finished_at, restored, kept, steps } = departure;
  return (
    <>
      <Notice
        live
        testId="outcome"
        title={
          finished_at === null
            ? t("receipt.running")
            : t("receipt.finished", { at: format.dateTime(finished_at) })
        }
      >
        <p>{t("receipt.asked", { at: format.dateTime(requested_at) })}</p>
        {restored ? <p>{t("receipt.restored")}</p> : null}
      </Notice>
      {kept.length === 0 ? null : (
        <Panel title={t("leave.stays")}>
          <KeptLines kept={kept} />
        </Panel>
      )}
      <Panel>
        <Steps steps={steps} />
      </Panel>
    </>
  );
}
