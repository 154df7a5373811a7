import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useNow } from "@/clinician/useNow";
import { joinable } from "@/meet/rooms/joinable";

import type { Programme } from "./api";

/** The way into the next session's room, for whoever leads it. */
export function JoinSession({ programme }: { programme: Programme }): ReactElement | null {
  const { t } = useTranslation("rooms");
  const now = useNow();
  const { next, next_room: room, medium } = programme;
  const startsAt = next?.starts_at ?? null;
  if (room === null || startsAt === null) return null;
  if (!joinable({ startsAt, medium, status: "planned" }, now)) return null;
  return (
    <div className="hf-buttons">
      <Button component={Link} to={`/group-room/${room}`}>
        {t("join.go")}
      </Button>
    </div>
  );
}
