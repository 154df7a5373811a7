import { Button, Textarea } from "@mantine/core";
import { IconMicrophone, IconPlayerStop, IconSend } from "@tabler/icons-react";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { localeFor } from "@/format";

import { canDictate, dictate } from "./speech";

interface Props {
  busy: boolean;
  /** Words that came back, to be changed. */
  returned: string | null;
  onSay: (text: string) => void;
}

/** What the live process takes at most; what a question takes is its own to say. */
const LONGEST = 20_000;

/** Free text, by hand or by voice; it works for every question. */
export function Composer({ busy, returned, onSay }: Props): ReactElement {
  const { t, i18n } = useTranslation("companion");
  const [text, setText] = useState(returned ?? "");
  const [given, setGiven] = useState(returned);
  const [stop, setStop] = useState<(() => void) | null>(null);
  const leave = useRef<(() => void) | null>(null);
  if (returned !== given) {
    setGiven(returned);
    if (returned !== null) setText(returned);
  }
  useEffect(() => () => leave.current?.(), []);
  const listen = (): void => {
    const ended = (): void => {
      leave.current = null;
      setStop(null);
    };
    const heard = (words: string): void =>
      setText((before) => (before.trim() === "" ? words : `${before.trimEnd()} ${words}`));
    const end = dictate(localeFor(i18n.language), heard, ended);
    leave.current = end;
    setStop(() => end);
  };
  const send = (): void => {
    const words = text.trim();
    if (words === "" || busy) return;
    stop?.();
    setText("");
    onSay(words);
  };
  return (
    <form
      className="hf-talk-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        label={t("say.label")}
        placeholder={t("say.placeholder")}
        autosize
        minRows={2}
        maxRows={12}
        maxLength={LONGEST}
        dir="auto"
        enterKeyHint="send"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          const plain = !event.shiftKey && !event.nativeEvent.isComposing;
          // On a phone the line break is what Enter is for.
          if (event.key !== "Enter" || !plain || !window.matchMedia("(pointer: fine)").matches) return;
          event.preventDefault();
          send();
        }}
      />
      <div className="hf-buttons">
        <Button
          type="submit"
          disabled={busy || text.trim() === ""}
          leftSection={<IconSend size={20} className="hf-flip" aria-hidden />}
        >
          {t("say.send")}
        </Button>
        {canDictate() ? (
          <Button
            variant="default"
            aria-pressed={stop !== null}
            leftSection={
              stop === null ? (
                <IconMicrophone size={20} aria-hidden />
              ) : (
                <IconPlayerStop size={20} aria-hidden />
              )
            }
            onClick={() => (stop === null ? listen() : stop())}
          >
            {t(stop === null ? "say.dictate" : "say.dictate-stop")}
          </Button>
        ) : null}
      </div>
      {stop === null ? null : (
        <p className="hf-soft hf-small" role="status">
          {t("say.listening")}
        </p>
      )}
    </form>
  );
}
