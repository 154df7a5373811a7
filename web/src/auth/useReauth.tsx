import { Button, Modal } from "@mantine/core";
import { type ReactElement, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth } from "@/api/allauth";
import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";

import { FormError } from "./FormError";
import { PasswordField } from "./PasswordField";
import { AgainAtProvider } from "./ProviderButtons";
import { secretWord } from "./secretWord";
import { useSubmit } from "./useSubmit";

const needsPassword = (error: unknown): boolean =>
  error instanceof ApiError && error.code === "reauthenticate";

interface Reauth {
  /** Runs the work; when the server wants to see the password again, asks and runs it once more. */
  run: (work: () => Promise<void>) => Promise<void>;
  busy: boolean;
  error: unknown;
  dialog: ReactElement;
}

export function useReauth(): Reauth {
  const { t } = useTranslation("auth");
  const { me } = useActive();
  const outer = useSubmit();
  const inner = useSubmit();
  const [pending, setPending] = useState<(() => Promise<void>) | null>(null);
  const [password, setPassword] = useState("");

  const runOuter = outer.run;
  const run = useCallback(
    (work: () => Promise<void>) =>
      runOuter(async () => {
        try {
          await work();
        } catch (error) {
          if (!needsPassword(error)) throw error;
          setPending(() => work);
        }
      }),
    [runOuter],
  );

  const dialog = (
    <Modal
      opened={pending !== null}
      onClose={() => setPending(null)}
      title={t("reauth.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      {me.has_secret ? null : <AgainAtProvider />}
      {me.has_secret ? (
        <form
          className="hf-stack"
          onSubmit={(event) => {
            event.preventDefault();
            void inner.run(async () => {
              const { secretFor } = await import("./derive");
              await allauth.reauthenticate(await secretFor(me.login, password));
              const work = pending;
              setPassword("");
              setPending(null);
              if (work !== null) await run(work);
            });
          }}
        >
          <p>{t("reauth.lead", secretWord(me))}</p>
          <FormError error={inner.error} />
          <PasswordField
            label={t("login.password", secretWord(me))}
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            required
            data-autofocus
          />
          <Button type="submit" loading={inner.busy}>
            {t("common:continue")}
          </Button>
        </form>
      ) : null}
    </Modal>
  );
  return { run, busy: outer.busy, error: outer.error, dialog };
}
