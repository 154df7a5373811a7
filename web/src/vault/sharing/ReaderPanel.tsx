import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";
import { useFormat } from "@/format";

import { usePlace } from "../useJournal";
import { shareAllFromNow } from "./actions";
import { stopFolder, stopReader } from "./api";
import { Asked } from "./Asked";
import { ReaderItems } from "./ReaderItems";
import type { Person, SharedFolder } from "./types";
import { folderOf, holdsSomething, isReady, type Sharing, useSharingChanged } from "./useSharing";
import { Words } from "./Words";

interface Props {
  person: Person;
  sharing: Sharing;
}

/** One reader: what goes to them by itself, what they hold, and how to stop each. */
export function ReaderPanel({ person, sharing }: Props): ReactElement {
  const { t } = useTranslation(["sharing", "auth"]);
  const place = usePlace();
  const changed = useSharingChanged();
  const folder = folderOf(sharing.folders, person.id);
  const standing = sharing.standing.get(person.id);
  const holds = holdsSomething(person, sharing.folders);
  const format = useFormat();
  const covering = ({ purpose, ends_on }: Person): string | null => {
    if (purpose !== "cover") return null;
    return ends_on === null ? t("covers") : t("covers-until", { day: format.day(ends_on) });
  };
  return (
    <Panel title={person.name} testId="reader">
      <p className="hf-soft hf-small">
        {[
          person.role === null ? null : t(`auth:roles.${person.role}`),
          // Who joins only later has a first day; who left has none any more.
          person.may_read || person.starts_on !== null ? null : t("left"),
          covering(person),
          standing?.state === "none" ? t("who.none") : null,
        ]
          .filter((part) => part !== null)
          .join(" · ")}
      </p>
      {standing === undefined ? null : (
        <Words user={place.user} place={place} name={person.name} standing={standing} onChanged={changed} />
      )}
      {folder === undefined ? null : <Standing person={person} folder={folder} />}
      {folder === undefined && isReady(person, sharing) ? <Begin person={person} /> : null}
      {holds ? <ReaderItems person={person} /> : null}
      {holds ? (
        <Asked
          label={t("stop-all", { name: person.name })}
          title={t("stop-all-title", { name: person.name })}
          confirm={t("stop-confirm")}
          work={() => stopReader(place, person.id)}
          quiet
        >
          <p>{t("stop-all-text", { name: person.name })}</p>
          <p>{t("plain.unread")}</p>
        </Asked>
      ) : null}
    </Panel>
  );
}

function Standing({ person, folder }: { person: Person; folder: SharedFolder }): ReactElement {
  const { t } = useTranslation("sharing");
  const format = useFormat();
  const place = usePlace();
  const since = folder.readers.find((each) => each.reader === person.id)?.since ?? folder.begun_at;
  return (
    <div className="hf-row" data-testid="standing-share">
      <span>
        <strong>{t("standing.on")}</strong>
        <span className="hf-soft hf-small">
          {" "}
          {t("since", { at: format.date(since) })} · {t("standing.items", { count: folder.items })}
        </span>
      </span>
      <Asked
        label={t("stop")}
        ariaLabel={t("standing.stop", { name: person.name })}
        title={t("standing.stop", { name: person.name })}
        confirm={t("stop-confirm")}
        work={() => stopFolder(place, folder.id, person.id)}
      >
        <p>{t("standing.stop-text", { name: person.name })}</p>
        <p>{t("plain.unread")}</p>
      </Asked>
    </div>
  );
}

function Begin({ person }: { person: Person }): ReactElement {
  const { t } = useTranslation("sharing");
  const place = usePlace();
  return (
    <Asked
      label={t("standing.begin", { name: person.name })}
      title={t("standing.begin-title", { name: person.name })}
      confirm={t("standing.begin-confirm")}
      work={() => shareAllFromNow(place, person)}
    >
      <p>{t("standing.begin-text", { name: person.name })}</p>
      <p>{t("standing.begin-before")}</p>
      <p>{t("plain.unread")}</p>
    </Asked>
  );
}
