import { Button } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { signOut, useActive } from "@/api/session";
import { Page } from "@/design";

import { SECTIONS } from "./sections";
import "./person.css";

/** Everything that is the person's own, one tap from here. */
export default function Me(): ReactElement {
  const { t } = useTranslation(["person", "assessment"]);
  const { me } = useActive();
  const links = [
    { to: "/messages", label: t("me.messages") },
    ...SECTIONS.slice(0, 6).map((each) => ({ to: `/me/${each}`, label: t(`me.sections.${each}`) })),
    { to: "/appointments", label: t("me.appointments") },
    { to: "/find", label: t("me.find") },
    { to: "/programmes", label: t("me.groups") },
    { to: "/peers", label: t("me.peers") },
    { to: "/assessment", label: t("assessment:title") },
    { to: "/safety-plan", label: t("plan.title") },
    { to: "/flags-status", label: t("flags.title") },
    ...SECTIONS.slice(6).map((each) => ({ to: `/me/${each}`, label: t(`me.sections.${each}`) })),
    { to: "/security", label: t("me.security") },
  ];
  return (
    <Page title={t("me.title")} lead={t("me.lead", { login: me.login })}>
      <ul className="hf-links">
        {links.map((link) => (
          <li key={link.to}>
            <Link to={link.to}>
              {link.label}
              <IconChevronRight size={20} className="hf-flip" aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
      <div className="hf-buttons">
        <Button variant="default" onClick={() => void signOut()}>
          {t("me.sign-out")}
        </Button>
      </div>
    </Page>
  );
}
