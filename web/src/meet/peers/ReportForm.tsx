import { Button, Checkbox, NativeSelect, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import { Panel } from "@/design";
import { vaultWorker } from "@/vault/worker";

import { usePeers } from "./api";
import { Problem } from "./Problem";
import type { PeerOpenWire } from "./types";
import type { ShownMessage } from "./useChat";
import { usePeerWords } from "./words";

const MOST = 30;

interface Props {
  readonly wire: PeerOpenWire;
  readonly messages: readonly ShownMessage[];
  readonly onSent: () => void;
}

/** What is brought before the practice: the reporter chooses which messages are shown, and no more. */
export function ReportForm({ wire, messages, onSent }: Props): ReactElement {
  const { t } = usePeerWords();
  const { practiceId, clientId } = useOwnRecord();
  const peers = usePeers();
  const [reason, setReason] = useState("abuse");
  const [words, setWords] = useState("");
  const [shown, setShown] = useState<ReadonlySet<number>>(new Set());
  const send = useMutation({
    mutationFn: async () => {
      const rows = messages.filter(({ row }) => shown.has(row.seq)).map(({ row }) => row);
      const excerpts = await vaultWorker.ask("peerShow", wire.id, rows);
      await api.post(clientPath(practiceId, clientId, `/peer-chats/${wire.id}/reports`), { reason, words, excerpts });
    },
    onSuccess: onSent,
  });
  const toggle = (seq: number, on: boolean): void =>
    setShown((all) => new Set(on ? [...all, seq] : [...all].filter((one) => one !== seq)));
  return (
    <Panel title={t("report.title")} testId="report">
      <p>{t("report.text")}</p>
      <NativeSelect
        label={t("report.reason")}
        value={reason}
        data={(peers.data?.reasons ?? ["abuse"]).map((value) => ({ value, label: t(`reasons.${value}`) }))}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Textarea
        label={t("report.words")}
        autosize
        minRows={2}
        maxLength={2000}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <fieldset className="hfp-excerpts">
        <legend>{t("report.excerpts")}</legend>
        {messages.filter(({ text }) => text !== null).map(({ row, text, mine }) => (
          <Checkbox
            key={row.id}
            checked={shown.has(row.seq)}
            disabled={shown.size >= MOST && !shown.has(row.seq)}
            label={<span dir="auto">{`${mine ? wire.own_name : wire.name}: ${text ?? ""}`}</span>}
            onChange={(event) => toggle(row.seq, event.currentTarget.checked)}
          />
        ))}
      </fieldset>
      {send.isError ? <Problem error={send.error} /> : null}
      <div className="hf-buttons">
        <Button loading={send.isPending} onClick={() => send.mutate()}>{t("report.send")}</Button>
      </div>
    </Panel>
  );
}
