import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";
import { PasswordField } from "@/auth/PasswordField";
import { AgainAtProvider } from "@/auth/ProviderButtons";
import { newRecoveryCode, recoverySecret } from "@/auth/recovery";
import { RecoveryCode } from "@/auth/RecoveryCode";
import { useSubmit } from "@/auth/useSubmit";

import { setUp } from "./access";
import { setPassphrase, SHORTEST_PASSPHRASE } from "./passphrase";
import { VaultProblem } from "./VaultProblem";

/**
 * Begins the vault of somebody who has no password: a passphrase, and the recovery code beside it.
 *
 * The server learns of both before the code is shown: it may first ask for a sign-in at the provider.
 */
export function FirstPassphrase({ onDone }: { onDone: () => void }): ReactElement {
  const { t } = useTranslation("vault");
  const { me } = useActive();
  const client = useQueryClient();
  const submit = useSubmit();
  const [passphrase, setTyped] = useState("");
  const [code, setCode] = useState<string | null>(null);

  if (code !== null) {
    return (
      <>
        <VaultProblem error={submit.error} />
        <RecoveryCode
          code={code}
          login={me.login}
          confirmLabel={t("set-up.submit")}
          busy={submit.busy}
          onKept={() =>
            void submit.run(async () => {
              await setUp(me, passphrase, code);
              await client.invalidateQueries({ queryKey: ["me"] });
              onDone();
            })
          }
        />
      </>
    );
  }
  const again = submit.error instanceof ApiError && submit.error.code === "sign-in-again";
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit.run(async () => {
          const fresh = newRecoveryCode();
          await setPassphrase(passphrase, (await recoverySecret(fresh)) ?? "");
          setCode(fresh);
        });
      }}
    >
      {again ? <AgainAtProvider /> : <VaultProblem error={submit.error} />}
      <PasswordField
        label={t("passphrase.new")}
        description={t("passphrase.hint", { count: SHORTEST_PASSPHRASE })}
        autoComplete="new-password"
        minLength={SHORTEST_PASSPHRASE}
        value={passphrase}
        onChange={(event) => setTyped(event.currentTarget.value)}
        required
      />
      <p className="hf-soft hf-small">{t("passphrase.why")}</p>
      <Button type="submit" loading={submit.busy}>
        {t("passphrase.next")}
      </Button>
    </form>
  );
}
