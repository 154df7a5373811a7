import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, EmptyState } from "@/design";
import { useFormat } from "@/format";

import type { Conversation } from "./store";
import { titleOf } from "./talk";

interface Props {
  all: readonly Conversation[];
  onOpen: (one: Conversation) => void;
  onRemove: (which: readonly Conversation[]) => Promise<void>;
}

/** All conversations, the newest first; each can be gone on with, or deleted. */
export function Past({ all, onOpen, onRemove }: Props): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const [asking, setAsking] = useState<readonly Conversation[]>([]);
  const [busy, setBusy] = useState(false);
  if (all.length === 0) return <EmptyState title={t("past.none")} />;
  return (
    <>
      <ul className="hf-plain-list" data-testid="talks">
        {all.map((one) => {
          const day = format.soon(one.talk.written_at);
          return (
            <li key={one.item} className="hf-panel">
              <p className="hf-soft hf-small">{day}</p>
              <p dir="auto">{titleOf(one.talk) || t("past.untitled")}</p>
              <div className="hf-buttons">
                <Button
                  variant="default"
                  onClick={() => onOpen(one)}
                  aria-label={t("past.open-of", { day })}
                >
                  {t("past.open")}
                </Button>
                <Button
                  variant="subtle"
                  onClick={() => setAsking([one])}
                  aria-label={t("past.remove-of", { day })}
                >
                  {t("common:remove")}
                </Button>
              </div>
            </li>
          );
        })}
      </ul>
      <div>
        <Button variant="subtle" onClick={() => setAsking(all)}>
          {t("past.remove-all")}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking.length > 0}
        title={t(asking.length > 1 ? "past.remove-all-title" : "past.remove-title")}
        confirm={t("common:remove")}
        busy={busy}
        onConfirm={() => {
          setBusy(true);
          void onRemove(asking).finally(() => {
            setBusy(false);
            setAsking([]);
          });
        }}
        onClose={() => setAsking([])}
      >
        <p>{t("past.remove-text")}</p>
      </ConfirmDialog>
    </>
  );
}
