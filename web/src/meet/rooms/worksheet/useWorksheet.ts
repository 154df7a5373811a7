/** The worksheet of a visit for as long as its page stands: loaded when either side opens one. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Session, View } from "./session";
import { NOTHING, type SheetTold } from "./wire";

type Say = (told: SheetTold) => boolean;

/** What a call tells of its line. */
export interface WorksheetEars {
  talking(say: Say): void;
  heard(told: SheetTold): void;
}

export interface WorksheetHandle {
  session: Session | null;
  view: View | null;
  start: () => Promise<Session>;
  ears: WorksheetEars;
  /** Something stands in it that nobody kept, and that this side did not let go. */
  unkept: boolean;
  /** Saved elsewhere, or not wanted: as it stands now it is not asked about again. */
  letGo: () => void;
}

/** What says that the other side has a sheet. */
const isNews = (told: SheetTold): boolean =>
  told.k === "piece" || (told.k === "have" && told.v !== NOTHING);

export function useWorksheet(): WorksheetHandle {
  const [session, setSession] = useState<Session | null>(null);
  const [view, setView] = useState<View | null>(null);
  const [gone, setGone] = useState<number | null>(null);
  const made = useRef<Session | null>(null);
  const loading = useRef<Promise<Session> | null>(null);
  const line = useRef<Say>(() => false);

  const start = useCallback((): Promise<Session> => {
    loading.current ??= import("./session").then(
      (module) => {
        const begun = new module.Session((told) => line.current(told), setView);
        made.current = begun;
        setSession(begun);
        setView(begun.view);
        return begun;
      },
      (error: unknown) => {
        // Without network; whoever opens it once more tries once more.
        loading.current = null;
        throw error;
      },
    );
    return loading.current;
  }, []);

  useEffect(
    () => () => {
      made.current?.close();
      made.current = null;
      loading.current = null;
    },
    [],
  );

  const ears = useMemo(
    (): WorksheetEars => ({
      talking(say) {
        line.current = say;
        if (made.current === null) say({ t: "sheet", k: "have", v: NOTHING, back: false });
        else made.current.opened();
      },
      heard(told) {
        if (made.current !== null) made.current.heard(told);
        else if (loading.current === null && isNews(told)) {
          // What comes until it is loaded is passed over: it is asked for as a whole then.
          void start().then(
            (begun) => begun.opened(),
            () => undefined,
          );
        }
      },
    }),
    [start],
  );

  const letGo = useCallback(() => setGone(made.current?.view.mark ?? null), []);
  const unkept = view !== null && !view.empty && view.keptBy === null && view.mark !== gone;
  return { session, view, start, ears, unkept, letGo };
}
