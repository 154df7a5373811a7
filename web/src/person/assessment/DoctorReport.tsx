import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useOwnRecord } from "@/api/session";
import { Page } from "@/design";

import { SheetView } from "./SheetView";

/** What a doctor gets to read: the person reads it first. */
export default function DoctorReport(): ReactElement {
  const { t } = useTranslation("assessment");
  const { assessment } = useParams({ strict: false }) as { assessment: string };
  return (
    <Page title={t("doctor.title")} lead={t("doctor.text")} width="wide">
      <SheetView own={useOwnRecord()} assessment={assessment} keep />
      <div className="hf-buttons">
        <Button component={Link} to={`/assessment/${assessment}`} variant="subtle">
          {t("doctor.back")}
        </Button>
      </div>
    </Page>
  );
}
