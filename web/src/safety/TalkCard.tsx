import { Button } from "@mantine/core";
import { IconMessage, IconWorld } from "@tabler/icons-react";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Card, CardLine } from "@/companion/wire";
import { Panel } from "@/design";

import { CallLink, CrisisLines, WhereAreYou } from "./Lines";
import { message } from "./lines";
import "./safety.css";

/** Lines that stand on the card itself; the others open below it. */
const SHOWN = 2;

/** Offers of a conversation that need a calm face, and those that need a loud one. */
const TONE: Record<Card["kind"], "clay" | "attention" | "calm"> = {
  crisis: "clay",
  emergency: "clay",
  others: "clay",
  medical: "clay",
  abuse: "attention",
  minor: "attention",
  other_person: "attention",
  lines: "calm",
};

interface Props {
  card: Card;
  onDismiss: () => void;
}

/** Where something has been done or taken, the emergency number stands alone: no helpline beside it. */
const ALONE: ReadonlySet<string> = new Set(["emergency", "medical"]);

/** What stands pinned while somebody may be in danger: numbers that dial. */
export function TalkCard({ card, onDismiss }: Props): ReactElement {
  const { t } = useTranslation("companion");
  const [all, setAll] = useState(false);
  const alone = ALONE.has(card.kind) && card.emergency !== null;
  const callable = alone
    ? []
    : card.lines.filter(({ number, text_number, url }) => number ?? text_number ?? url);
  return (
    <div className="hf-talk-card" data-testid="talk-card" data-kind={card.kind}>
      <Panel title={t(`card.${card.kind}.title`)} tone={TONE[card.kind]}>
        <p>{t(`card.${card.kind}.text`)}</p>
        {card.emergency === null ? null : (
          <CallLink number={card.emergency} strong="emergency" label={t("card.emergency-number")} />
        )}
        {callable.length === 0 ? null : (
          <ul className="hf-plain-list" aria-label={t("card.lines-label")}>
            {callable.slice(0, SHOWN).map((line) => (
              <li key={line.id ?? line.name}>
                <CardEntry line={line} />
              </li>
            ))}
          </ul>
        )}
        <div className="hf-buttons">
          <Button variant="default" aria-expanded={all} onClick={() => setAll(!all)}>
            {t(all ? "card.fewer" : "card.all")}
          </Button>
          {card.dismissable ? (
            <Button variant="subtle" onClick={onDismiss}>
              {t("card.dismiss")}
            </Button>
          ) : null}
        </div>
        {all || (callable.length === 0 && card.emergency === null) ? (
          <>
            <WhereAreYou />
            <CrisisLines withEmergency={card.emergency === null} />
          </>
        ) : null}
      </Panel>
    </div>
  );
}

function CardEntry({ line }: { line: CardLine }): ReactElement {
  const { t } = useTranslation("companion");
  return (
    <div className="hf-stack hf-talk-line">
      {line.number ? <CallLink number={line.number} label={line.name} strong="yes" /> : null}
      {line.text_number ? (
        <a className="hf-call" href={message(line.text_number, line.text_word ?? null)}>
          <IconMessage size={22} aria-hidden />
          <span>
            {line.number ? t("card.text") : <bdi>{line.name}</bdi>}{" "}
            <bdi className="hf-phone">{line.text_number}</bdi>
          </span>
        </a>
      ) : null}
      {!line.number && !line.text_number && line.url ? (
        <a className="hf-call" href={line.url} rel="noreferrer noopener" target="_blank">
          <IconWorld size={22} aria-hidden />
          <bdi>{line.name}</bdi>
        </a>
      ) : null}
      {line.hours ? (
        <p className="hf-soft hf-small">
          {line.hours === "24/7" ? t("card.always") : <bdi>{line.hours}</bdi>}
        </p>
      ) : null}
    </div>
  );
}
