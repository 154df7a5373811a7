import type { ReactElement } from "react";

import { Panel } from "@/design";

import { useHandOvers } from "./api";
import "./peers.css";
import { usePeerWords } from "./words";

/** What the person shared when they agreed, in a peer chat, that somebody gets in touch. */
export default function HandOvers({ client }: { readonly client: string }): ReactElement | null {
  const { t, format } = usePeerWords();
  const found = useHandOvers(client);
  if (found.data === undefined || found.data.items.length === 0) return null;
  return (
    <Panel title={t("hand-over.for-team")} testId="hand-overs">
      <ul className="hf-plain-list">
        {found.data.items.map((one) => (
          <li key={one.id}>
            <span className="hf-soft hf-small">{format.relative(one.asked_at)}</span>
            {one.words === "" ? (
              <p className="hf-soft">{t("hand-over.no-words")}</p>
            ) : (
              <blockquote className="hfp-quote" dir="auto">{one.words}</blockquote>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
