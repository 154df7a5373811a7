import { Button, Switch } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { secretWord } from "@/auth/secretWord";
import { EmptyState, ErrorState, Loading, Notice, Page, Panel } from "@/design";
import { SetUp } from "@/vault/SetUp";
import { Unlock } from "@/vault/Unlock";
import { useAccess, usePlace } from "@/vault/useJournal";
import { VaultProblem } from "@/vault/VaultProblem";
import { VaultError } from "@/vault/engine/errors";

import { useFlags } from "./data";
import {
  added,
  merged,
  noSteps,
  nudges,
  type PlanContent,
  reviewDue,
  type Steps,
  type Use,
} from "./plan/content";
import { dropHere, keepHere } from "./plan/device";
import { PlanEditor } from "./plan/PlanEditor";
import { PlanView } from "./plan/PlanView";
import { Proposals } from "./plan/Proposals";
import { Readers } from "./plan/Readers";
import { Review } from "./plan/Review";
import { savePlan } from "./plan/sealed";
import { type Here, useHere, usePlanExchange, useSealed } from "./plan/usePlan";
import "./person.css";

/** A plan for hard moments, step by step; readable without network. */
export default function SafetyPlan(): ReactElement {
  const { t } = useTranslation("plan");
  // "Help now" opens it so, which is how it is known that it was needed.
  const inNeed = useLocation().hash === "help";
  const place = usePlace();
  const here = useHere(place);
  const [first, setFirst] = useState<Use | null>(null);
  const found = here.data;
  // What was known of its use before this look: the look itself must not answer the question.
  if (found !== undefined && first === null) setFirst(found.use);
  useEffect(() => {
    if (first === null) return;
    const now = new Date().toISOString();
    void keepHere(place, "use", {
      ...first,
      lookedAt: now,
      ...(inNeed ? { openedInHelp: now } : {}),
    });
  }, [first, inNeed, place]);
  return (
    <Page title={t("title")} lead={t("lead")}>
      {found === undefined || first === null ? (
        here.isError ? <ErrorState error={here.error} /> : <Loading />
      ) : (
        <Opened here={found} use={first} inNeed={inNeed} />
      )}
      <div className="hf-buttons">
        <Button component={Link} to="/help" variant="default">
          {t("common:nav.help")}
        </Button>
      </div>
    </Page>
  );
}

interface OpenedProps {
  readonly here: Here;
  readonly use: Use;
  /** Opened out of "Help now": then nothing stands before the plan. */
  readonly inNeed: boolean;
}

/** The vault where it is open here; else what this device may show without it, and the way to open it. */
function Opened({ here, use, inNeed }: OpenedProps): ReactElement {
  const { t } = useTranslation("plan");
  const { me } = useActive();
  const client = useQueryClient();
  const access = useAccess(me.id);
  const again = (): void => {
    void client.invalidateQueries({ queryKey: ["vault-access"] });
    void client.invalidateQueries({ queryKey: ["plan"] });
  };
  const state = access.data?.state;
  if (state === "open") return <Sealed here={here} use={use} inNeed={inNeed} />;
  if (state === "none") {
    return <OnThisDevice here={here} use={use} inNeed={inNeed} onSetUp={again} />;
  }
  const shown = here.copy ?? here.plan;
  const word = secretWord(me);
  return (
    <>
      {shown === null ? null : (
        <>
          <Notice title={t("copy.shown")} testId="plan-copy" />
          <PlanView steps={shown.steps} />
        </>
      )}
      {access.isError && shown === null ? (
        <ErrorState error={access.error} retry={() => void access.refetch()} />
      ) : null}
      {access.isPending && shown === null ? <Loading /> : null}
      {access.data?.state === "locked" ? (
        <Unlock
          vault={access.data.vault}
          moved={access.data.moved ?? false}
          onDone={again}
          title={t("unlock.title")}
          lead={t("unlock.lead", word)}
        />
      ) : null}
    </>
  );
}

function Sealed({ here, use, inNeed }: OpenedProps): ReactElement {
  const place = usePlace();
  const sealed = useSealed(place);
  const { again, exchange } = usePlanExchange(place);
  if (sealed.isError) {
    return sealed.error instanceof VaultError ? (
      <VaultProblem error={sealed.error} />
    ) : (
      <ErrorState error={sealed.error} retry={() => void sealed.refetch()} />
    );
  }
  if (sealed.data === undefined) return <Loading />;
  const plan = sealed.data;
  const keep = async (content: PlanContent): Promise<void> => {
    await savePlan(place, content);
    await again();
    void exchange();
  };
  return (
    <Shown
      content={plan?.content ?? null}
      here={here}
      use={use}
      inNeed={inNeed}
      keep={keep}
      withProposals
    >
      {plan?.damaged === true ? <VaultProblem error={new VaultError("item-damaged")} /> : null}
      {plan === null ? null : (
        <>
          <Readers place={place} content={plan.content} />
          <OpenCopy content={plan.content} copy={here.copy} />
        </>
      )}
    </Shown>
  );
}

/** A copy that opens without the vault: the person's choice, said plainly. */
function OpenCopy({ content, copy }: { readonly content: PlanContent; readonly copy: PlanContent | null }): ReactElement {
  const { t } = useTranslation("plan");
  const place = usePlace();
  const client = useQueryClient();
  const set = async (on: boolean): Promise<void> => {
    await (on ? keepHere(place, "copy", content) : dropHere(place, "copy"));
    await client.invalidateQueries({ queryKey: ["plan"] });
  };
  return (
    <Panel title={t("copy.title")}>
      <p>{t("copy.text")}</p>
      <Switch
        label={t("copy.switch")}
        checked={copy !== null}
        onChange={(event) => void set(event.currentTarget.checked)}
      />
    </Panel>
  );
}

/** Whoever has no private writing keeps the plan on this device alone, or sets it up first. */
function OnThisDevice({
  onSetUp,
  ...opened
}: OpenedProps & { readonly onSetUp: () => void }): ReactElement {
  const { here } = opened;
  const { t } = useTranslation("plan");
  const { me } = useActive();
  const place = usePlace();
  const client = useQueryClient();
  const [chosen, setChosen] = useState(here.plan !== null);
  const setUp = (
    <SetUp onDone={onSetUp} title={t("set-up.title")} lead={t("set-up.lead", secretWord(me))} />
  );
  if (!chosen) {
    return (
      <>
        <p>{t("begin.text")}</p>
        {setUp}
        <Panel title={t("device.title")}>
          <p>{t("device.text")}</p>
          <div>
            <Button variant="default" onClick={() => setChosen(true)}>
              {t("device.choose")}
            </Button>
          </div>
        </Panel>
      </>
    );
  }
  const keep = async (content: PlanContent): Promise<void> => {
    await keepHere(place, "plan", content);
    await client.invalidateQueries({ queryKey: ["plan"] });
  };
  return (
    <Shown content={here.plan} {...opened} keep={keep}>
      <Notice tone="attention" title={t("device.only")} testId="plan-device">
        <p>{t("device.text")}</p>
      </Notice>
      <details>
        <summary>{t("device.set-up")}</summary>
        {setUp}
      </details>
    </Shown>
  );
}

type Take = (steps: Steps, done: () => Promise<void>) => void;

interface ShownProps extends OpenedProps {
  readonly content: PlanContent | null;
  readonly keep: (content: PlanContent) => Promise<void>;
  /** What was sealed to the person opens only with the vault. */
  readonly withProposals?: boolean;
  /** Who reads it, and where else it lies. */
  readonly children: ReactNode;
}

interface Writing {
  steps: Steps;
  done?: () => Promise<void>;
}

/** The plan to read, to write, or to look back at; one of them at a time. */
function Shown({ content, here, use, inNeed, keep, withProposals = false, children }: ShownProps): ReactElement {
  const { t } = useTranslation("plan");
  const place = usePlace();
  const [writing, setWriting] = useState<Writing | null>(null);
  const [saved, setSaved] = useState(false);
  const before = content ?? merged([]);
  const write = (steps: Steps, done?: () => Promise<void>): void => {
    setSaved(false);
    setWriting({ steps, ...(done === undefined ? {} : { done }) });
  };
  if (writing !== null) {
    const close = async (): Promise<void> => {
      await dropHere(place, "draft");
      setWriting(null);
    };
    return (
      <PlanEditor
        steps={writing.steps}
        save={t("save")}
        onPause={(steps) => void keepHere(place, "draft", steps)}
        onSave={async (steps) => {
          await keep({ ...before, steps, written_at: new Date().toISOString() });
          await writing.done?.();
          await close();
          setSaved(true);
        }}
        onClose={() => void close()}
      >
        <Notice tone="attention" title={t("not-monitored")} />
      </PlanEditor>
    );
  }
  // Taking a proposal over adds its lines; nothing that stands there goes unseen.
  const take: Take = (steps, done) => write(added(before.steps, steps), done);
  return (
    <>
      {saved ? <Notice live title={t("saved")} /> : null}
      {here.draft === null ? null : (
        <Notice title={t("draft.title")} testId="plan-draft">
          <Button variant="default" mt="sm" onClick={() => write(here.draft ?? noSteps())}>
            {t("draft.go-on")}
          </Button>
        </Notice>
      )}
      {content === null ? (
        <EmptyState title={t("begin.title")}>
          <p>{t("begin.text")}</p>
          <p className="hf-soft">{t("begin.together")}</p>
          <Button onClick={() => write(noSteps())}>{t("begin.write")}</Button>
        </EmptyState>
      ) : (
        <>
          {inNeed ? null : (
            <LookBack content={content} use={use} keep={keep} onChange={() => write(content.steps)} />
          )}
          <PlanView steps={content.steps} />
          <div className="hf-buttons">
            <Button onClick={() => write(content.steps)}>{t("change")}</Button>
          </div>
          <Missing content={content} use={use} />
        </>
      )}
      {withProposals ? <Proposals place={place} onTake={take} /> : null}
      {children}
    </>
  );
}

interface LookBackProps {
  readonly content: PlanContent;
  readonly use: Use;
  readonly keep: (content: PlanContent) => Promise<void>;
  readonly onChange: () => void;
}

/** "Did you use your plan?", where there was an occasion. */
function LookBack({ content, use, keep, onChange }: LookBackProps): ReactElement | null {
  const place = usePlace();
  const flags = useFlags({ practiceId: place.practiceId, clientId: place.client }).data ?? [];
  const [now] = useState(() => Date.now());
  const [done, setDone] = useState(false);
  if (done || !reviewDue(content, use, flags, now)) return null;
  const answered = async (): Promise<void> => {
    const at = new Date().toISOString();
    await keepHere(place, "use", { ...use, lookedAt: at, answeredAt: at });
    setDone(true);
  };
  return (
    <Review
      shared={content.shared}
      onLater={() => void answered()}
      onAnswer={async (answer, change) => {
        const at = new Date().toISOString();
        await keep({ ...content, written_at: at, reviews: [...content.reviews, { at, ...answer }] });
        await answered();
        if (change) onChange();
      }}
    />
  );
}

function Missing({ content, use }: Pick<LookBackProps, "content" | "use">): ReactElement | null {
  const { t } = useTranslation("plan");
  const [now] = useState(() => Date.now());
  const missing = nudges(content, use, now);
  if (missing.length === 0) return null;
  return (
    <Notice title={t("nudge.title")} testId="plan-nudges">
      <ul>
        {missing.map((code) => (
          <li key={code}>{t(`nudge.${code}`)}</li>
        ))}
      </ul>
    </Notice>
  );
}
