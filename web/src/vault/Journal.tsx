import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { secretWord } from "@/auth/secretWord";
import { Query } from "@/design";

import { Entries } from "./Entries";
import { Keys } from "./Keys";
import { SetUp } from "./SetUp";
import { SomebodyLeft, WhoReads } from "./sharing/WhoReads";
import { Unlock } from "./Unlock";
import { useAccess } from "./useJournal";
import { vaultWorker } from "./worker";
import "./vault.css";

/** Private writing: set up once, opened on each device, and closed again by a tap. */
export default function Journal(): ReactElement {
  const { t } = useTranslation("vault");
  const { me } = useActive();
  const client = useQueryClient();
  const access = useAccess(me.id);
  const again = (): void => void client.invalidateQueries({ queryKey: ["vault-access"] });
  const lock = async (): Promise<void> => {
    await vaultWorker.ask("lock", me.id);
    client.removeQueries({ queryKey: ["journal"] });
    client.removeQueries({ queryKey: ["vault-photo"] });
    again();
  };
  return (
    <>
      <WhoReads />
      <Query query={access}>
        {(found) => {
          if (found.state === "none") return <SetUp onDone={again} />;
          if (found.state === "locked") {
            return <Unlock vault={found.vault} moved={found.moved ?? false} onDone={again} />;
          }
          return (
            <>
              <SomebodyLeft />
              <Entries />
              <div>
                <Button variant="subtle" onClick={() => void lock()}>
                  {t("lock")}
                </Button>
                <p className="hf-soft hf-small">{t("lock-hint", secretWord(me))}</p>
              </div>
              <Keys />
            </>
          );
        }}
      </Query>
    </>
  );
}
