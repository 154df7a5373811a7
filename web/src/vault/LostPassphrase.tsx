import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { PasswordField } from "@/auth/PasswordField";
import { useSubmit } from "@/auth/useSubmit";

import type { Vault } from "./access";
import { replacePassphrase, SHORTEST_PASSPHRASE } from "./passphrase";
import { VaultProblem } from "./VaultProblem";

interface Props {
  vault: Vault;
  onDone: () => void;
  onBack: () => void;
}

/** The recovery code, and a new passphrase; other devices are logged out. */
export function LostPassphrase({ vault, onDone, onBack }: Props): ReactElement {
  const { t } = useTranslation("vault");
  const { me } = useActive();
  const submit = useSubmit();
  const [code, setCode] = useState("");
  const [passphrase, setPassphrase] = useState("");
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit.run(async () => {
          await replacePassphrase(me, vault, code, passphrase);
          onDone();
        });
      }}
    >
      <p>{t("passphrase.lost-lead")}</p>
      <VaultProblem error={submit.error} />
      <TextInput
        label={t("code")}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        dir="ltr"
        required
      />
      <PasswordField
        label={t("passphrase.new")}
        description={t("passphrase.hint", { count: SHORTEST_PASSPHRASE })}
        autoComplete="new-password"
        minLength={SHORTEST_PASSPHRASE}
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
        required
      />
      <Button type="submit" loading={submit.busy}>
        {t("passphrase.replace")}
      </Button>
      <Button variant="subtle" onClick={onBack}>
        {t("common:back")}
      </Button>
    </form>
  );
}
