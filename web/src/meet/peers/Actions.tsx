import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { ConfirmDialog, Notice } from "@/design";

import { useOwnChange } from "./api";
import { Problem } from "./Problem";
import { ReportForm } from "./ReportForm";
import type { PeerOpenWire } from "./types";
import type { ShownMessage } from "./useChat";
import { usePeerWords } from "./words";

interface Props {
  readonly wire: PeerOpenWire;
  readonly messages: readonly ShownMessage[];
  readonly changed: () => Promise<void>;
}

/** What either may do: end, block, report; and as the listener, ask for a clinician. */
export function Actions({ wire, messages, changed }: Props): ReactElement {
  const { t } = usePeerWords();
  const change = useOwnChange();
  const [asking, setAsking] = useState<"end" | "block" | null>(null);
  const [reporting, setReporting] = useState(false);
  const [reported, setReported] = useState(false);
  const open = wire.status === "open";
  const act = (what: string): void => {
    setAsking(null);
    change.mutate({ method: "post", rest: `/peer-chats/${wire.id}/${what}` }, { onSuccess: () => void changed() });
  };
  return (
    <>
      {wire.role === "listener" ? <HandOver wire={wire} onAsk={() => act("hand-over")} /> : null}
      {change.isError ? <Problem error={change.error} /> : null}
      {reported ? <Notice title={t("report.sent")} live><p>{t("report.sent-text")}</p></Notice> : null}
      <div className="hf-buttons">
        {open ? <Button variant="default" onClick={() => setAsking("end")}>{t("end.do")}</Button> : null}
        {wire.other === null ? null : (
          <>
            <Button variant="subtle" onClick={() => setAsking("block")}>{t("block.do")}</Button>
            {reported ? null : (
              <Button variant="subtle" onClick={() => setReporting(!reporting)}>{t("report.do")}</Button>
            )}
          </>
        )}
      </div>
      {reporting && !reported ? (
        <ReportForm
          wire={wire}
          messages={messages}
          onSent={() => {
            setReported(true);
            void changed();
          }}
        />
      ) : null}
      {asking === null ? null : (
        <ConfirmDialog
          opened
          title={t(`${asking}.title`)}
          confirm={t(`${asking}.do`)}
          onConfirm={() => act(asking)}
          onClose={() => setAsking(null)}
        >
          <p>{t(`${asking}.text`)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function HandOver({ wire, onAsk }: { readonly wire: PeerOpenWire; readonly onAsk: () => void }): ReactElement | null {
  const { t } = usePeerWords();
  const { hand_over: asked, status } = wire;
  const again = asked === null || (asked.answered && !asked.agreed);
  return (
    <>
      {asked === null ? null : (
        <p className="hf-soft" role="status">
          {t(asked.answered ? (asked.agreed ? "hand-over.they-agreed" : "hand-over.they-declined") : "hand-over.asked")}
        </p>
      )}
      {status === "open" && again ? (
        <div className="hf-buttons">
          <Button variant="default" onClick={onAsk}>{t("hand-over.ask")}</Button>
        </div>
      ) : null}
    </>
  );
}
