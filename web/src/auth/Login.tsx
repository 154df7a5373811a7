import { Anchor, Button, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactElement, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth, type LoginOutcome } from "@/api/allauth";
import { api } from "@/api/client";
import { ApiError } from "@/api/problems";
import { useConfig } from "@/api/session";
import { type DemoAccount, type Items, itemsOf } from "@/api/types";
import { Page, Panel } from "@/design";
import { deliverNow } from "@/queue/outbox";

import "./auth.css";
import type { Derived } from "./derive";
import { FormError } from "./FormError";
import { askPasskey } from "./passkeyLogin";
import { PasswordField } from "./PasswordField";
import { ProviderButtons } from "./ProviderButtons";
import { SecondStep } from "./SecondStep";
import { useSubmit } from "./useSubmit";

/** Only paths of this app: an address from elsewhere in `next` must not lead anybody away. */
export function safeNext(next: unknown): string {
  if (typeof next !== "string" || !/^\/(?![/\\])/.test(next)) return "/";
  return next;
}

const demoAccounts = async (): Promise<DemoAccount[]> =>
  itemsOf(await api.get<DemoAccount[] | Items<DemoAccount>>("/demo/accounts"));

/** A demo account's code of this very moment: one that came with the page may have run out. */
async function presentCode(account: DemoAccount): Promise<string> {
  const found = (await demoAccounts()).find((each) => each.login === account.login);
  return found?.totp_code ?? "";
}

/** Once more where the half minute ended between asking for the code and sending it. */
async function withPresentCode(account: DemoAccount): Promise<LoginOutcome> {
  const code = await presentCode(account);
  try {
    return await allauth.secondFactor(code);
  } catch (error) {
    const next = await presentCode(account);
    if (next === code) throw error;
    return allauth.secondFactor(next);
  }
}

export default function Login(): ReactElement {
  const { t } = useTranslation("auth");
  const search: { next?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const client = useQueryClient();
  const submit = useSubmit();
  const config = useConfig();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [factors, setFactors] = useState<string[] | null>(null);
  // What was logged in with: its cost may have to be raised once somebody is in.
  const used = useRef<{ password: string; now: Derived } | null>(null);

  const arrive = async (outcome: LoginOutcome, demo: DemoAccount | null = null): Promise<void> => {
    if (outcome.kind === "second-factor") {
      if (demo !== null) return arrive(await withPresentCode(demo));
      setFactors(outcome.types);
      return undefined;
    }
    setPassword("");
    const asked = config.data?.kdf;
    if (used.current !== null && asked !== undefined) {
      const { password: secret, now } = used.current;
      used.current = null;
      void import("./cost").then(({ raiseCost }) => raiseCost(secret, now, asked));
    }
    await client.resetQueries({ queryKey: ["me"] });
    deliverNow();
    await navigate({ to: safeNext(search.next) });
    return undefined;
  };

  const enter = async (name: string, secret: string, demo: DemoAccount | null): Promise<void> => {
    const { derivedFor } = await import("./derive");
    await allauth.session();
    try {
      const now = await derivedFor(name, secret);
      const outcome = await allauth.login(name, now.secret);
      used.current = demo === null ? { password: secret, now } : null;
      await arrive(outcome, demo);
    } catch (error) {
      // allauth answers 400 for a pair that does not fit, whatever the reason: one sentence for all.
      if (error instanceof ApiError && error.status === 400) {
        throw new ApiError(400, "wrong-secret", "");
      }
      throw error;
    }
  };

  const passkey = async (): Promise<void> => {
    const outcome = await askPasskey(false);
    used.current = null;
    await arrive(outcome);
  };

  if (factors !== null) {
    return (
      <SecondStep
        factors={factors}
        onOutcome={(outcome) => arrive(outcome)}
        onBack={() => setFactors(null)}
      />
    );
  }

  return (
    <Page key="first" title={t("login.title")}>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit.run(() => enter(login.trim(), password, null));
        }}
      >
        <FormError error={submit.error} />
        <TextInput
          label={t("login.name")}
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          required
        />
        <PasswordField
          label={t("login.password")}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
        />
        <Button type="submit" loading={submit.busy}>
          {t("login.submit")}
        </Button>
        {submit.busy ? (
          <p className="hf-soft hf-small" role="status">
            {t("login.working")}
          </p>
        ) : null}
      </form>
      <div className="hf-or">{t("or")}</div>
      <ProviderButtons journey={{ next: safeNext(search.next) }} />
      <Button
        variant="default"
        leftSection={<IconFingerprint size={20} aria-hidden />}
        onClick={() => void submit.run(passkey)}
      >
        {t("login.passkey")}
      </Button>
      <p>
        <Anchor component={Link} to="/recover">
          {t("login.forgot")}
        </Anchor>
        {" · "}
        <Anchor component={Link} to="/register">
          {t("login.register")}
        </Anchor>
      </p>
      <DemoAccounts
        onChoose={(account) =>
          void submit.run(async () => {
            setLogin(account.login);
            await enter(account.login, account.password, account);
          })
        }
      />
      <Build />
    </Page>
  );
}

/** What was built, in groups that can be read out; the development server builds nothing. */
function Build(): ReactElement | null {
  const { t } = useTranslation("auth");
  const found = document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content ?? "";
  const groups = /^[0-9a-f]{64}$/.test(found) ? found.match(/.{8}/g) : null;
  if (groups === null) return null;
  return (
    <details className="hf-soft hf-small" data-testid="build">
      <summary>
        {t("login.build")} <code dir="ltr">{groups[0]}</code>
      </summary>
      <p>
        <code dir="ltr">{groups.join(" ")}</code>
      </p>
      <p>{t("login.build-how")}</p>
    </details>
  );
}

function DemoAccounts({ onChoose }: { onChoose: (account: DemoAccount) => void }): ReactElement | null {
  const { t } = useTranslation("auth");
  const config = useConfig();
  const accounts = useQuery({
    queryKey: ["demo-accounts"],
    queryFn: demoAccounts,
    enabled: config.data?.demo === true,
    staleTime: 0,
  });
  if (accounts.data === undefined) return null;
  return (
    <Panel title={t("demo.title")} tone="calm">
      <p className="hf-small">{t("demo.lead")}</p>
      <div className="hf-buttons">
        {accounts.data.map((account) => (
          <Button
            key={account.login}
            variant="default"
            data-testid={`demo-${account.login}`}
            onClick={() => onChoose(account)}
          >
            {account.display_name} · {t(`roles.${account.role}`)}
          </Button>
        ))}
      </div>
    </Panel>
  );
}
