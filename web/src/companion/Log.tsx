import { type ReactElement, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import type { Bubble } from "./talk";

interface Props {
  bubbles: readonly Bubble[];
  /** The words that nobody has read yet. */
  unread: string | null;
  label: string;
}

/** Bubbles that are older than this many stand behind one tap. */
const SHOWN = 30;

/** What was said so far. A screen reader is told what is new; the newest turn begins at the top. */
export function Log({ bubbles, unread, label }: Props): ReactElement {
  const { t } = useTranslation("companion");
  const last = useRef<HTMLLIElement>(null);
  const newest = bubbles.findLastIndex(({ by }) => by === "person");
  const turn = bubbles[newest]?.id;
  const before = useRef(turn);
  useEffect(() => {
    if (turn === before.current) return;
    before.current = turn;
    last.current?.scrollIntoView({ block: "start" });
  }, [turn]);
  const older = Math.max(0, bubbles.length - SHOWN);
  const shown = bubbles.slice(older);
  return (
    <>
      {older === 0 ? null : (
        <details className="hf-talk-older">
          <summary>{t("log.older", { count: older })}</summary>
          <ol className="hf-talk-log">
            {bubbles.slice(0, older).map((bubble, at) => (
              <Said key={bubble.id} bubble={bubble} before={bubbles[at - 1]} />
            ))}
          </ol>
        </details>
      )}
      <div role="log" aria-label={label} aria-live="polite" data-testid="talk-log">
        <ol className="hf-talk-log">
          {shown.map((bubble, at) => (
            <Said
              key={bubble.id}
              bubble={bubble}
              before={bubbles[older + at - 1]}
              unread={unread !== null && bubble.id.startsWith(`${unread}.`)}
              {...(older + at === newest ? { place: last } : {})}
            />
          ))}
        </ol>
      </div>
    </>
  );
}

interface SaidProps {
  bubble: Bubble;
  before?: Bubble | undefined;
  unread?: boolean;
  place?: React.Ref<HTMLLIElement>;
}

const dayOf = (instant: string): string => new Date(instant).toDateString();

function Said({ bubble, before, unread = false, place }: SaidProps): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const own = bubble.by === "person";
  const newDay = before === undefined || dayOf(before.at) !== dayOf(bubble.at);
  return (
    <li ref={place} className="hf-talk-item" data-by={bubble.by} data-kind={bubble.kind}>
      {newDay ? <p className="hf-talk-day hf-soft hf-small">{format.soon(bubble.at)}</p> : null}
      <div className="hf-bubble">
        {before?.by === bubble.by && !newDay ? null : (
          <span className="hf-talk-who">{t(own ? "log.you" : "log.companion")}</span>
        )}
        <p dir="auto">{bubble.text}</p>
        {unread ? <p className="hf-talk-unread hf-small">{t("log.unread")}</p> : null}
      </div>
    </li>
  );
}
