import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Section } from "@/clinician/Section";
import { Query } from "@/design";

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
      <VaultGate><About client={client} name={name} /></VaultGate>
    </Section>
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
