import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { secretWord } from "@/auth/secretWord";
import { Query } from "@/design";
import { SetUp } from "@/vault/SetUp";
import { Unlock } from "@/vault/Unlock";
import { type Access, useAccess } from "@/vault/useJournal";

interface Props {
  /** On the button that opens the vault. */
  readonly label: string;
  readonly why: string;
  readonly children: ReactNode;
}

/** What needs the reader's own key: asked for when they want it, not before. */
export function Gate({ label, why, children }: Props): ReactElement {
  const { me } = useActive();
  const access = useAccess(me.id);
  return (
    <Query query={access}>
      {(found) => (found.state === "open" ? children : <Shut access={found} label={label} why={why} />)}
    </Query>
  );
}

type ShutProps = Omit<Props, "children"> & { readonly access: Exclude<Access, { state: "open" }> };

function Shut({ access, label, why }: ShutProps): ReactElement {
  const { t } = useTranslation("sharing");
  const word = secretWord(useActive().me);
  const client = useQueryClient();
  const [opening, setOpening] = useState(false);
  const again = (): void => void client.invalidateQueries({ queryKey: ["vault-access"] });
  if (!opening) {
    return (
      <div className="hf-row" data-testid="plan-locked">
        <span>{why}</span>
        <Button size="sm" variant="default" onClick={() => setOpening(true)}>
          {label}
        </Button>
      </div>
    );
  }
  if (access.state === "none") {
    return (
      <SetUp onDone={again} title={t("reader.setup-title")} lead={t("reader.setup-lead", word)} />
    );
  }
  return (
    <Unlock
      vault={access.vault}
      onDone={again}
      title={label}
      lead={t("reader.unlock-lead", word)}
    />
  );
}
