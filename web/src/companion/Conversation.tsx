import { Button } from "@mantine/core";
import { IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { useOwnRecord } from "@/api/session";
import { Notice, Panel } from "@/design";
import { useFormat, localeFor } from "@/format";
import { useFlags } from "@/person/data";
import { isOnline, onReachChange } from "@/queue/online";
import { FlagStatusCard } from "@/safety/FlagStatusCard";
import { CrisisLines } from "@/safety/Lines";
import { TalkCard } from "@/safety/TalkCard";
import type { Place } from "@/vault/opening";

import { Composer } from "./Composer";
import { Exercise } from "./Exercise";
import { HelpedAsk } from "./HelpedAsk";
import { KeptSummary } from "./KeptSummary";
import { Log } from "./Log";
import { Passage } from "./Passage";
import type { Session, View } from "./session";
import { canReadAloud, hush, readAloud } from "./speech";
import { passageOf } from "./talk";
import type { Reply } from "./wire";
import { AnswerWidget } from "./Widgets";

interface Props {
  session: Session;
  /** Where it is sealed; null while it is kept nowhere. */
  place: Place | null;
  /** Words that worry go to whoever is on call without a further question. */
  agreed: boolean;
  /** The language of an exercise that a clinician only looks at: nothing can be kept or sent on. */
  preview?: string;
}

/** One conversation: what was said, what matters most pinned below it, and the ways to answer. */
export function Conversation({ session, place, agreed, preview }: Props): ReactElement {
  const { t } = useTranslation("companion");
  const view = useSyncExternalStore(session.subscribe, session.snapshot);
  const { talk } = view;
  const waiting = view.state === "asking";
  useEffect(() => {
    const again = (): void => void session.again();
    window.addEventListener("online", again);
    const stop = onReachChange(() => {
      if (isOnline()) again();
    });
    return () => {
      window.removeEventListener("online", again);
      stop();
    };
  }, [session]);
  return (
    <div className="hf-stack">
      <div lang={preview}>
        <Log
          bubbles={talk.bubbles}
          unread={view.state === "unread" ? (talk.pending?.id ?? null) : null}
          label={t("log.label")}
        />
      </div>
      <div role="status" className="hf-talk-status">
        {waiting ? <p className="hf-soft">{t(view.slow ? "wait.slow" : "wait.asking")}</p> : null}
        {view.state === "speaking" ? <p className="hf-soft">{t("wait.speaking")}</p> : null}
      </div>
      {waiting && view.slow ? <CrisisLines /> : null}
      <Unread view={view} onAgain={() => void session.again()} />
      {view.unscreened || view.unsupported ? <Unscreened view={view} /> : null}
      <Pinned view={view} onDismiss={() => void session.choose(["@dismiss"], "")} />
      {talk.plan && preview === undefined ? (
        <div>
          <Button component={Link} to="/safety-plan" variant="default">
            {t("safety-plan")}
          </Button>
        </div>
      ) : null}
      {talk.exercise === null ? null : (
        <Exercise key={view.turn ?? "exercise"} exercise={talk.exercise} />
      )}
      {preview === undefined ? <Keeps session={session} place={place} texts={talk.keeps} /> : null}
      {talk.finished && session.remembers() ? (
        <HelpedAsk onHelped={(helped) => session.helped(talk.finished ?? "", helped)} />
      ) : null}
      <Answering view={view} session={session} />
      {preview === undefined ? <WhoKnows view={view} place={place} agreed={agreed} /> : null}
      <ReadAloud view={view} />
    </div>
  );
}

interface KeepsProps {
  session: Session;
  place: Place | null;
  texts: readonly string[];
}

/** Summaries that the person asked to keep, until they are kept or put away. */
function Keeps({ session, place, texts }: KeepsProps): ReactElement {
  const away = (text: string): void =>
    void session.change((now) => ({ ...now, keeps: now.keeps.filter((each) => each !== text) }));
  return (
    <>
      {texts.map((text) => (
        <KeptSummary key={text} place={place} text={text} onAway={() => away(text)} />
      ))}
    </>
  );
}

/** What has no answer: that nobody has read it, and whom to call meanwhile. */
function Unread({ view, onAgain }: { view: View; onAgain: () => void }): ReactElement | null {
  const { t } = useTranslation("companion");
  const { failure, state, talk } = view;
  if (failure === "too-long" && state === "still") {
    return <Notice tone="attention" live title={t("unread.too-long")} />;
  }
  if (state !== "unread" || failure === null) return null;
  const words = talk.pending?.event.kind !== "opened";
  return (
    <div className="hf-stack" data-testid="talk-unread">
      <Notice tone="attention" live title={t(words ? "unread.title" : "unread.nobody")}>
        <p>{words || failure !== "away" ? t(`unread.${failure}`) : t("unread.nobody-text")}</p>
        <Button variant="default" mt="sm" onClick={onAgain}>
          {t("unread.again")}
        </Button>
      </Notice>
      <CrisisLines />
    </div>
  );
}

function Unscreened({ view }: { view: View }): ReactElement {
  const { t } = useTranslation("companion");
  return (
    <div className="hf-stack" data-testid="unscreened">
      <Notice tone="attention" title={t(view.unscreened ? "unscreened.title" : "unscreened.language")}>
        <p>{t("unscreened.text")}</p>
      </Notice>
      {view.talk.card === null ? <CrisisLines /> : null}
    </div>
  );
}

interface PinnedProps {
  view: View;
  onDismiss: () => void;
}

/** The card while the protocol leads; put away, it comes back with the next turn that has one. */
function Pinned({ view, onDismiss }: PinnedProps): ReactElement | null {
  const [dismissed, setDismissed] = useState(-1);
  const { card, turns } = view.talk;
  if (card === null || dismissed === turns) return null;
  return (
    <TalkCard
      card={card}
      onDismiss={() => {
        setDismissed(turns);
        onDismiss();
      }}
    />
  );
}

interface ToldProps {
  view: View;
  place: Place | null;
  agreed: boolean;
}

/** Who has been told, who has looked, and the way to send the words as well. */
function WhoKnows({ view, place, agreed }: ToldProps): ReactElement | null {
  const { t } = useTranslation("companion");
  const current = useFlags(useOwnRecord()).data ?? [];
  const { card, about, flags } = view.talk;
  const shown = flags
    .map((flag) => current.find(({ id }) => id === flag.id) ?? flag)
    .filter(({ state }) => state !== "closed");
  if (shown.length === 0 && !view.untold) return null;
  const concerns = card !== null && card.kind !== "lines";
  const passage = card === null ? "" : passageOf(about, card.passage ?? []) || about;
  return (
    <Panel title={t("told.title")} tone="calm" testId="who-knows">
      {shown.map((flag) => (
        <FlagStatusCard key={flag.id} flag={flag} />
      ))}
      {view.untold ? <p>{t("told.not-yet")}</p> : null}
      {shown.length > 0 && concerns ? (
        <Passage key={about} place={place} text={passage} agreed={agreed} />
      ) : null}
    </Panel>
  );
}

const HELP_NOW = "@help_now";
/** Moves that stand beside the answer; the rest wait behind one word. */
const AT_HAND = 3;

/** Quick replies, moves and free text; it takes the focus after a tap, when the buttons change. */
function Answering({ view, session }: { view: View; session: Session }): ReactElement {
  const { t } = useTranslation("companion");
  const region = useRef<HTMLDivElement>(null);
  const id = useId();
  const { ask } = view.talk;
  const busy = view.state === "asking" || view.state === "speaking";
  const turn = view.talk.turns;
  const before = useRef(turn);
  useEffect(() => {
    if (before.current === turn) return;
    before.current = turn;
    const gone = document.activeElement === null || document.activeElement === document.body;
    if (gone) region.current?.focus({ preventScroll: true });
  }, [turn]);
  const choose = (codes: string[], label: string): void => void session.choose(codes, label);
  const say = (text: string): void => void session.say(text);
  const moves = (ask?.commands ?? []).filter(({ code }) => code !== HELP_NOW);
  const withText = ask?.kind !== "summary";
  return (
    <div
      ref={region}
      className="hf-talk-answer"
      role="group"
      aria-labelledby={id}
      tabIndex={-1}
      aria-busy={busy}
      data-turns={turn}
    >
      <h2 id={id} className="hf-talk-hidden">
        {t("answer.label")}
      </h2>
      {ask === null || view.state === "unread" ? null : (
        <AnswerWidget key={turn} ask={ask} busy={busy} onChoose={choose} onSay={say} />
      )}
      {withText ? <Composer busy={busy} returned={view.returned} onSay={say} /> : null}
      {view.state === "unread" ? null : <Moves moves={moves} busy={busy} onChoose={choose} />}
    </div>
  );
}

interface MovesProps {
  moves: readonly Reply[];
  busy: boolean;
  onChoose: (codes: string[], label: string) => void;
}

function Moves({ moves, busy, onChoose }: MovesProps): ReactElement | null {
  const { t } = useTranslation("companion");
  if (moves.length === 0) return null;
  const button = ({ code, label }: Reply): ReactElement => (
    <Button
      key={code}
      size="compact-md"
      variant="subtle"
      disabled={busy}
      onClick={() => onChoose([code], label)}
    >
      {label}
    </Button>
  );
  return (
    <div className="hf-talk-moves">
      {moves.slice(0, AT_HAND).map(button)}
      {moves.length > AT_HAND ? (
        <details>
          <summary>{t("answer.more")}</summary>
          <div className="hf-buttons">{moves.slice(AT_HAND).map(button)}</div>
        </details>
      ) : null}
    </div>
  );
}

/** Reads what is new aloud, where the browser can and the person wants it. */
function ReadAloud({ view }: { view: View }): ReactElement | null {
  const { t, i18n } = useTranslation("companion");
  const format = useFormat();
  const [on, setOn] = useState(false);
  const read = useRef(view.talk.bubbles.length);
  const { bubbles } = view.talk;
  const still = view.state === "still";
  useEffect(() => {
    if (!on || !still) return;
    const fresh = bubbles.slice(read.current).filter(({ by }) => by === "companion");
    read.current = bubbles.length;
    readAloud(localeFor(i18n.language), fresh.map(({ text }) => text));
  }, [on, still, bubbles, i18n.language]);
  useEffect(() => hush, []);
  if (!canReadAloud()) return null;
  return (
    <div>
      <Button
        size="compact-md"
        variant="subtle"
        aria-pressed={on}
        leftSection={on ? <IconVolume size={18} aria-hidden /> : <IconVolumeOff size={18} aria-hidden />}
        onClick={() => {
          if (on) hush();
          read.current = Math.max(0, bubbles.length - 1);
          setOn(!on);
        }}
      >
        {t(on ? "aloud.off" : "aloud.on")}
      </Button>
      {on ? (
        <p className="hf-soft hf-small">
          {t("aloud.note", { language: format.language(i18n.language) })}
        </p>
      ) : null}
    </div>
  );
}
