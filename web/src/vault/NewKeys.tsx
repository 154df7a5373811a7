import { Button, Checkbox } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { PasswordField } from "@/auth/PasswordField";
import { RecoveryCode } from "@/auth/RecoveryCode";
import { secretWord } from "@/auth/secretWord";
import { useSubmit } from "@/auth/useSubmit";
import { Notice, Panel, Query } from "@/design";

import {
  fetchVault,
  passkeyWays,
  type Prepared,
  prepareKeys,
  replaceKeys,
  type Vault,
} from "./access";
import { VaultProblem } from "./VaultProblem";

const POINTS = ["later", "code", "devices", "told"] as const;

/** "I think someone had my keys": new ones, with every way in made anew and all history kept. */
export default function NewKeys(): ReactElement {
  const { t } = useTranslation("keys");
  const { me } = useActive();
  const vault = useQuery({ queryKey: ["vault-ways", me.id], queryFn: fetchVault });
  return (
    <Panel title={t("new.does")} testId="new-keys">
      <p>{t("new.lead")}</p>
      <ul>
        {POINTS.map((each) => (
          <li key={each}>{t(`new.points.${each}`, secretWord(me))}</li>
        ))}
      </ul>
      <p>{t("new.cannot")}</p>
      <p>
        {t("new.password-first", secretWord(me))}{" "}
        <Link to="/security">{t("new.change-password", secretWord(me))}</Link>
      </p>
      <Query query={vault}>{(found) => <Change vault={found} />}</Query>
    </Panel>
  );
}

function Change({ vault }: { vault: Vault }): ReactElement {
  const { t } = useTranslation("keys");
  const { me } = useActive();
  const client = useQueryClient();
  const submit = useSubmit();
  const [prepared, setPrepared] = useState<Prepared | null>(null);
  const [done, setDone] = useState(false);
  if (done) return <Notice live title={t("new.done")} />;
  if (prepared === null) return <Begin vault={vault} onPrepared={setPrepared} />;
  return (
    <section className="hf-stack">
      <h3>{t("new.code-title")}</h3>
      <p>{t("new.code-lead")}</p>
      <VaultProblem error={submit.error} />
      <RecoveryCode
        code={prepared.code}
        login={me.login}
        confirmLabel={t("new.finish")}
        busy={submit.busy}
        onKept={() =>
          void submit.run(async () => {
            await replaceKeys(me, prepared);
            setDone(true);
            await client.invalidateQueries({ queryKey: ["vault-ways"] });
          })
        }
      />
    </section>
  );
}

interface BeginProps {
  vault: Vault;
  onPrepared: (made: Prepared) => void;
}

function Begin({ vault, onPrepared }: BeginProps): ReactElement {
  const { t } = useTranslation("keys");
  const { me } = useActive();
  const submit = useSubmit();
  const [password, setPassword] = useState("");
  const [kept, setKept] = useState<string[]>([]);
  const opening = new Set(passkeyWays(vault).map((way) => way.credential));
  const passkeys = vault.passkeys.filter((each) => opening.has(each.credential));
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit.run(async () => onPrepared(await prepareKeys(me, vault, password, kept)));
      }}
    >
      <VaultProblem error={submit.error} />
      {passkeys.length === 0 ? null : (
        <Checkbox.Group
          label={t("new.keep")}
          description={t("new.keep-hint")}
          value={kept}
          onChange={setKept}
        >
          {passkeys.map((each) => (
            <Checkbox key={each.id} value={each.credential} label={each.name} mt="xs" />
          ))}
        </Checkbox.Group>
      )}
      <PasswordField
        label={t("new.password", secretWord(me))}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
      />
      <Button type="submit" variant="default" loading={submit.busy}>
        {t("new.begin")}
      </Button>
    </form>
  );
}
