import { Button, Checkbox, Modal, Radio, Textarea } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { EmptyState, Notice, Query } from "@/design";

import type { WireVersion } from "../engine/wire";
import type { Entry, EntryVersion } from "../journal";
import { usePlace } from "../useJournal";
import { VaultProblem } from "../VaultProblem";
import { makeExcerpt, shareEntry, shareExcerpt } from "./actions";
import { excerptOf, passagesOf } from "./passages";
import { SharedContent, type Shown } from "./SharedContent";
import type { Person } from "./types";
import { isReady, type Sharing, useSharing, useSharingChanged } from "./useSharing";
import { WholeEntry } from "./WholeEntry";
import { Words } from "./Words";
import "./sharing.css";

interface Props {
  entry: Entry;
  head: EntryVersion;
  onClose: () => void;
}

/** From an entry to a reader: who, what, a look at exactly what they will see, and off it goes. */
export default function ShareDialog({ entry, head, onClose }: Props): ReactElement {
  const { t } = useTranslation("sharing");
  const sharing = useSharing(usePlace());
  const small = useMediaQuery("(max-width: 40em)");
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("share-title")}
      fullScreen={small ?? false}
      size="lg"
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <Query query={sharing}>
        {(data) => <Steps entry={entry} head={head} sharing={data} onClose={onClose} />}
      </Query>
    </Modal>
  );
}

type Step = "who" | "what" | "look" | "done";

/** What the person chose so far. */
interface Choice {
  what: Shown["what"];
  later: boolean;
  passages: ReadonlySet<number>;
  summary: string;
}

function shownOf(entry: Entry, head: EntryVersion, choice: Choice, passages: string[]): Shown {
  const { begunAt } = entry;
  if (choice.what === "summary") return { what: "summary", text: choice.summary.trim(), begunAt };
  if (choice.what === "excerpt") {
    return { what: "excerpt", text: excerptOf(passages, choice.passages), begunAt };
  }
  // Without later changes a copy of the words goes, which stands for itself.
  return { what: choice.later ? "entry" : "excerpt", text: head.text, begunAt };
}

function Steps({ entry, head, sharing, onClose }: Props & { sharing: Sharing }): ReactElement {
  const { i18n } = useTranslation("sharing");
  const passages = useMemo(() => passagesOf(head.text, i18n.language), [head.text, i18n.language]);
  const [step, setStep] = useState<Step>("who");
  const [readerId, setReaderId] = useState("");
  const [choice, setChoice] = useState<Choice>({
    what: "entry",
    later: true,
    passages: new Set(),
    summary: head.text,
  });
  const reader = sharing.people.find((person) => person.id === readerId);
  const shown = shownOf(entry, head, choice, passages);
  if (step === "who" || reader === undefined) {
    return (
      <Who
        sharing={sharing}
        chosen={readerId}
        onChoose={setReaderId}
        onNext={() => setStep("what")}
      />
    );
  }
  if (step === "what") {
    return (
      <What
        name={reader.name}
        passages={passages}
        choice={choice}
        isEmpty={shown.what !== "entry" && shown.text === ""}
        onChange={(change) => setChoice({ ...choice, ...change })}
        onBack={() => setStep("who")}
        onNext={() => setStep("look")}
      />
    );
  }
  if (step === "done") return <Done name={reader.name} onClose={onClose} />;
  return (
    <Look
      entry={entry}
      head={head}
      reader={reader}
      sharing={sharing}
      shown={shown}
      onBack={() => setStep("what")}
      onDone={() => setStep("done")}
    />
  );
}

/** One step's heading takes the focus when the step opens. */
function StepPage({ title, children }: { title: string; children: ReactNode }): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="hf-stack">
      <h2 ref={heading} tabIndex={-1} className="hf-panel-title">
        {title}
      </h2>
      {children}
    </div>
  );
}

interface WhoProps {
  sharing: Sharing;
  chosen: string;
  onChoose: (id: string) => void;
  onNext: () => void;
}

function Who({ sharing, chosen, onChoose, onNext }: WhoProps): ReactElement {
  const { t } = useTranslation(["sharing", "auth"]);
  const people = sharing.people.filter((person) => person.may_read);
  const why = (person: Person): string => {
    const state = sharing.standing.get(person.id)?.state;
    const role = person.role === null ? "" : t(`auth:roles.${person.role}`);
    if (state === "ready") return role;
    return `${role} · ${t(`who.${state ?? "offline"}`)}`;
  };
  if (people.length === 0) return <EmptyState title={t("who.nobody")} />;
  return (
    <StepPage title={t("who.title")}>
      <Radio.Group value={chosen} onChange={onChoose} aria-label={t("who.title")}>
        <div className="hf-stack">
          {people.map((person) => (
            <Radio
              key={person.id}
              value={person.id}
              label={person.name}
              description={why(person)}
              disabled={!isReady(person, sharing)}
            />
          ))}
        </div>
      </Radio.Group>
      <p className="hf-soft hf-small">{t("who.hint")}</p>
      <div className="hf-buttons">
        <Button disabled={chosen === ""} onClick={onNext}>
          {t("next")}
        </Button>
      </div>
    </StepPage>
  );
}

interface WhatProps {
  name: string;
  passages: string[];
  choice: Choice;
  isEmpty: boolean;
  onChange: (change: Partial<Choice>) => void;
  onBack: () => void;
  onNext: () => void;
}

function What(props: WhatProps): ReactElement {
  const { name, passages, choice, onChange } = props;
  const { t } = useTranslation("sharing");
  const pick = (at: number, on: boolean): void => {
    const next = new Set(choice.passages);
    if (on) next.add(at);
    else next.delete(at);
    onChange({ passages: next });
  };
  return (
    <StepPage title={t("what.title", { name })}>
      <Radio.Group
        value={choice.what}
        onChange={(what) => onChange({ what: what as Choice["what"] })}
        aria-label={t("what.title", { name })}
      >
        <div className="hf-stack">
          {(["entry", "excerpt", "summary"] as const).map((each) => (
            <Radio key={each} value={each} label={t(`what.${each}`)} description={t(`what.${each}-hint`)} />
          ))}
        </div>
      </Radio.Group>
      {choice.what === "entry" ? (
        <Checkbox
          label={t("what.later", { name })}
          description={t("what.later-hint")}
          checked={choice.later}
          onChange={(event) => onChange({ later: event.currentTarget.checked })}
        />
      ) : null}
      {choice.what === "excerpt" ? (
        <fieldset className="hf-passages">
          <legend>{t("what.pick")}</legend>
          {passages.map((passage, at) => (
            <Checkbox
              // A passage has no other name than its place.
              // oxlint-disable-next-line react/no-array-index-key
              key={at}
              label={<bdi className="hf-entry-text">{passage.trim()}</bdi>}
              checked={choice.passages.has(at)}
              onChange={(event) => pick(at, event.currentTarget.checked)}
            />
          ))}
        </fieldset>
      ) : null}
      {choice.what === "summary" ? (
        <Textarea
          label={t("what.summary-label")}
          description={t("what.summary-only", { name })}
          autosize
          minRows={5}
          maxLength={200_000}
          value={choice.summary}
          onChange={(event) => onChange({ summary: event.currentTarget.value })}
        />
      ) : null}
      <div className="hf-buttons">
        <Button disabled={props.isEmpty} onClick={props.onNext}>
          {t("what.look")}
        </Button>
        <Button variant="default" onClick={props.onBack}>
          {t("common:back")}
        </Button>
      </div>
    </StepPage>
  );
}

interface LookProps {
  entry: Entry;
  head: EntryVersion;
  reader: Person;
  sharing: Sharing;
  shown: Shown;
  onBack: () => void;
  onDone: () => void;
}

function Look(props: LookProps): ReactElement {
  const { entry, head, reader, sharing, shown } = props;
  const { t } = useTranslation("sharing");
  const place = usePlace();
  const submit = useSubmit();
  const changed = useSharingChanged();
  const made = useRef<WireVersion | null>(null);
  const standing = sharing.standing.get(reader.id);
  const send = async (): Promise<void> => {
    if (shown.what === "entry") {
      await shareEntry(place, entry.item, reader);
    } else {
      // Made once: when the answer is lost, the same one is sent again.
      made.current ??= await makeExcerpt(place, {
        text: shown.text,
        of: entry.item,
        of_hash: head.hash,
        edited: shown.what === "summary" && shown.text !== head.text.trim(),
        begun_at: entry.begunAt,
        written_at: head.writtenAt,
      });
      await shareExcerpt(place, made.current, reader);
    }
    await changed();
    props.onDone();
  };
  return (
    <StepPage title={t("look.title", { name: reader.name })}>
      <SharedContent shown={shown}>
        {shown.what === "entry" ? (
          <WholeEntry place={place} version={head} begunAt={entry.begunAt} />
        ) : undefined}
      </SharedContent>
      {head.sent ? null : <Notice tone="attention" title={t("look.not-sent")} />}
      {standing === undefined ? null : (
        <Words user={place.user} place={place} name={reader.name} standing={standing} onChanged={changed} />
      )}
      <p className="hf-soft hf-small">{t("look.plain", { name: reader.name })}</p>
      <VaultProblem error={submit.error} />
      <div className="hf-buttons">
        <Button loading={submit.busy} disabled={!head.sent} onClick={() => void submit.run(send)}>
          {t("look.send", { name: reader.name })}
        </Button>
        <Button variant="default" onClick={props.onBack}>
          {t("common:back")}
        </Button>
      </div>
    </StepPage>
  );
}

function Done({ name, onClose }: { name: string; onClose: () => void }): ReactElement {
  const { t } = useTranslation("sharing");
  return (
    <StepPage title={t("done.title", { name })}>
      <p>
        {t("done.text")}{" "}
        <Link to="/me/$section" params={{ section: "sharing" }}>
          {t("done.where")}
        </Link>
      </p>
      <div className="hf-buttons">
        <Button onClick={onClose}>{t("common:close")}</Button>
      </div>
    </StepPage>
  );
}
