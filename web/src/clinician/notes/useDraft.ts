/** What is being written in a note, kept on the server within a breath of each pause. */
import { useCallback, useEffect, useRef, useState } from "react";

import { api, clientPath } from "@/api/client";
import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";

import { type Content, fetchNote, type NoteView } from "./api";

const PAUSE_MS = 700;
const AGAIN_MS = 5000;

export interface Written {
  content: Content;
  encounter: string | null;
}

/** `changed`: somebody, perhaps in another tab, saved this note since it was read here. */
export type Standing = "kept" | "waiting" | "failed" | "changed";

export interface Draft {
  written: Written;
  standing: Standing;
  keptAt: string | null;
  change: (part: Partial<Written>) => void;
  /** Keeps what is there now; the revision it is then, or null where it could not be kept. */
  flush: () => Promise<number | null>;
  /** Takes what was saved elsewhere, or sets this in its place. */
  takeTheirs: () => Promise<void>;
  keepMine: () => Promise<void>;
}

const bodyOf = ({ content, encounter }: Written, revision: number): unknown => ({
  revision,
  content,
  encounter_id: encounter,
});

export function useDraft(client: string, note: NoteView, begin: Written): Draft {
  const { practice } = useActive();
  const path = clientPath(practice.id, client, `/notes/${note.id}/draft`);
  const [written, setWritten] = useState(begin);
  const [standing, setStanding] = useState<Standing>("kept");
  const [failures, setFailures] = useState(0);
  const [keptAt, setKeptAt] = useState(note.draft_at);
  // Read by what runs after the page has gone on: refs, not state.
  const now = useRef(begin);
  const kept = useRef(begin);
  const revision = useRef(note.revision);
  const running = useRef<Promise<number | null> | null>(null);
  const blocked = useRef(false);

  const save = useCallback(async (): Promise<number | null> => {
    const sent = now.current;
    try {
      const saved = await api.put<Schemas["SavedOut"]>(path, bodyOf(sent, revision.current));
      revision.current = saved.revision;
      kept.current = sent;
      setKeptAt(saved.draft_at);
      setFailures(0);
      setStanding(now.current === sent ? "kept" : "waiting");
      return saved.revision;
    } catch (error) {
      const changed = error instanceof ApiError && error.code === "note-changed";
      blocked.current = changed;
      setFailures((before) => before + 1);
      setStanding(changed ? "changed" : "failed");
      return null;
    }
  }, [path]);

  const flush = useCallback(async (): Promise<number | null> => {
    await running.current;
    // Whatever was typed while it was being kept is kept, too.
    while (!blocked.current && kept.current !== now.current) {
      running.current = save();
      const at = await running.current;
      running.current = null;
      if (at === null) return null;
    }
    return blocked.current ? null : revision.current;
  }, [save]);

  useEffect(() => {
    if (standing === "kept" || standing === "changed") return undefined;
    // Later each time that no answer came, and at once again when one did.
    const wait = failures === 0 ? PAUSE_MS : AGAIN_MS * Math.min(failures, 6);
    const timer = setTimeout(() => void flush(), wait);
    return () => clearTimeout(timer);
  }, [standing, failures, flush]);

  useEffect(() => {
    const unsaved = (): boolean => kept.current !== now.current;
    const leave = (): void => {
      if (!unsaved() || blocked.current) return;
      // One that is on its way is answered first.
      const at = revision.current + (running.current === null ? 0 : 1);
      void api.put(path, bodyOf(now.current, at), { keepalive: true }).catch(() => undefined);
    };
    const ask = (event: BeforeUnloadEvent): void => {
      if (unsaved()) event.preventDefault();
    };
    window.addEventListener("pagehide", leave);
    window.addEventListener("beforeunload", ask);
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("beforeunload", ask);
      if (unsaved()) void flush();
    };
  }, [path, flush]);

  const put = (next: Written): void => {
    now.current = next;
    setWritten(next);
  };

  return {
    written,
    standing,
    keptAt,
    change: (part) => {
      put({ ...now.current, ...part });
      if (!blocked.current) setStanding("waiting");
    },
    flush,
    takeTheirs: async () => {
      const theirs = await fetchNote(practice.id, client, note.id);
      const newest = theirs.versions.at(-1)?.content ?? {};
      put({ content: theirs.draft ?? newest, encounter: theirs.encounter_id });
      kept.current = now.current;
      revision.current = theirs.revision;
      blocked.current = false;
      setKeptAt(theirs.draft_at);
      setStanding("kept");
    },
    keepMine: async () => {
      const theirs = await fetchNote(practice.id, client, note.id);
      revision.current = theirs.revision;
      blocked.current = false;
      put({ ...now.current });
      await flush();
    },
  };
}
