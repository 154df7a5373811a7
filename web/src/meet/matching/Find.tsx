import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { Notice, Page, Panel, Query } from "@/design";

import { type Intake, useIntake, useOwnChange } from "./api";
import { Problem } from "./Problem";
import { Suggestions } from "./Suggestions";
import { useMatchingWords } from "./words";
import { WishesForm } from "./WishesForm";
import "./matching.css";

/** From "I think I need someone" to somebody, one thing at a time. */
export default function Find(): ReactElement {
  const { t } = useMatchingWords();
  const intake = useIntake();
  return (
    <Page title={t("find.title")} lead={t("find.lead")}>
      <Query query={intake}>{(data) => <Step intake={data} />}</Query>
    </Page>
  );
}

function Step({ intake }: { readonly intake: Intake }): ReactElement {
  const [changing, setChanging] = useState(false);
  if (intake.step === "baseline") return <Baseline />;
  if (intake.step === "human") return <HumanFirst />;
  if (intake.wishes === null || changing) {
    return <WishesForm wishes={intake.wishes} onDone={() => setChanging(false)} />;
  }
  return <Suggestions intake={intake} onChange={() => setChanging(true)} />;
}

function Baseline(): ReactElement {
  const { t } = useMatchingWords();
  const navigate = useNavigate();
  const ask = useOwnChange<{ assignment_id: string }>();
  return (
    <Panel title={t("find.baseline.title")}>
      <p>{t("find.baseline.text")}</p>
      <p className="hf-soft">{t("find.baseline.after")}</p>
      {ask.isError ? <Problem error={ask.error} /> : null}
      <div className="hf-buttons">
        <Button
          loading={ask.isPending}
          onClick={() =>
            ask.mutate(
              { method: "put", rest: "/intake/baseline" },
              {
                onSuccess: ({ assignment_id }) =>
                  void navigate({ to: "/check-in/$assignment", params: { assignment: assignment_id } }),
              },
            )
          }
        >
          {t("find.baseline.begin")}
        </Button>
      </div>
    </Panel>
  );
}

function HumanFirst(): ReactElement {
  const { t } = useMatchingWords();
  return (
    <Notice tone="attention" title={t("find.human.title")}>
      <p>{t("find.human.text")}</p>
      <div className="hf-buttons">
        <Button component={Link} to="/help">
          {t("find.human.help")}
        </Button>
        <Button component={Link} to="/flags-status" variant="default">
          {t("find.human.status")}
        </Button>
      </div>
    </Notice>
  );
}
