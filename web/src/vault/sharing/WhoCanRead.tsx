import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { EmptyState, Panel, Query } from "@/design";

import { Unlock } from "../Unlock";
import { useAccess, usePlace } from "../useJournal";
import { ReaderPanel } from "./ReaderPanel";
import { Successions } from "./Successions";
import { holdsSomething, type Sharing, useSharing } from "./useSharing";
import "../vault.css";
import "./sharing.css";

/** Who can read what of the person's private writing, since when, and the way to stop it. */
export default function WhoCanRead(): ReactElement {
  const { t } = useTranslation("sharing");
  const { me } = useActive();
  const client = useQueryClient();
  const access = useAccess(me.id);
  const again = (): void => void client.invalidateQueries({ queryKey: ["vault-access"] });
  return (
    <Query query={access}>
      {(found) => {
        if (found.state === "locked") return <Unlock vault={found.vault} onDone={again} />;
        if (found.state === "open") return <Readers />;
        return (
          <EmptyState title={t("nobody-reads")}>
            <p>
              <Link to="/me/$section" params={{ section: "journal" }}>
                {t("no-vault")}
              </Link>
            </p>
          </EmptyState>
        );
      }}
    </Query>
  );
}

function Readers(): ReactElement {
  const sharing = useSharing(usePlace());
  return <Query query={sharing}>{(data) => <Shown sharing={data} />}</Query>;
}

function Shown({ sharing }: { sharing: Sharing }): ReactElement {
  const { t } = useTranslation("sharing");
  const { people, folders } = sharing;
  const readers = people.filter((person) => holdsSomething(person, folders));
  const others = people.filter((person) => !holdsSomething(person, folders));
  return (
    <>
      <Successions sharing={sharing} />
      {readers.length === 0 ? <EmptyState title={t("nobody-reads")} /> : null}
      {readers.map((person) => (
        <ReaderPanel key={person.id} person={person} sharing={sharing} />
      ))}
      {others.map((person) => (
        <ReaderPanel key={person.id} person={person} sharing={sharing} />
      ))}
      <Panel title={t("plain.title")}>
        <p>{t("plain.opened")}</p>
        <p>{t("plain.unread")}</p>
        <p>{t("plain.server")}</p>
      </Panel>
    </>
  );
}
