import { Button, Textarea } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { secretWord } from "@/auth/secretWord";
import { ConfirmDialog, ErrorState, Notice, Query } from "@/design";
import { isVaultCode } from "@/vault/engine/errors";
import { SetUp } from "@/vault/SetUp";
import { Unlock } from "@/vault/Unlock";
import { type Access, useAccess } from "@/vault/useJournal";
import { whenLocked } from "@/vault/worker";

import { useClinicWords } from "../language";
import { dropNote, keepNote, newNote, type OwnNote, readNotes } from "./ownNotes";

const PAUSE_MS = 1500;

/** Psychotherapy notes: for their author's eyes, and no part of the record. */
export function OwnNotes({ client }: { readonly client: string }): ReactElement {
  const { t } = useTranslation("notes");
  const { me } = useActive();
  const access = useAccess(me.id);
  const id = useId();
  return (
    <section className="hn-own" aria-labelledby={id} data-testid="own-notes">
      <h3 id={id}>
        <IconLock size={20} aria-hidden /> {t("own.title")}
      </h3>
      <p>{t("own.only")}</p>
      <Query query={access}>
        {(found) =>
          found.state === "open" ? <List client={client} /> : <Shut access={found} />
        }
      </Query>
    </section>
  );
}

function Shut({ access }: { readonly access: Exclude<Access, { state: "open" }> }): ReactElement {
  const { t } = useTranslation("notes");
  const word = secretWord(useActive().me);
  const cache = useQueryClient();
  const [opening, setOpening] = useState(false);
  const again = (): void => void cache.invalidateQueries({ queryKey: ["vault-access"] });
  if (!opening) {
    return (
      <div>
        <Button size="sm" variant="default" onClick={() => setOpening(true)}>
          {t(access.state === "none" ? "own.make" : "own.unlock")}
        </Button>
      </div>
    );
  }
  if (access.state === "none") {
    return <SetUp onDone={again} title={t("own.makeTitle")} lead={t("own.makeLead", word)} />;
  }
  return (
    <Unlock
      vault={access.vault}
      onDone={again}
      title={t("own.unlock")}
      lead={t("own.unlockLead", word)}
    />
  );
}

function List({ client }: { readonly client: string }): ReactElement {
  const { t } = useTranslation("notes");
  const { me, practice } = useActive();
  const cache = useQueryClient();
  const [open, setOpen] = useState<OwnNote | null>(null);
  const key = ["own-notes", practice.id, client];
  const notes = useQuery({
    queryKey: key,
    queryFn: () => readNotes(me.id, practice.id, client),
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
  useEffect(() => whenLocked(() => cache.removeQueries({ queryKey: ["own-notes"] })), [cache]);
  const close = (): void => {
    setOpen(null);
    void cache.invalidateQueries({ queryKey: key });
  };
  if (open !== null) return <Editor key={open.id} client={client} note={open} onClose={close} />;
  return (
    <Query query={notes}>
      {(rows) => (
        <>
          {rows.length === 0 ? <p className="hf-soft">{t("own.none")}</p> : null}
          <ol className="hf-plain-list" aria-label={t("own.title")}>
            {rows.map((note) => (
              <Row key={note.id} note={note} onOpen={() => setOpen(note)} />
            ))}
          </ol>
          <div>
            <Button size="sm" variant="default" onClick={() => setOpen(newNote(new Date().toISOString()))}>
              {t("own.new")}
            </Button>
          </div>
        </>
      )}
    </Query>
  );
}

function Row({ note, onOpen }: { readonly note: OwnNote; readonly onOpen: () => void }): ReactElement {
  const { t } = useTranslation(["notes", "vault"]);
  const { moment } = useClinicWords();
  const when = moment(note.begunAt);
  if (note.code !== null) {
    const code = isVaultCode(note.code) ? note.code : "item-damaged";
    return (
      <li>
        <Notice tone="attention" title={t(`vault:errors.${code}`)} testId="damaged" />
      </li>
    );
  }
  return (
    <li className="hf-row">
      <span>
        {when}
        <span className="hc-sub hn-line" dir="auto">{note.text}</span>
      </span>
      <Button size="xs" variant="default" aria-label={t("own.openNamed", { when })} onClick={onOpen}>
        {t("open")}
      </Button>
    </li>
  );
}

interface EditorProps {
  readonly client: string;
  readonly note: OwnNote;
  readonly onClose: () => void;
}

/** Whatever is typed is sealed on this device and kept within a breath. */
function Editor({ client, note, onClose }: EditorProps): ReactElement {
  const { t } = useTranslation(["notes", "common"]);
  const { me, practice } = useActive();
  const [text, setText] = useState(note.text);
  const [kept, setKept] = useState(note.text);
  const [error, setError] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);
  const newest = useRef(note);
  const running = useRef<Promise<void>>(Promise.resolve());

  const keep = (now: string): Promise<void> => {
    running.current = running.current.then(async () => {
      if (now === newest.current.text && newest.current.follows !== null) return;
      try {
        newest.current = await keepNote(me.id, practice.id, client, { ...newest.current, text: now });
        setKept(now);
        setError(null);
      } catch (failed) {
        setError(failed);
      }
    });
    return running.current;
  };

  const unsaved = text !== kept;
  useEffect(() => {
    if (!unsaved || text.trim() === "") return undefined;
    const timer = setTimeout(() => void keep(text), PAUSE_MS);
    const hide = (): void => {
      if (document.visibilityState === "hidden") void keep(text);
    };
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    document.addEventListener("visibilitychange", hide);
    window.addEventListener("beforeunload", ask);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hide);
      window.removeEventListener("beforeunload", ask);
    };
  });

  const done = async (): Promise<void> => {
    if (unsaved && text.trim() !== "") await keep(text);
    if (newest.current.text === text || text.trim() === "") onClose();
  };
  const drop = async (): Promise<void> => {
    await running.current;
    try {
      if (newest.current.follows !== null) await dropNote(practice.id, client, note.id);
      onClose();
    } catch (failed) {
      setError(failed);
    }
  };

  return (
    <div className="hf-stack">
      <Textarea
        label={t("own.words")}
        autosize
        minRows={6}
        maxLength={100_000}
        dir="auto"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <p className="hf-soft hf-small" role="status" data-testid="own-kept">
        {!unsaved && kept !== "" ? t("own.kept") : ""}
      </p>
      {error === null ? null : <ErrorState error={error} retry={() => void keep(text)} />}
      <div className="hf-buttons">
        <Button size="sm" onClick={() => void done()}>{t("own.done")}</Button>
        <Button size="sm" variant="subtle" onClick={() => setAsking(true)}>{t("own.delete")}</Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t("own.deleteTitle")}
        confirm={t("own.delete")}
        color="clay"
        onConfirm={() => {
          setAsking(false);
          void drop();
        }}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
