import { useParams } from "@tanstack/react-router";
import { type ReactElement, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { useOverview } from "@/clinician/api";
import "@/clinician/clinician.css";
import { SinceSection } from "@/clinician/SinceSection";
import { EmptyState, Page, Query } from "@/design";

import VisitNotes from "./VisitNotes";

/** The note of one visit, without its room: what changed since the last one stands beside it. */
export default function NotePage(): ReactElement {
  const { clientId = "", encounterId = "" } = useParams({ strict: false });
  const { practice } = useActive();
  const { t } = useTranslation("day");
  const overview = useOverview(clientId);
  const place = useMemo(
    () => ({ practice: practice.id, client: clientId, encounter: encounterId }),
    [practice.id, clientId, encounterId],
  );
  return (
    <Page
      title={overview.data === undefined ? t("note.title") : t("note.titleNamed", { name: overview.data.client.display_name })}
      width="full"
    >
      <Query query={overview}>
        {(data) => {
          const visit = data.encounters.find(({ id }) => id === encounterId);
          if (visit === undefined) return <EmptyState title={t("note.noVisit")} />;
          return (
            <div className="hc-columns">
              <div className="hc-column">
                <VisitNotes place={place} name={data.client.display_name} startsAt={visit.starts_at} />
              </div>
              <div className="hc-column">
                <SinceSection overview={data} />
              </div>
            </div>
          );
        }}
      </Query>
    </Page>
  );
}
