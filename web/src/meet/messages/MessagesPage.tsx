import { Button } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactElement, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { CARE, useActive } from "@/api/session";
import { EmptyState, Page, Query } from "@/design";

import { Answering } from "./Answering";
import "./messages.css";
import { NewThread } from "./NewThread";
import { ThreadList, useThreads } from "./ThreadList";
import { ThreadView } from "./ThreadView";
import type { Place } from "./types";
import { VaultGate } from "./VaultGate";
import { useNames } from "./words";

export function useMessagesPlace(): Place {
  const { me, practice } = useActive();
  return useMemo(() => ({ user: me.id, practiceId: practice.id }), [me.id, practice.id]);
}

/** All threads of whoever is signed in: a person's with their team, a clinician's inbox. */
export function MessagesPage(): ReactElement {
  const { t } = useTranslation("messages");
  const { roles } = useActive();
  const staff = CARE.some((role) => roles.has(role));
  return (
    <Page title={t("title")} lead={t("lead")}>
      <VaultGate><Threads staff={staff} /></VaultGate>
    </Page>
  );
}

function Threads({ staff }: { readonly staff: boolean }): ReactElement {
  const { t } = useTranslation("messages");
  const { clientId } = useActive();
  const place = useMessagesPlace();
  const threads = useThreads(place);
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  return (
    <Query query={threads}>
      {(found) => (
        <>
          {found.length === 0 && !making ? (
            <EmptyState title={t("none.title")}><p>{t(staff ? "none.staff" : "none.person")}</p></EmptyState>
          ) : null}
          <ThreadList place={place} threads={found} staff={staff} />
          {clientId === null || making ? null : (
            <div>
              <Button variant={found.length === 0 ? "filled" : "default"} onClick={() => setMaking(true)}>
                {t("new.begin")}
              </Button>
            </div>
          )}
          {clientId !== null && making ? (
            <NewThread
              {...{ place, client: clientId, kind: "client", name: "", threads: found }}
              onOpened={(thread) => void navigate({ to: "/messages/$thread", params: { thread } })}
              onCancel={() => setMaking(false)}
            />
          ) : null}
          {staff ? <Answering /> : null}
        </>
      )}
    </Query>
  );
}

/** One thread as a page of its own. */
export function ThreadPage(): ReactElement {
  // All words at once: fetched later, they would hide the page while somebody is typing.
  const { t } = useTranslation(["messages", "safety", "vault"]);
  const { roles } = useActive();
  const { thread = "" } = useParams({ strict: false });
  const place = useMessagesPlace();
  const threads = useThreads(place);
  const namesOf = useNames();
  const row = threads.data?.find(({ id }) => id === thread);
  const staff = CARE.some((role) => roles.has(role));
  const about = staff ? row?.client?.display_name : undefined;
  const names = row === undefined ? t("title") : (about ?? namesOf(row.members, place.user));
  const title = row === undefined || row.title === "" ? names : row.title;
  return (
    <Page title={title} actions={<Link to="/messages">{t("all")}</Link>}>
      <VaultGate><ThreadView key={thread} place={place} thread={thread} /></VaultGate>
    </Page>
  );
}
