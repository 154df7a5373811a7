import type { ReactElement, ReactNode } from "react";

import type { Session } from "./api";
import type { GroupWords } from "./words";

interface Props {
  readonly sessions: readonly Session[];
  readonly words: GroupWords;
  readonly now: number;
  /** What stands beside a session: who came, or what may be done with it. */
  readonly beside?: ReadonlyMap<string, ReactNode>;
}

/** The sessions in order: what was, what comes next, and what each is about. */
export function Curriculum({ sessions, words, now, beside }: Props): ReactElement {
  const { t, moment } = words;
  const next = sessions.find((one) => !one.cancelled && one.ends_at !== null && Date.parse(one.ends_at) > now);
  return (
    <ol className="hp-curriculum">
      {sessions.map((one) => {
        const over = one.ends_at !== null && Date.parse(one.ends_at) <= now;
        return (
          <li key={one.id} data-testid="session" data-over={over} data-next={one.id === next?.id}>
            <p className="hp-session">
              <strong>{one.title}</strong>
              {one.id === next?.id ? <span className="hp-mark">{t("session.next")}</span> : null}
              {one.cancelled ? <span className="hp-mark">{t("session.cancelled")}</span> : null}
            </p>
            {one.starts_at === null ? null : (
              <p className="hf-soft hf-small"><time dateTime={one.starts_at}>{moment(one.starts_at)}</time></p>
            )}
            {one.description === "" ? null : <p className="hp-text" dir="auto">{one.description}</p>}
            {one.material === "" ? null : (
              <details>
                <summary>{t("session.material")}</summary>
                <p className="hp-text" dir="auto">{one.material}</p>
              </details>
            )}
            {beside?.get(one.id)}
          </li>
        );
      })}
    </ol>
  );
}
