import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";

import type { Place, Seen } from "../api";
import { Choice } from "./Choice";
import { Keeping } from "./Keeping";
import { Sheet } from "./Sheet";
import type { WorksheetHandle } from "./useWorksheet";

interface Props {
  place: Place;
  room: Seen;
  worksheet: WorksheetHandle;
}

/** The worksheet beside the picture. */
export default function WorksheetPanel({ place, room, worksheet }: Props): ReactElement {
  const { t } = useTranslation("worksheet");
  const { session, view, start, letGo } = worksheet;
  const { name } = room.other;
  const form = view?.form ?? null;
  return (
    <Panel title={t("title")} testId="worksheet">
      <p className="hf-soft hf-small">{t("lead", { name })}</p>
      {session === null || view === null || form === null ? (
        <Choice practice={place.practice} side={room.side} start={start} />
      ) : (
        <>
          <Sheet session={session} view={view} form={form} name={name} />
          <Keeping key={form.id} place={place} room={room} session={session} view={view} onSaved={letGo} />
        </>
      )}
    </Panel>
  );
}

/** After the room, while it is still on this page. */
export function StillHere({ place, room, worksheet }: Props): ReactElement | null {
  const { t } = useTranslation("worksheet");
  const { session, view, letGo } = worksheet;
  if (session === null || view === null || view.form === null || view.empty) return null;
  return (
    <div className="hv-narrow">
      <Panel title={t("still.title")} testId="worksheet">
        {view.keptBy === null ? <p>{t("still.text", { title: view.form.title })}</p> : null}
        <Keeping place={place} room={room} session={session} view={view} onSaved={letGo} />
      </Panel>
    </div>
  );
}
