import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { useActive } from "@/api/session";
import { Notice, Panel } from "@/design";
import type { WireWrap } from "@/vault/engine/wire";

import { FormError } from "./FormError";
import { PasswordField } from "./PasswordField";
import { newRecoveryCode, recoverySecret } from "./recovery";
import { RecoveryCode } from "./RecoveryCode";
import { secretWord } from "./secretWord";
import { useSubmit } from "./useSubmit";

interface Fresh {
  code: string;
  secret: string;
  /** The vault's way in by the new code, for those who have a vault. */
  wrap: { vault_wrap?: WireWrap };
}

/** Replaces the recovery code. The old one works until the new one is confirmed as kept. */
export function NewRecoveryCode(): ReactElement {
  const { t } = useTranslation("auth");
  const { me } = useActive();
  const submit = useSubmit();
  const [password, setPassword] = useState("");
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const [done, setDone] = useState(false);
  return (
    <Panel title={t("new-code.title")}>
      <p>{t("new-code.lead")}</p>
      <FormError error={submit.error} />
      {done ? <Notice live title={t("new-code.done")} /> : null}
      {fresh === null ? (
        <form
          className="hf-stack"
          onSubmit={(event) => {
            event.preventDefault();
            void submit.run(async () => {
              const { secretFor } = await import("./derive");
              const secret = await secretFor(me.login, password);
              const code = newRecoveryCode();
              const { wrapForChange } = await import("@/vault/access");
              const wrap = await wrapForChange(me, password, { code });
              setPassword("");
              setDone(false);
              setFresh({ code, secret, wrap });
            });
          }}
        >
          <PasswordField
            label={t("password.current", secretWord(me))}
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            required
          />
          <Button type="submit" variant="default" loading={submit.busy}>
            {t("new-code.make")}
          </Button>
        </form>
      ) : (
        <RecoveryCode
          code={fresh.code}
          login={me.login}
          confirmLabel={t("new-code.replace")}
          busy={submit.busy}
          onKept={() =>
            void submit.run(async () => {
              await api.post("/me/recovery-code", {
                current_auth_secret: fresh.secret,
                recovery_secret: await recoverySecret(fresh.code),
                ...fresh.wrap,
              });
              setFresh(null);
              setDone(true);
            })
          }
        />
      )}
    </Panel>
  );
}
