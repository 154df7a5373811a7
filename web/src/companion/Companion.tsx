import { Button } from "@mantine/core";
import { IconArrowLeft, IconLifebuoy } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { v4 } from "uuid";

import { useActive } from "@/api/session";
import { secretWord } from "@/auth/secretWord";
import { Notice, Page, Panel, Query } from "@/design";
import { CrisisLines, WhereAreYou } from "@/safety/Lines";
import { MonitoredText } from "@/safety/MonitoredNotice";
import type { Place } from "@/vault/opening";
import { SetUp } from "@/vault/SetUp";
import { Unlock } from "@/vault/Unlock";
import { useAccess, usePlace } from "@/vault/useJournal";

import type { Leave } from "./api";
import { Conversation as Talking } from "./Conversation";
import { How, PolicyText, usePolicy } from "./How";
import { Past } from "./Past";
import { Remembered } from "./Remembered";
import { sendReports } from "./reports";
import type { Session } from "./session";
import { type Conversation, exchange, keepMemory, NOTHING, removeTalk } from "./store";
import { begin } from "./talk";
import { type Here, useConversations, useLeave, useSession } from "./useCompanion";
import "./companion.css";

/** Somebody to talk to at any hour, who is a program; and a human never further than one tap. */
export default function Companion(): ReactElement {
  const { t } = useTranslation("companion");
  const [lines, setLines] = useState(false);
  return (
    <Page
      title={t("title")}
      actions={
        <Button
          variant={lines ? "filled" : "light"}
          aria-expanded={lines}
          leftSection={<IconLifebuoy size={20} aria-hidden />}
          onClick={() => setLines(!lines)}
        >
          {t("help-now")}
        </Button>
      }
    >
      {lines ? (
        <section aria-label={t("help-now")} className="hf-stack">
          <WhereAreYou />
          <CrisisLines />
        </section>
      ) : null}
      <Opening />
    </Page>
  );
}

/** Conversations are sealed, so the vault is opened first; whoever cannot may talk and keep nothing. */
function Opening(): ReactElement {
  const { t } = useTranslation("companion");
  const { me } = useActive();
  const client = useQueryClient();
  const access = useAccess(me.id);
  const place = usePlace();
  const [unkept, setUnkept] = useState(false);
  const again = (): void => void client.invalidateQueries({ queryKey: ["vault-access"] });
  if (unkept) return <Unkept />;
  return (
    <Query query={access}>
      {(found) => {
        if (found.state === "open") return <Kept place={place} />;
        return (
          <>
            {found.state === "none" ? (
              <SetUp title={t("set-up.title")} lead={t("set-up.lead", secretWord(me))} onDone={again} />
            ) : (
              <Unlock
                vault={found.vault}
                moved={found.moved ?? false}
                title={t("unlock.title")}
                onDone={again}
              />
            )}
            <Panel title={t("unkept.title")}>
              <p>{t("unkept.text")}</p>
              <div>
                <Button variant="default" data-testid="talk-unkept" onClick={() => setUnkept(true)}>
                  {t("unkept.begin")}
                </Button>
              </div>
            </Panel>
          </>
        );
      }}
    </Query>
  );
}

const fresh = (): Conversation => ({
  item: v4(),
  heads: [],
  talk: begin(new Date().toISOString()),
});

const EMPTY: Here = { all: [], memory: NOTHING, plan: false };

function Unkept(): ReactElement {
  const { t } = useTranslation("companion");
  return (
    <>
      <Notice tone="attention" title={t("unkept.now")} />
      <Parts place={null} here={EMPTY} onChanged={async () => undefined} />
    </>
  );
}

function Kept({ place }: { place: Place }): ReactElement {
  const { t } = useTranslation("companion");
  const { me } = useActive();
  const client = useQueryClient();
  const here = useConversations(place);
  useEffect(() => void sendReports(me.id), [me.id]);
  const changed = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ["companion", place.user, place.client] });
  };
  if (here.isPending) {
    return (
      <p role="status" className="hf-soft">
        {t("opening")}
      </p>
    );
  }
  return <Query query={here}>{(data) => <Parts place={place} here={data} onChanged={changed} />}</Query>;
}

interface PartsProps {
  place: Place | null;
  here: Here;
  onChanged: () => Promise<void>;
}

type Part = "talk" | "past" | "memory" | "how";

/** The conversation, and beside it what was, what is remembered and how all this works. */
function Parts({ place, here, onChanged }: PartsProps): ReactElement {
  const { t } = useTranslation("companion");
  const leave = useLeave();
  const [part, setPart] = useState<Part>("talk");
  const [first] = useState(fresh);
  const [chosen, setChosen] = useState<Conversation | null>(null);
  const current = chosen ?? here.all[0] ?? first;
  const go = (one: Conversation): void => {
    setChosen(one);
    setPart("talk");
  };
  const open = (other: Part): void => {
    setPart(other);
    if (other === "past") void onChanged();
  };
  const titles = new Map((leave.data?.flows ?? []).map(({ flow, title }) => [flow, title]));
  const others: Part[] = place === null ? ["how"] : ["past", "memory", "how"];
  return (
    <>
      {part === "talk" ? null : (
        <>
          <div>
            <Button
              variant="subtle"
              leftSection={<IconArrowLeft size={20} className="hf-flip" aria-hidden />}
              onClick={() => setPart("talk")}
            >
              {t("parts.talk")}
            </Button>
          </div>
          <h2 className="hf-talk-part">{t(`parts.${part}`)}</h2>
        </>
      )}
      <div hidden={part !== "talk"} className="hf-stack">
        <Talk
          key={current.item}
          place={place}
          conversation={current}
          here={here}
          leave={leave.data}
          offline={leave.isError}
          onUnderWay={setChosen}
        />
      </div>
      {part === "past" && place !== null ? (
        <Past
          all={here.all}
          onOpen={go}
          onRemove={async (which) => {
            for (const one of which) await removeTalk(place, one);
            if (which.some(({ item }) => item === current.item)) setChosen(fresh());
            void exchange(place, { fetchToo: false });
            await onChanged();
          }}
        />
      ) : null}
      {part === "memory" && place !== null ? (
        <Remembered
          memory={here.memory}
          titles={titles}
          onChange={async (memory) => {
            await keepMemory(place, memory);
            void exchange(place, { fetchToo: false });
            await onChanged();
          }}
        />
      ) : null}
      {part === "how" ? <How leave={leave.data} /> : null}
      {part === "talk" ? (
        <nav className="hf-talk-parts" aria-label={t("parts.label")}>
          {others.map((each) => (
            <Button key={each} size="compact-md" variant="subtle" onClick={() => open(each)}>
              {t(`parts.${each}`)}
            </Button>
          ))}
          <Button size="compact-md" variant="subtle" onClick={() => go(fresh())}>
            {t("new")}
          </Button>
        </nav>
      ) : null}
    </>
  );
}

interface TalkProps {
  place: Place | null;
  conversation: Conversation;
  here: Here;
  leave: Leave | undefined;
  offline: boolean;
  /** From here on nothing that arrives from another device takes its place. */
  onUnderWay: (conversation: Conversation) => void;
}

/** Whoever comes back after this long is greeted again. */
const GREET_AFTER_MS = 30 * 60_000;

function Talk({ place, conversation, here, leave, offline, onUnderWay }: TalkProps): ReactElement {
  const { t } = useTranslation(["companion", "surface"]);
  const { me } = useActive();
  // A list that was read anew does not take the place of what is under way.
  const [mine] = useState(conversation);
  const session = useSession(place, mine, here, me.id);
  const policy = usePolicy(leave);
  const [begun, setBegun] = useState(mine.talk.turns > 0 || mine.talk.pending !== null);
  useEffect(() => {
    if (begun) onUnderWay(mine);
  }, [begun, mine, onUnderWay]);
  const known = policy === null || mine.talk.policy === policy.version;
  if (leave?.conversation === false) return <NotHere leave={leave} />;
  if (!begun || (!known && session.snapshot().talk.policy !== policy?.version)) {
    return (
      <Before
        changed={begun}
        leave={leave}
        offline={offline}
        onBegin={() => {
          void session.change((talk) => ({ ...talk, policy: policy?.version ?? null }));
          setBegun(true);
        }}
      />
    );
  }
  return (
    <>
      <details className="hf-soft hf-small" data-testid="talk-surface">
        <summary>{t("surface:passing.title")}</summary>
        <p>{t("surface:passing.text")}</p>
        <p>{t("surface:passing.watched")}</p>
      </details>
      {leave === undefined || leave.monitored.now ? null : <MonitoredText monitored={leave.monitored} />}
      <Going session={session} place={place} agreed={leave?.words_agreed ?? false} />
    </>
  );
}

interface GoingProps {
  session: Session;
  place: Place | null;
  agreed: boolean;
}

function Going(props: GoingProps): ReactElement {
  const { session } = props;
  useEffect(() => {
    const { talk } = session.snapshot();
    if (talk.pending !== null) void session.again();
    else if (talk.turns === 0 || Date.now() - Date.parse(talk.written_at) > GREET_AFTER_MS) {
      void session.open();
    }
  }, [session]);
  return <Talking {...props} />;
}

interface BeforeProps {
  /** It was begun under another version of the policy. */
  changed: boolean;
  leave: Leave | undefined;
  offline: boolean;
  onBegin: () => void;
}

/** What a person is told before the first word, and again when the policy has changed. */
function Before({ changed, leave, offline, onBegin }: BeforeProps): ReactElement {
  const { t } = useTranslation("companion");
  const policy = usePolicy(leave);
  return (
    <div className="hf-stack" data-testid="talk-before">
      {changed ? <Notice tone="attention" title={t("before.changed")} /> : null}
      <Panel title={t("before.title")} tone="calm">
        <ul className="hf-talk-sentences">
          <li>{t("how.program")}</li>
          <li>{t("how.passing")}</li>
          <li>{t("how.sealed")}</li>
        </ul>
      </Panel>
      <PolicyText policy={policy} />
      {leave === undefined ? null : <MonitoredText monitored={leave.monitored} />}
      {offline ? (
        <>
          <Notice tone="attention" title={t("unread.nobody")}>
            <p>{t("unread.nobody-text")}</p>
          </Notice>
          <CrisisLines />
        </>
      ) : null}
      <div>
        {/* What is to be read first has to stand there first. */}
        <Button size="lg" disabled={policy === null && !offline} onClick={onBegin}>
          {t("before.begin")}
        </Button>
      </div>
    </div>
  );
}

/** Why there is no conversation here, and what there is instead. */
function NotHere({ leave }: { leave: Leave }): ReactElement {
  const { t } = useTranslation("companion");
  const why = leave.why ?? "screening";
  const flows = useMemo(() => leave.flows, [leave]);
  return (
    <div className="hf-stack" data-testid="talk-not-here">
      <Notice tone="attention" title={t(`not-here.${why}.title`)}>
        <p>{t(`not-here.${why}.text`)}</p>
      </Notice>
      {why === "jurisdiction" && flows.length > 0 ? (
        <Panel title={t("not-here.worksheets")}>
          <ul className="hf-talk-sentences">
            {flows.map(({ flow, title, offer }) => (
              <li key={flow}>
                <strong>{title}</strong> {offer}
              </li>
            ))}
          </ul>
          <div>
            <Button component={Link} to="/me/journal" variant="default">
              {t("not-here.journal")}
            </Button>
          </div>
        </Panel>
      ) : null}
      <WhereAreYou />
      <CrisisLines />
    </div>
  );
}
