import { Button } from "@mantine/core";
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { secretWord } from "@/auth/secretWord";
import { usePassword } from "@/auth/usePassword";

import { addPasskey, dropPasskey, exists, fetchVault, passkeyWays, type Vault } from "./access";

const useVault = (user: string): UseQueryResult<Vault> =>
  useQuery({ queryKey: ["vault-ways", user], queryFn: fetchVault });

interface Props {
  /** allauth's number of the passkey. */
  id: number;
  name: string;
}

/** Whether a passkey opens the vault, and the way to change it; nothing for whoever has no vault. */
export function PasskeyWay({ id, name }: Props): ReactElement | null {
  const { t } = useTranslation("keys");
  const { me } = useActive();
  const client = useQueryClient();
  const { ask, dialog } = usePassword();
  const [said, setSaid] = useState("");
  const { data: vault } = useVault(me.id);
  const passkey = vault?.passkeys.find((each) => each.id === id);
  if (vault === undefined || !exists(vault) || passkey === undefined) return null;
  const opens = passkeyWays(vault).some((way) => way.credential === passkey.credential);
  const change = async (work: Promise<void>, words: string): Promise<void> => {
    await work;
    await client.invalidateQueries({ queryKey: ["vault-ways"] });
    setSaid(words);
  };
  return (
    <div className="hf-row">
      {dialog}
      <span role="status" className="hf-small">
        {said === "" && opens ? t("passkey.opens") : said}
      </span>
      {opens ? (
        <Button
          variant="subtle"
          aria-label={t("passkey.drop-named", { name })}
          onClick={() =>
            ask(t("passkey.ask-drop", secretWord(me)), (password) =>
              change(dropPasskey(me, id, password), t("passkey.dropped")),
            )
          }
        >
          {t("passkey.drop")}
        </Button>
      ) : (
        <Button
          variant="default"
          aria-label={t("passkey.add-named", { name })}
          onClick={() =>
            ask(t("passkey.ask-add", secretWord(me)), (password) =>
              change(addPasskey(me, vault, passkey.credential, password), t("passkey.added")),
            )
          }
        >
          {t("passkey.add")}
        </Button>
      )}
    </div>
  );
}
