import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Page } from "@/design";
import { SheetView } from "@/person/assessment/SheetView";

/** The doctor's report of one person's assessment, for their care team. */
export default function AssessmentReport(): ReactElement {
  const { t } = useTranslation("assessment");
  const { clientId = "", assessment = "" } = useParams({ strict: false }) as Record<string, string>;
  const { practice } = useActive();
  return (
    <Page title={t("doctor.title")} width="wide">
      <SheetView own={{ practiceId: practice.id, clientId }} assessment={assessment} keep={false} />
      <div className="hf-buttons">
        <Button component={Link} to={`/people/${clientId}`} variant="subtle">
          {t("clinician.back")}
        </Button>
      </div>
    </Page>
  );
}
