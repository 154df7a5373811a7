import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";
import { folded, holdsAll, wordsOf } from "@/vault/search";

import type { Conversation, View } from "./shown";

interface Props {
  conversation: Conversation;
  view: View;
  changed: () => void;
  onFound: (seq: number) => void;
}

/** Messages fetched for one press of the button. */
const STEP = 500;
const MOST_FOUND = 50;

/** Looks for words in what this device has opened, and further back when asked to. */
export function Search({ conversation, view, changed, onFound }: Props): ReactElement {
  const { t } = useTranslation("messages");
  const format = useFormat();
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const wanted = wordsOf(words);
  const oldest = useMemo(() => oldestOf(view), [view]);
  const found = useMemo(() => find(view, words), [view, words]);
  const back = async (): Promise<void> => {
    setBusy(true);
    try {
      await conversation.fetch(oldest - STEP, oldest - 1);
      changed();
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="hf-stack">
      <TextInput
        type="search"
        label={t("search.label")}
        description={t("search.hint")}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        autoComplete="off"
        dir="auto"
      />
      {wanted.length === 0 ? null : (
        <>
          <p role="status" className="hf-soft hf-small">{t("search.found", { count: found.length })}</p>
          <ul className="hf-plain-list">
            {found.slice(0, MOST_FOUND).map(({ seq, at, said }) => (
              <li key={seq}>
                <Button variant="subtle" size="sm" onClick={() => onFound(seq)}>
                  <span className="hf-clip"><bdi>{said?.text}</bdi> · {format.dateTime(at)}</span>
                </Button>
              </li>
            ))}
          </ul>
          {oldest > view.fromSeq ? (
            <div>
              <Button variant="default" size="sm" loading={busy} onClick={() => void back()}>
                {t("search.back")}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </div>
  );
}

/** From where on, back from the last, every message is here. */
function oldestOf({ messages, lastSeq, fromSeq }: View): number {
  let seq = lastSeq + 1;
  while (seq > fromSeq && messages.has(seq - 1)) seq -= 1;
  return seq;
}

function find({ messages }: View, words: string) {
  const wanted = wordsOf(words);
  if (wanted.length === 0) return [];
  const texts = [...messages.values()].filter(({ said }) => {
    if (said === null) return false;
    return holdsAll(folded([said.text, ...said.files.map(({ name }) => name)].join(" ")), wanted);
  });
  return texts.sort((a, b) => b.seq - a.seq);
}
