import { Button, Textarea } from "@mantine/core";
import { type ReactElement, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import type { Ask, Reply } from "./wire";

export interface AnswerProps {
  ask: Ask;
  busy: boolean;
  onChoose: (codes: string[], label: string) => void;
  onSay: (text: string) => void;
}

/** Moves of the conversation itself: they are taken alone, never with a ticked reply. */
const isMove = (code: string): boolean => code.startsWith("@") || code.startsWith("flow:");

const MOST_FEELINGS = 6;

/** Quick replies, each of which is an answer. */
export function Replies({ ask, busy, onChoose }: AnswerProps): ReactElement | null {
  if (ask.replies.length === 0) return null;
  return (
    <div className="hf-talk-replies">
      {ask.replies.map(({ code, label }) => (
        <Button
          key={code}
          variant={isMove(code) && ask.kind !== "choice" ? "default" : "light"}
          disabled={busy}
          onClick={() => onChoose([code], label)}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

/** A number on a line; untouched it is no answer. */
export function NumberAnswer({ ask, busy, onChoose }: AnswerProps): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const id = useId();
  const [low, high] = [ask.low ?? 0, ask.high ?? 100];
  const [value, setValue] = useState<number | null>(null);
  return (
    <div className="hf-talk-number" data-touched={value === null ? "no" : "yes"}>
      <label htmlFor={id}>{t("answer.number", { low, high })}</label>
      <output htmlFor={id}>{value === null ? t("answer.unset") : format.number(value, 0)}</output>
      <input
        id={id}
        type="range"
        min={low}
        max={high}
        step={1}
        value={value ?? Math.round((low + high) / 2)}
        aria-valuetext={value === null ? t("answer.unset") : String(value)}
        onChange={(event) => setValue(Number(event.currentTarget.value))}
      />
      <div className="hf-row" aria-hidden>
        <span className="hf-soft">{format.number(low, 0)}</span>
        <span className="hf-soft">{format.number(high, 0)}</span>
      </div>
      <div>
        <Button
          disabled={busy || value === null}
          onClick={() => value !== null && onChoose([String(value)], format.number(value, 0))}
        >
          {t("answer.take")}
        </Button>
      </div>
    </div>
  );
}

/** A day or a time of day, by the browser's own picker. */
export function MomentAnswer({ ask, busy, onChoose }: AnswerProps): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const id = useId();
  const kind = ask.kind === "date" ? "date" : "time";
  const [value, setValue] = useState("");
  return (
    <div className="hf-talk-moment">
      <label htmlFor={id}>{t(`answer.${kind}`)}</label>
      <input
        id={id}
        type={kind}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <Button
        disabled={busy || value === ""}
        onClick={() => onChoose([value], kind === "date" ? format.day(value) : value)}
      >
        {t("answer.take")}
      </Button>
    </div>
  );
}

/** Replies of which several may be ticked; moves stand beside them. */
export function SeveralAnswer({ ask, busy, onChoose }: AnswerProps): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const [ticked, setTicked] = useState<readonly Reply[]>([]);
  const codes = ticked.map(({ code }) => code);
  const toggle = (reply: Reply): void =>
    setTicked(
      codes.includes(reply.code)
        ? ticked.filter(({ code }) => code !== reply.code)
        : [...ticked, reply],
    );
  const told = format.list(ticked.map(({ label }) => label));
  return (
    <div className="hf-stack">
      <div className="hf-talk-replies">
        {ask.replies.map((reply) =>
          isMove(reply.code) ? (
            <Button
              key={reply.code}
              variant="default"
              disabled={busy}
              onClick={() =>
                reply.code === "@more"
                  ? onChoose([...codes, reply.code], reply.label)
                  : onChoose([reply.code], reply.label)
              }
            >
              {reply.label}
            </Button>
          ) : (
            <Button
              key={reply.code}
              variant={codes.includes(reply.code) ? "filled" : "light"}
              aria-pressed={codes.includes(reply.code)}
              disabled={busy}
              onClick={() => toggle(reply)}
            >
              {reply.label}
            </Button>
          ),
        )}
      </div>
      <div>
        <Button disabled={busy || ticked.length === 0} onClick={() => onChoose([...codes], told)}>
          {t("answer.take")}
        </Button>
      </div>
    </div>
  );
}

/** Feelings, each with how strong it is. */
export function EmotionsAnswer({ ask, busy, onChoose }: AnswerProps): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const id = useId();
  const [strengths, setStrengths] = useState<ReadonlyMap<string, number>>(new Map());
  const feelings = ask.replies.filter(({ code }) => !isMove(code));
  const moves = ask.replies.filter(({ code }) => isMove(code));
  const chosen = feelings.filter(({ code }) => strengths.has(code));
  const toggle = (code: string): void => {
    const next = new Map(strengths);
    if (!next.delete(code) && next.size < MOST_FEELINGS) next.set(code, 50);
    setStrengths(next);
  };
  return (
    <div className="hf-stack">
      <div className="hf-talk-replies" data-small="yes">
        {feelings.map(({ code, label }) => (
          <Button
            key={code}
            variant={strengths.has(code) ? "filled" : "light"}
            aria-pressed={strengths.has(code)}
            disabled={busy || (!strengths.has(code) && strengths.size >= MOST_FEELINGS)}
            onClick={() => toggle(code)}
          >
            {label}
          </Button>
        ))}
      </div>
      {chosen.map(({ code, label }) => (
        <div key={code} className="hf-talk-number" data-touched="yes">
          <label htmlFor={`${id}-${code}`}>{t("answer.strength", { feeling: label })}</label>
          <output htmlFor={`${id}-${code}`}>{format.number(strengths.get(code) ?? 50, 0)}</output>
          <input
            id={`${id}-${code}`}
            type="range"
            min={0}
            max={100}
            step={5}
            value={strengths.get(code) ?? 50}
            onChange={(event) =>
              setStrengths(new Map(strengths).set(code, Number(event.currentTarget.value)))
            }
          />
        </div>
      ))}
      <div className="hf-buttons">
        <Button
          disabled={busy || chosen.length === 0}
          onClick={() =>
            onChoose(
              chosen.map(({ code }) => `${code}=${strengths.get(code) ?? 50}`),
              format.list(chosen.map(({ code, label }) => `${label} ${strengths.get(code) ?? 50}`)),
            )
          }
        >
          {t("answer.take")}
        </Button>
        {moves.map(({ code, label }) => (
          <Button key={code} variant="default" disabled={busy} onClick={() => onChoose([code], label)}>
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}

/** The summary, to change until it says what the person means. */
export function SummaryAnswer({ ask, busy, onChoose, onSay }: AnswerProps): ReactElement {
  const { t } = useTranslation("companion");
  const first = ask.value ?? "";
  const [text, setText] = useState(first);
  return (
    <div className="hf-stack">
      <Textarea
        label={t("answer.summary")}
        description={t("answer.summary-hint")}
        autosize
        minRows={5}
        maxLength={40_000}
        value={text}
        dir="auto"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="hf-buttons">
        {ask.replies.map(({ code, label }) => (
          <Button
            key={code}
            variant={code === "@keep_summary" ? "filled" : "default"}
            disabled={busy || (code === "@keep_summary" && text.trim() === "")}
            onClick={() =>
              code === "@keep_summary" && text.trim() !== first.trim()
                ? onSay(text.trim())
                : onChoose([code], label)
            }
          >
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}

/** What a question is answered with beside words. */
export function AnswerWidget(props: AnswerProps): ReactElement | null {
  const { ask } = props;
  if (ask.kind === "number") {
    return (
      <div className="hf-stack">
        <NumberAnswer {...props} />
        <Replies {...props} />
      </div>
    );
  }
  if (ask.kind === "date" || ask.kind === "time") {
    return (
      <div className="hf-stack">
        <Replies {...props} />
        <MomentAnswer {...props} />
      </div>
    );
  }
  if (ask.kind === "emotions") return <EmotionsAnswer {...props} />;
  if (ask.kind === "several") return <SeveralAnswer {...props} />;
  if (ask.kind === "summary") return <SummaryAnswer {...props} />;
  return <Replies {...props} />;
}
