import { Button, Modal } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { VaultProblem } from "@/vault/VaultProblem";

import { PasswordField } from "./PasswordField";
import { secretWord } from "./secretWord";
import { useSubmit } from "./useSubmit";

type Work = (password: string) => Promise<void>;

interface AskPassword {
  /** Asks for the password, says what for, and hands it to the work. */
  ask: (why: string, work: Work) => void;
  dialog: ReactElement;
}

/** What changes a way in asks for one that there is: nobody else at an open screen can add theirs. */
export function usePassword(): AskPassword {
  const { t } = useTranslation("auth");
  const { me } = useActive();
  const submit = useSubmit();
  const [pending, setPending] = useState<{ why: string; work: Work } | null>(null);
  const [password, setPassword] = useState("");
  const close = (): void => {
    setPassword("");
    setPending(null);
    submit.setError(null);
  };
  const dialog = (
    <Modal
      opened={pending !== null}
      onClose={close}
      title={t("reauth.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit.run(async () => {
            await pending?.work(password);
            close();
          });
        }}
      >
        <p>{pending?.why}</p>
        <VaultProblem error={submit.error} />
        <PasswordField
          label={t("login.password", secretWord(me))}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
          data-autofocus
        />
        <Button type="submit" loading={submit.busy}>
          {t("common:continue")}
        </Button>
      </form>
    </Modal>
  );
  return { ask: (why, work) => setPending({ why, work }), dialog };
}
