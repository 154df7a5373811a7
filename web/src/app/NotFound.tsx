import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/design";

export function NotFound(): ReactElement {
  const { t } = useTranslation("common");
  return (
    <Page title={t("not-found.title")} lead={t("not-found.lead")}>
      <div className="hf-buttons">
        <Button component={Link} to="/">
          {t("not-found.back")}
        </Button>
      </div>
    </Page>
  );
}
