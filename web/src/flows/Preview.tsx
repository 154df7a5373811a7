import { Button } from "@mantine/core";
import { type ReactElement, useEffect, useState } from "react";

import { Conversation } from "@/companion/Conversation";
import "@/companion/companion.css";
import { type Around, Session } from "@/companion/session";
import { begin } from "@/companion/talk";
import { takeTurn } from "@/companion/transport";
import { Notice } from "@/design";
import { deviceTimeZone } from "@/format";

import { usePreviewTicket } from "./api";
import { useFlowWords } from "./words";

interface Props {
  readonly flow: string;
  readonly title: string;
  readonly language: string;
}

/** The exercise as a person meets it: the same words, the same screen, and nothing of it is kept. */
export default function Preview(props: Props): ReactElement {
  const { t } = useFlowWords();
  const [attempt, setAttempt] = useState(0);
  return (
    <div className="hf-stack">
      <Notice tone="attention" title={t("try.marked")}>
        <p>{t("try.markedWords")}</p>
      </Notice>
      <Trial key={attempt} {...props} />
      <div>
        <Button size="sm" variant="subtle" onClick={() => setAttempt(attempt + 1)}>
          {t("try.again")}
        </Button>
      </div>
    </div>
  );
}

const nowhere = async (): Promise<void> => undefined;

function Trial({ flow, title, language }: Props): ReactElement {
  const ticket = usePreviewTicket(language);
  const [session] = useState(() => {
    const around: Around = {
      context: () => ({ language, zone: deviceTimeZone(), country: null, memory: {} }),
      take: (request, heard, signal) => takeTurn(request, heard, { ticket }, signal),
      keepWaiting: nowhere,
      keep: nowhere,
      keepReport: nowhere,
    };
    return new Session(begin(new Date().toISOString()), around);
  });
  useEffect(() => {
    session.start();
    const go = async (): Promise<void> => {
      await session.open();
      const { state } = session.snapshot();
      if (state === "still") await session.choose([`flow:${flow}`], title);
    };
    void go();
    return () => session.end();
  }, [session, flow, title]);
  return <Conversation session={session} place={null} agreed={false} preview={language} />;
}
