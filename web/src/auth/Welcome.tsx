import { Button } from "@mantine/core";
import { IconArrowRight, IconFeather, IconHeartHandshake, IconShieldLock } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/design";

import "./auth.css";

const POINTS = [
  { key: "pen", icon: IconFeather },
  { key: "human", icon: IconHeartHandshake },
  { key: "private", icon: IconShieldLock },
] as const;

export default function Welcome(): ReactElement {
  const { t } = useTranslation("auth");
  return (
    <Page title={t("welcome.title")} lead={t("welcome.lead")}>
      <ul className="hf-plain-list hf-points">
        {POINTS.map(({ key, icon: Icon }) => (
          <li key={key}>
            <Icon size={28} stroke={1.6} aria-hidden />
            <div>
              <strong>{t(`welcome.points.${key}.title`)}</strong>
              <p className="hf-soft">{t(`welcome.points.${key}.text`)}</p>
            </div>
          </li>
        ))}
      </ul>
      <div className="hf-stack">
        <Button
          component={Link}
          to="/register"
          size="lg"
          rightSection={<IconArrowRight size={20} className="hf-flip" aria-hidden />}
        >
          {t("welcome.register")}
        </Button>
        <Button component={Link} to="/login" size="lg" variant="default">
          {t("welcome.login")}
        </Button>
      </div>
      <p className="hf-soft hf-small">
        {t("welcome.invited")} {t("welcome.not-emergency")} <Link to="/help">{t("welcome.help")}</Link>
      </p>
    </Page>
  );
}
