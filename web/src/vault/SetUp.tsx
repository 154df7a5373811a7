import { Button, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { PasswordField } from "@/auth/PasswordField";
import { secretWord } from "@/auth/secretWord";
import { useSubmit } from "@/auth/useSubmit";
import { Panel } from "@/design";

import { setUp } from "./access";
import { FirstPassphrase } from "./FirstPassphrase";
import { VaultProblem } from "./VaultProblem";

interface Props {
  onDone: () => void;
  /** Other words than those of private writing: who is shared with needs a key, too. */
  title?: string;
  lead?: string;
}

/** Begins the vault. Whoever has no password chooses a passphrase for it first. */
export function SetUp({ onDone, title, lead }: Props): ReactElement {
  const { t } = useTranslation("vault");
  const { me } = useActive();
  // Decided once: choosing the passphrase is one of two steps.
  const [first] = useState(!me.has_secret);
  return (
    <Panel title={title ?? t("set-up.title")}>
      <p>{first ? t("passphrase.lead") : (lead ?? t("set-up.lead", secretWord(me)))}</p>
      {first ? <FirstPassphrase onDone={onDone} /> : <WithCode onDone={onDone} />}
    </Panel>
  );
}

/** The password once, and the recovery code that was kept. */
function WithCode({ onDone }: { onDone: () => void }): ReactElement {
  const { t } = useTranslation("vault");
  const { me } = useActive();
  const submit = useSubmit();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  return (
    <>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit.run(async () => {
            await setUp(me, password, code);
            onDone();
          });
        }}
      >
        <VaultProblem error={submit.error} />
        <PasswordField
          label={t("password", secretWord(me))}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
        />
        <TextInput
          label={t("code")}
          description={t("set-up.code-hint")}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          dir="ltr"
          required
        />
        <p className="hf-soft hf-small">{t("set-up.lost", secretWord(me))}</p>
        <Button type="submit" loading={submit.busy}>
          {t("set-up.submit")}
        </Button>
      </form>
      <p>
        <Link to="/security">{t("set-up.new-code")}</Link>
      </p>
    </>
  );
}
