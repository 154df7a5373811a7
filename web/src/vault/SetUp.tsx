import { Button, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { PasswordField } from "@/auth/PasswordField";
import { useSubmit } from "@/auth/useSubmit";
import { Panel } from "@/design";

import { setUp } from "./access";
import { VaultProblem } from "./VaultProblem";

interface Props {
  onDone: () => void;
  /** Other words than those of private writing: who is shared with needs a key, too. */
  title?: string;
  lead?: string;
}

/** Begins the vault: the password once, and the recovery code that was kept at registration. */
export function SetUp({ onDone, title, lead }: Props): ReactElement {
  const { t } = useTranslation("vault");
  const { me } = useActive();
  const submit = useSubmit();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  return (
    <Panel title={title ?? t("set-up.title")}>
      <p>{lead ?? t("set-up.lead")}</p>
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
          label={t("password")}
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
        <p className="hf-soft hf-small">{t("set-up.lost")}</p>
        <Button type="submit" loading={submit.busy}>
          {t("set-up.submit")}
        </Button>
      </form>
      <p>
        <Link to="/security">{t("set-up.new-code")}</Link>
      </p>
    </Panel>
  );
}
