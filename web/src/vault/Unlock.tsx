import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { PasswordField } from "@/auth/PasswordField";
import { useSubmit } from "@/auth/useSubmit";
import { Panel } from "@/design";

import { unlockByCode, unlockByPassword, type Vault, wayIn } from "./access";
import { VaultProblem } from "./VaultProblem";

interface Props {
  vault: Vault;
  onDone: () => void;
  /** Other words than those of private writing: what is shared with somebody opens here, too. */
  title?: string;
  lead?: string;
}

/** Opens the vault on this device: with the password, or with the recovery code after it was lost. */
export function Unlock({ vault, onDone, title, lead }: Props): ReactElement {
  const { t } = useTranslation("vault");
  const { me } = useActive();
  const submit = useSubmit();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  // After a recovery there is no way in by the new password yet.
  const byCode = wayIn(vault, "password") === undefined;
  return (
    <Panel title={title ?? t("unlock.title")}>
      <p>{byCode ? t("unlock.by-code") : (lead ?? t("unlock.by-password"))}</p>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit.run(async () => {
            if (byCode) await unlockByCode(me, vault, code, password);
            else await unlockByPassword(me, vault, password);
            onDone();
          });
        }}
      >
        <VaultProblem error={submit.error} />
        {byCode ? (
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
        ) : null}
        <PasswordField
          label={t("password")}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
        />
        <Button type="submit" loading={submit.busy}>
          {t("unlock.submit")}
        </Button>
      </form>
    </Panel>
  );
}
