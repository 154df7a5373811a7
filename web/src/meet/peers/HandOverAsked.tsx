import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import { Notice, Panel } from "@/design";

import { Problem } from "./Problem";
import type { PeerOpenWire } from "./types";
import { usePeerWords } from "./words";

interface Props {
  readonly wire: PeerOpenWire;
  readonly changed: () => Promise<void>;
}

/** The listener thinks that somebody of the practice should get in touch: the person decides. */
export function HandOverAsked({ wire, changed }: Props): ReactElement | null {
  const { t } = usePeerWords();
  const { practiceId, clientId } = useOwnRecord();
  const [words, setWords] = useState("");
  const answer = useMutation({
    mutationFn: (agrees: boolean) =>
      api.put(clientPath(practiceId, clientId, `/peer-chats/${wire.id}/hand-over`), { agrees, words: agrees ? words : "" }),
    onSettled: changed,
  });
  const asked = wire.hand_over;
  if (asked === null) return null;
  if (asked.answered) {
    return asked.agreed ? <Notice title={t("hand-over.agreed")} live><p>{t("hand-over.agreed-text")}</p></Notice> : null;
  }
  return (
    <Panel title={t("hand-over.title")} tone="calm" testId="hand-over">
      <p>{t("hand-over.text")}</p>
      <Textarea
        label={t("hand-over.words")}
        description={t("hand-over.words-hint")}
        autosize
        minRows={2}
        maxLength={2000}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {answer.isError ? <Problem error={answer.error} /> : null}
      <div className="hf-buttons">
        <Button loading={answer.isPending} onClick={() => answer.mutate(true)}>{t("hand-over.yes")}</Button>
        <Button variant="default" loading={answer.isPending} onClick={() => answer.mutate(false)}>{t("hand-over.no")}</Button>
      </div>
    </Panel>
  );
}
