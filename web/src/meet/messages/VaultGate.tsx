import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { secretWord } from "@/auth/secretWord";
import { Query } from "@/design";
import { SetUp } from "@/vault/SetUp";
import { Unlock } from "@/vault/Unlock";
import { useAccess } from "@/vault/useJournal";

/** What is inside needs the reader's own keys: made once, opened on each device. */
export function VaultGate({ children }: { readonly children: ReactNode }): ReactElement {
  const { t } = useTranslation("messages");
  const { me } = useActive();
  const client = useQueryClient();
  const again = (): void => void client.invalidateQueries({ queryKey: ["vault-access"] });
  const access = useAccess(me.id);
  return (
    <Query query={access}>
      {(found) => {
        if (found.state === "open") return children;
        const words = { title: t("keys.title"), lead: t("keys.lead", secretWord(me)) };
        if (found.state === "none") return <SetUp onDone={again} {...words} />;
        return (
          <Unlock vault={found.vault} moved={found.moved ?? false} onDone={again} {...words} />
        );
      }}
    </Query>
  );
}
