import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, practicePath } from "@/api/client";
import { type Items, itemsOf, type NotificationView } from "@/api/types";
import { Panel } from "@/design";
import { useFormat } from "@/format";

/** Kinds that have their own sentence; any other is told as "there is news". */
const KINDS = new Set([
  "flag-acknowledged",
  "flag-acted",
  "flag-closed",
  "talk-answered",
  "assessment-finished",
  "notes-released",
  "appointment-reminder",
  "appointment-invitation",
  "vault-keys-changed",
  "vault-reader-left",
  "vault-reader-joined",
  "appointment-booked",
  "appointment-moved",
  "appointment-cancelled",
  "earlier-time",
  "enquiry-accepted",
  "enquiry-not-accepted",
  "match-possible",
  "programme-accepted",
  "programme-waiting",
  "programme-declined",
  "programme-removed",
  "programme-rules",
  "programme-over",
  "message",
  "peer-request",
  "peer-message",
  "listener-badge",
  "try",
  "assignment",
  "encounter",
]);

/** What is asked stands above as a card of its own, for as long as it can be answered. */
const SHOWN_AS_CARDS = new Set(["prompt", "reminder"]);

/** What happened while the person was away. Nothing of their health stands in a notification. */
export function Notifications({ practiceId }: { practiceId: string }): ReactElement | null {
  const { t } = useTranslation("person");
  const format = useFormat();
  const client = useQueryClient();
  const news = useQuery({
    queryKey: ["notifications", practiceId],
    queryFn: async () =>
      itemsOf(
        await api.get<NotificationView[] | Items<NotificationView>>(
          practicePath(practiceId, "/notifications"),
        ),
      ).filter((each) => each.read_at === null && !SHOWN_AS_CARDS.has(each.kind)),
    refetchInterval: 30_000,
  });
  const read = useMutation({
    mutationFn: (id: string) => api.post(practicePath(practiceId, `/notifications/${id}/read`)),
    onSettled: () => client.invalidateQueries({ queryKey: ["notifications"] }),
  });
  if (news.data === undefined || news.data.length === 0) return null;
  return (
    <Panel title={t("news.title")}>
      <ul className="hf-plain-list">
        {news.data.map((each) => (
          <li key={each.id} className="hf-row">
            <span>
              {t(`news.${KINDS.has(each.kind) ? each.kind : "other"}`)}{" "}
              <span className="hf-soft hf-small">{format.relative(each.created_at)}</span>
            </span>
            {each.kind === "message" ? <Link to="/messages">{t("me.messages")}</Link> : null}
            {each.kind.startsWith("programme-") ? <Link to="/programmes">{t("me.groups")}</Link> : null}
            {each.kind === "peer-message" ? <Link to="/peers">{t("me.peers")}</Link> : null}
            {each.kind === "peer-request" || each.kind === "listener-badge" ? <Link to="/listen">{t("news.open-listen")}</Link> : null}
            <Button variant="subtle" onClick={() => read.mutate(each.id)}>
              {t("news.read")}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
