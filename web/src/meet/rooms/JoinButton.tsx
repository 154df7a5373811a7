import { Button } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useNow } from "@/clinician/useNow";

import { joinable } from "./joinable";

interface Props {
  clientId: string;
  encounterId: string;
  startsAt: string;
  medium: string;
  status: string;
  size?: "xs" | "sm" | "md" | "lg";
}

/** The way into a visit, from an hour before it until it is over. Nothing where there is no room. */
export default function JoinButton(props: Props): ReactElement | null {
  const { t } = useTranslation("rooms");
  const now = useNow();
  const { clientId, encounterId, size = "md", status } = props;
  if (!joinable(props, now)) return null;
  return (
    <Button
      component={Link}
      to={`/visits/${clientId}/${encounterId}`}
      size={size}
      rightSection={<IconArrowRight size={18} className="hf-flip" aria-hidden />}
    >
      {t(status === "planned" ? "join.go" : "join.back")}
    </Button>
  );
}
