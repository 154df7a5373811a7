import { Button, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError, OfflineError } from "@/api/problems";
import { useSubmit } from "@/auth/useSubmit";
import { Notice, Panel } from "@/design";
import { type Entry, entry, newItem, save, send } from "@/vault/journal";
import type { Place } from "@/vault/opening";
import { ShareButton } from "@/vault/sharing/ShareButton";
import { sendShared } from "@/vault/sharing/grantOn";
import { VaultProblem } from "@/vault/VaultProblem";

interface Props {
  /** Where it can be kept; null where the vault is not open here. */
  place: Place | null;
  text: string;
  onAway: () => void;
}

/** A summary on its way into the private writing: changed, kept, and shared if the person wants. */
export function KeptSummary({ place, text, onAway }: Props): ReactElement {
  const { t } = useTranslation("companion");
  const client = useQueryClient();
  const submit = useSubmit();
  const [words, setWords] = useState(text);
  const [item] = useState(newItem);
  const [kept, setKept] = useState<Entry | null>(null);
  const keep = async (to: Place): Promise<void> => {
    await save(to, item, null, { text: words.trim() });
    try {
      await navigator.locks.request("holdfast-journal", () => sendShared(to, send));
    } catch (error) {
      // Kept on this device; it goes out with the rest of the private writing.
      if (!(error instanceof ApiError) && !(error instanceof OfflineError)) throw error;
    }
    await client.invalidateQueries({ queryKey: ["journal"] });
    setKept(await entry(to, item));
  };
  if (place === null) {
    return (
      <Panel title={t("keep.title")} tone="calm">
        <p>{t("keep.locked")}</p>
        <div>
          <Button variant="default" onClick={onAway}>
            {t("keep.away")}
          </Button>
        </div>
      </Panel>
    );
  }
  if (kept !== null) {
    return (
      <Panel title={t("keep.kept")} tone="calm" testId="summary-kept">
        <p>{t("keep.kept-text")}</p>
        <div className="hf-buttons">
          <ShareButton entry={kept} />
          <Button variant="default" onClick={onAway}>
            {t("keep.done")}
          </Button>
        </div>
      </Panel>
    );
  }
  return (
    <Panel title={t("keep.title")} tone="calm" testId="summary-keep">
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit.run(() => keep(place));
        }}
      >
        <VaultProblem error={submit.error} />
        <Textarea
          label={t("keep.words")}
          description={t("keep.hint")}
          autosize
          minRows={4}
          maxLength={40_000}
          dir="auto"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <div className="hf-buttons">
          <Button type="submit" loading={submit.busy} disabled={words.trim() === ""}>
            {t("keep.save")}
          </Button>
          <Button variant="default" onClick={onAway}>
            {t("keep.away")}
          </Button>
        </div>
      </form>
      {submit.busy ? <Notice live title={t("keep.busy")} /> : null}
    </Panel>
  );
}
