import { Button, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { PasswordField } from "@/auth/PasswordField";
import { secretWord } from "@/auth/secretWord";
import { useSubmit } from "@/auth/useSubmit";
import { Notice, Panel } from "@/design";

import {
  passkeyWays,
  unlockByCode,
  unlockByPasskey,
  unlockByPassword,
  type Vault,
  wayIn,
} from "./access";
import { LostPassphrase } from "./LostPassphrase";
import { VaultProblem } from "./VaultProblem";

interface Props {
  vault: Vault;
  /** The keys on this device were replaced on another. */
  moved?: boolean;
  onDone: () => void;
  /** Other words than those of private writing: what is shared with somebody opens here, too. */
  title?: string;
  lead?: string;
}

/** Opens the vault on this device: with the password, a passkey, or the code after it was lost. */
export function Unlock({ vault, moved = false, onDone, title, lead }: Props): ReactElement {
  const { t } = useTranslation("vault");
  const { me } = useActive();
  const submit = useSubmit();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [lost, setLost] = useState(false);
  // After a recovery there is no way in by the new password yet.
  const byCode = wayIn(vault, "password") === undefined;
  const open = (work: () => Promise<void>): void =>
    void submit.run(async () => {
      await work();
      onDone();
    });
  if (lost) {
    return (
      <Panel title={title ?? t("unlock.title")}>
        <LostPassphrase vault={vault} onDone={onDone} onBack={() => setLost(false)} />
      </Panel>
    );
  }
  return (
    <Panel title={title ?? t("unlock.title")}>
      {moved ? <Notice tone="attention" title={t("keys:new.moved")} testId="keys-moved" /> : null}
      <p>
        {byCode
          ? t("unlock.by-code", secretWord(me))
          : (lead ?? t("unlock.by-password", secretWord(me)))}
      </p>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          open(() =>
            byCode ? unlockByCode(me, vault, code, password) : unlockByPassword(me, vault, password),
          );
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
          label={t("password", secretWord(me))}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
        />
        <Button type="submit" loading={submit.busy}>
          {t("unlock.submit")}
        </Button>
        {passkeyWays(vault).length === 0 ? null : (
          <PasskeyButton
            anew={byCode}
            busy={submit.busy || (byCode && password === "")}
            onPress={() => open(() => unlockByPasskey(me, vault, byCode ? password : null))}
          />
        )}
        {me.has_password ? null : (
          <Button variant="subtle" onClick={() => setLost(true)}>
            {t("passphrase.lost")}
          </Button>
        )}
      </form>
    </Panel>
  );
}

interface PasskeyProps {
  /** The password typed above becomes a way in again. */
  anew: boolean;
  busy: boolean;
  onPress: () => void;
}

function PasskeyButton({ anew, busy, onPress }: PasskeyProps): ReactElement {
  const { t } = useTranslation("keys");
  const { me } = useActive();
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFingerprint size={20} aria-hidden />}
        disabled={busy}
        onClick={onPress}
      >
        {t("passkey.unlock")}
      </Button>
      {anew ? <p className="hf-soft hf-small">{t("passkey.unlock-anew", secretWord(me))}</p> : null}
    </>
  );
}
