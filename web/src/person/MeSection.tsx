import { Button } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { type ComponentType, lazy, type ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { NotFound } from "@/app/NotFound";
import { Page } from "@/design";

import { isSection, type Section } from "./sections";

const SCREENS: Record<Section, ComponentType> = {
  details: lazy(() => import("./me/Details")),
  journal: lazy(() => import("@/vault/Journal")),
  sharing: lazy(() => import("@/vault/sharing/WhoCanRead")),
  notes: lazy(() => import("./me/Notes")),
  medication: lazy(() => import("./me/Medication")),
  events: lazy(() => import("./me/LifeEvents")),
  consents: lazy(() => import("./me/Consents")),
  invoices: lazy(() => import("@/meet/billing/OwnInvoices")),
  access: lazy(() => import("./me/AccessLog")),
  data: lazy(() => import("./me/MyData")),
  notifications: lazy(() => import("@/notify/Settings")),
  calendar: lazy(() => import("@/meet/calendars/Calendar")),
  app: lazy(() => import("./me/ThisApp")),
};

export default function MeSection(): ReactElement {
  const { t } = useTranslation("person");
  const { section } = useParams({ strict: false }) as { section: string };
  if (!isSection(section)) return <NotFound />;
  const Screen = SCREENS[section];
  return (
    <Page key={section} title={t(`me.sections.${section}`)} lead={t(`me.leads.${section}`)}>
      <Screen />
      <div>
        <Button
          component={Link}
          to="/me"
          variant="subtle"
          leftSection={<IconArrowLeft size={20} className="hf-flip" aria-hidden />}
        >
          {t("me.title")}
        </Button>
      </div>
    </Page>
  );
}
