import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Section } from "@/clinician/Section";
import { Query } from "@/design";
import { useAccess } from "@/vault/useJournal";

import { useMessagesPlace } from "./MessagesPage";
import "./messages.css";
import { NewThread } from "./NewThread";
import { ThreadList, useThreads } from "./ThreadList";
import type { Kind } from "./types";
import { VaultGate } from "./VaultGate";

interface Props {
  readonly client: string;
  readonly name: string;
}

const KINDS = ["client", "team", "supervision"] as const;

/** The reader's threads about a person: with them, and those that they never see. */
export default function ThreadsSection({ client, name }: Props): ReactElement {
  const { t } = useTranslation("messages");
  return (
    <Section id="messages" title={t("title")}>
      <WhenOpen><VaultGate><About client={client} name={name} /></VaultGate></WhenOpen>
    </Section>
  );
}

/** On a page with much else nobody is asked for a password before they want to read. */
function WhenOpen({ children }: { readonly children: ReactNode }): ReactElement {
  const { t } = useTranslation("messages");
  const { me } = useActive();
  const access = useAccess(me.id);
  const [wanted, setWanted] = useState(false);
  return (
    <Query query={access}>
      {(found) =>
        wanted || found.state === "open" ? (
          children
        ) : (
          <>
            <p className="hf-soft">{t("keys.closed")}</p>
            <div className="hf-buttons">
              <Button size="sm" variant="default" onClick={() => setWanted(true)}>{t("keys.open")}</Button>
            </div>
          </>
        )
      }
    </Query>
  );
}

function About({ client, name }: Props): ReactElement {
  const { t } = useTranslation("messages");
  const { roles } = useActive();
  const place = useMessagesPlace();
  const threads = useThreads(place, client);
  const navigate = useNavigate();
  const [kind, setKind] = useState<Kind | null>(null);
  const treats = roles.has("clinician") || roles.has("prescriber");
  const kinds = treats ? KINDS : (["supervision"] as const);
  return (
    <Query query={threads}>
      {(found) => (
        <>
          {found.length === 0 ? <p className="hf-soft">{t("none.title")}</p> : null}
          <ThreadList place={place} threads={found} staff />
          {kind === null ? (
            <div className="hf-buttons">
              {kinds.map((each) => (
                <Button key={each} size="sm" variant="default" onClick={() => setKind(each)}>
                  {t(`new.${each}`, { name })}
                </Button>
              ))}
            </div>
          ) : (
            <NewThread
              key={kind}
              {...{ place, client, kind, name, threads: found }}
              onOpened={(thread) => void navigate({ to: "/messages/$thread", params: { thread } })}
              onCancel={() => setKind(null)}
            />
          )}
        </>
      )}
    </Query>
  );
}
