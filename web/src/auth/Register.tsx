import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useConfig } from "@/api/session";
import { EmptyState, Page, Query } from "@/design";

import { RegisterForm } from "./RegisterForm";

/** Self-registration with a practice that takes new people without an invitation. */
export default function Register(): ReactElement {
  const { t } = useTranslation("auth");
  const config = useConfig();
  return (
    <Query query={config}>
      {({ practices }) => {
        const open = practices.filter((each) => each.self_registration);
        if (open.length > 0) return <RegisterForm target={{ kind: "open", practices: open }} />;
        return (
          <Page title={t("register.title")}>
            <EmptyState title={t("register.closed")}>
              <p>{t("register.closed-text")}</p>
            </EmptyState>
            <Anchor component={Link} to="/login">
              {t("register.have-account")}
            </Anchor>
          </Page>
        );
      }}
    </Query>
  );
}
