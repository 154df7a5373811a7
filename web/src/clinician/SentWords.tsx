import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Notice, Query } from "@/design";
import { VaultError } from "@/vault/engine/errors";
import type { Received, ReceivedVersion } from "@/vault/sharing/types";
import { vaultWorker } from "@/vault/worker";

import type { Texts } from "./FlagTexts";
import { useClinicWords } from "./language";
import { Gate } from "./plan/Gate";

interface Sent {
  item: string;
  sent_at: string;
  /** Null: it could not be opened, or is damaged. */
  text: string | null;
}

/** What was written, from a passage that was opened. */
function textOf(content: Uint8Array): string | null {
  const found: unknown = JSON.parse(new TextDecoder().decode(content));
  const text = typeof found === "object" && found !== null && "text" in found ? found.text : null;
  return typeof text === "string" ? text : null;
}

async function opened(user: string, texts: Texts): Promise<Sent[]> {
  const readable = texts.passages.filter(({ version }) => version !== null);
  const received = {
    owner: texts.owner ?? "",
    items: readable.map(({ version }) => version as ReceivedVersion),
    folders: [],
    owner_keys: texts.owner_keys as Received["owner_keys"],
    stopped_at: null,
    next: null,
  } satisfies Received;
  const read = await vaultWorker.ask("openShared", user, received.owner, received);
  return readable.map(({ item, sent_at }, at) => {
    const one = read[at];
    return { item, sent_at, text: one === undefined || "code" in one ? null : textOf(one.content) };
  });
}

/** The person's own words, decrypted on this device and nowhere else. */
export default function SentWords({ texts }: { readonly texts: Texts }): ReactElement {
  const { t } = useTranslation("texts");
  return (
    <Gate label={t("open")} why={t("sealed")}>
      <Opened texts={texts} />
    </Gate>
  );
}

function Opened({ texts }: { readonly texts: Texts }): ReactElement {
  const { t } = useTranslation("texts");
  const { moment } = useClinicWords();
  const { me } = useActive();
  const sent = useQuery({
    queryKey: ["shared", "passages", texts.owner, ...texts.passages.map(({ item }) => item)],
    queryFn: async () => {
      try {
        return await opened(me.id, texts);
      } catch (error) {
        if (error instanceof VaultError) return [];
        throw error;
      }
    },
    staleTime: Infinity,
    gcTime: 0,
    networkMode: "always",
    retry: false,
  });
  return (
    <Query query={sent}>
      {(all) =>
        all.length === 0 || all.some(({ text }) => text === null) ? (
          <Notice tone="attention" title={t("damaged")} testId="damaged" />
        ) : (
          <ul className="hc-plain" data-testid="sent-words">
            {all.map(({ item, sent_at, text }) => (
              <li key={item}>
                <blockquote className="hc-sent" dir="auto">{text}</blockquote>
                <span className="hf-soft hf-small">{t("sent", { when: moment(sent_at) })}</span>
              </li>
            ))}
          </ul>
        )
      }
    </Query>
  );
}
