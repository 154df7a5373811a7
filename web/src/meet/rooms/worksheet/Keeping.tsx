import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { saveFile } from "@/app/saveFile";
import { Looked } from "@/safety/looks/Looked";

import type { Place, Seen } from "../api";
import { readable } from "./readable";
import type { Session, View } from "./session";
import { type Target, useKeeping } from "./useKeeping";

interface Props {
  place: Place;
  room: Seen;
  session: Session;
  view: View;
  onSaved: () => void;
}

/** Where a worksheet can be kept: in the messages of the two, or as a file. */
export function Keeping({ place, room, session, view, onSaved }: Props): ReactElement {
  const { t } = useTranslation("worksheet");
  const { target, keep, state, looks } = useKeeping(place, room, session);
  const { name } = room.other;
  const heading = t("heading", { title: view.form?.title ?? "" });
  const save = (): void => {
    const [text = ""] = readable(heading, session.sheet.parts, Infinity);
    saveFile(`${t("file-name")}-${new Date().toISOString().slice(0, 10)}.txt`, "text/plain;charset=utf-8", text);
    onSaved();
  };
  const kept = view.keptBy !== null;
  return (
    <div className="hf-stack" data-testid="worksheet-keep">
      <p className="hf-soft hf-small">{view.empty ? t("gone", { name }) : <Where target={target} name={name} />}</p>
      <div className="hf-buttons">
        {target?.state === "ready" ? (
          <Button disabled={view.empty || kept} loading={state === "busy"} onClick={() => void keep(heading)}>
            {t("keep.do")}
          </Button>
        ) : null}
        <Button variant="default" disabled={view.empty} onClick={save}>
          {t("keep.file")}
        </Button>
      </div>
      <p role="status" data-testid="worksheet-kept">
        {state === "refused" || state === "failed" ? t(`keep.${state}`) : null}
        {kept && state !== "refused" ? keptWords(view, room, state === "waiting") : null}
      </p>
      <Looked looks={looks} />
    </div>
  );

  function keptWords({ keptBy }: View, { side }: Seen, waiting: boolean): string {
    if (waiting) return t("keep.waiting");
    return keptBy === side ? t("keep.mine") : t("keep.theirs", { name });
  }
}

function Where({ target, name }: { target: Target | undefined; name: string }): ReactElement | null {
  const { t } = useTranslation("worksheet");
  if (target === undefined) return null;
  if (target.state === "ready") return <>{t("keep.who", { names: target.names })}</>;
  return <>{t(`keep.${target.state}`, { name })}</>;
}
