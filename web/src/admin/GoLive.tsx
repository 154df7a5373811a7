import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { useActive } from "@/api/session";
import { News } from "@/clinician/News";
import { ConfirmDialog, Notice, Page, Panel, Query } from "@/design";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, useReadiness } from "./api";
import { useAdminWords } from "./language";
import { Met } from "./State";
import type { Readiness } from "./types";

/** Where each missing requirement is mended. */
export const MENDED_AT: Record<string, string> = {
  "administrator-second-factor": "/security",
  clinician: "/admin/invitations",
  "clinician-second-factor": "/admin/people",
  "monitored-hours": "/admin/hours",
  "on-call": "/admin/on-call",
  "end-of-chain": "/admin/on-call",
  "crisis-line": "/admin/lines",
  "crisis-contact": "/admin/practice",
};

/** What still stands between the practice and its first person, and the button that opens it. */
export function GoLivePage(): ReactElement {
  const { t } = useAdminWords();
  const readiness = useReadiness();
  return (
    <Page title={t("goLive.title")} lead={t("goLive.lead")} width="wide">
      <News />
      <Query query={readiness}>{(data) => <Checklist readiness={data} />}</Query>
    </Page>
  );
}

function Checklist({ readiness }: { readonly readiness: Readiness }): ReactElement {
  const { t } = useAdminWords();
  const { practice } = useActive();
  const cache = useQueryClient();
  const write = useAdminWrite();
  const [asking, setAsking] = useState(false);
  const missing = readiness.requirements.filter((each) => !each.met);
  const demo = practice.kind === "demo";
  const goLive = () =>
    write.mutate(
      { method: "post", rest: "/go-live" },
      {
        onSuccess: () => cache.invalidateQueries({ queryKey: ["me"] }),
        onSettled: () => setAsking(false),
      },
    );
  return (
    <>
      {readiness.status === "live" ? (
        <Notice title={t("goLive.isLive")} live>
          <p>{t("goLive.isLiveHint")}</p>
        </Notice>
      ) : null}
      <Panel title={t("goLive.checklist")}>
        <ul className="ha-list" data-testid="requirements">
          {readiness.requirements.map((each) => (
            <li key={each.code} data-requirement={each.code} data-met={each.met}>
              <span className="ha-grow">
                <Met met={each.met}>
                  <strong>{t(`requirement.${each.code}.title`, { defaultValue: each.code })}</strong>{" "}
                  <span className="hf-soft">{t(each.met ? "goLive.met" : "goLive.missing")}</span>
                </Met>
                {each.met ? null : (
                  <span className="ha-sub">
                    {t(`requirement.${each.code}.hint`, { defaultValue: each.detail ?? "" })}
                  </span>
                )}
              </span>
              {each.met ? null : (
                <Button
                  component={Link}
                  to={MENDED_AT[each.code] ?? "/admin/practice"}
                  size="xs"
                  variant="default"
                  aria-label={t("goLive.mendNamed", {
                    title: t(`requirement.${each.code}.title`, { defaultValue: each.code }),
                  })}
                >
                  {t("goLive.mend")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Panel>
      {readiness.status === "live" ? null : (
        <div className="hf-stack">
          <div className="hf-buttons">
            <Button
              disabled={missing.length > 0 || demo}
              aria-describedby="go-live-reason"
              loading={write.isPending}
              onClick={() => setAsking(true)}
            >
              {t("goLive.button")}
            </Button>
          </div>
          <p id="go-live-reason" className="hf-soft">
            {demo ? t("goLive.demo") : missing.length > 0 ? t("goLive.notYet", { count: missing.length }) : t("goLive.ready")}
          </p>
        </div>
      )}
      {write.isError ? <AdminProblem error={write.error} /> : null}
      <ConfirmDialog
        opened={asking}
        title={t("goLive.confirmTitle")}
        confirm={t("goLive.button")}
        busy={write.isPending}
        onConfirm={goLive}
        onClose={() => setAsking(false)}
      >
        <p>{t("goLive.confirmHint")}</p>
      </ConfirmDialog>
    </>
  );
}
