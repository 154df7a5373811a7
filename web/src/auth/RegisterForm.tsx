import { Anchor, Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth, type Details } from "@/api/allauth";
import { ApiError } from "@/api/problems";
import { useConfig } from "@/api/session";
import type { Config, InvitationView } from "@/api/types";
import { Notice, Page } from "@/design";
import { COUNTRIES } from "@/safety/countries";
import { deviceTimeZone, useFormat } from "@/format";

import { CareTeamWords } from "./CareTeamWords";
import { FormError } from "./FormError";
import { PasswordField } from "./PasswordField";
import { ProviderButtons } from "./ProviderButtons";
import { journeyDone } from "./providers";
import { newRecoveryCode, recoverySecret } from "./recovery";
import { RecoveryCode } from "./RecoveryCode";
import { useSubmit } from "./useSubmit";

export type RegisterTarget =
  | { kind: "open"; practices: Config["practices"] }
  | { kind: "invitation"; token: string; invitation: InvitationView };

/** The identity provider that says who somebody is who joins without a password. */
export interface FromProvider {
  id: string;
  name: string;
}

interface Props {
  target: RegisterTarget;
  provider?: FromProvider;
}

const SHORTEST_PASSWORD = 10;

interface Fields {
  practice: string;
  chosenName: string;
  login: string;
  password: string;
  email: string;
  phone: string;
  country: string;
  adult: boolean;
  unreachable: boolean;
}

function bodyOf(fields: Fields, target: RegisterTarget, language: string): Details {
  const email = fields.email.trim();
  const phone = fields.phone.trim();
  return {
    username: fields.login.trim(),
    ...(email === "" ? {} : { email }),
    ...(phone === "" ? {} : { phone }),
    ...(target.kind === "open"
      ? { practice_id: fields.practice }
      : { invitation_token: target.token }),
    adult: true,
    chosen_name: fields.chosenName.trim(),
    time_zone: deviceTimeZone(),
    language,
    country: fields.country,
  };
}

/** Joining by an identity provider, where the installation has one. */
function OtherWays({ target }: { target: RegisterTarget }): ReactElement | null {
  const { t } = useTranslation("auth");
  const config = useConfig();
  if (config.data === undefined || config.data.providers.length === 0) return null;
  return (
    <>
      <ProviderButtons
        journey={{ next: "/", ...(target.kind === "invitation" ? { token: target.token } : {}) }}
      />
      <div className="hf-or">{t("or")}</div>
    </>
  );
}

export function RegisterForm({ target, provider }: Props): ReactElement {
  const { t, i18n } = useTranslation("auth");
  const format = useFormat();
  const navigate = useNavigate();
  const client = useQueryClient();
  const submit = useSubmit();
  const [code, setCode] = useState<string | null>(null);
  const [showCode, setShowCode] = useState(false);
  const isClient = target.kind === "open" || target.invitation.role === "client";
  const first = target.kind === "open" ? target.practices[0] : undefined;

  const form = useForm<Fields>({
    initialValues: {
      practice: first?.id ?? "",
      chosenName: "",
      login: "",
      password: "",
      email: target.kind === "invitation" ? (target.invitation.email ?? "") : "",
      phone: "",
      country: first?.country ?? "",
      adult: false,
      unreachable: false,
    },
    validate: {
      chosenName: (value) => (value.trim() === "" ? t("register.need-name") : null),
      login: (value) =>
        /^[\p{L}\p{N}._+-]{3,64}$/u.test(value.trim()) ? null : t("register.need-login"),
      password: (value, all) => {
        if (provider !== undefined) return null;
        if (value.length < SHORTEST_PASSWORD) {
          return t("register.need-password", { count: SHORTEST_PASSWORD });
        }
        return value.toLowerCase() === all.login.toLowerCase() ? t("register.same") : null;
      },
      email: (value) =>
        value.trim() === "" || /^\S+@\S+\.\S+$/.test(value.trim()) ? null : t("register.bad-email"),
      adult: (value) => (value ? null : t("register.need-adult")),
      unreachable: (value, all) =>
        !isClient || all.email.trim() !== "" || all.phone.trim() !== "" || value
          ? null
          : t("register.need-unreachable"),
    },
  });

  const unreachable =
    isClient && form.values.email.trim() === "" && form.values.phone.trim() === "";

  const details = (): Details => bodyOf(form.values, target, i18n.language);

  const withPassword = async (kept: string): Promise<void> => {
    const { newSecret } = await import("./derive");
    const { salt, params, secret } = await newSecret(form.values.password);
    await allauth.session();
    await allauth.signUp({
      ...details(),
      password: secret,
      kdf_salt: salt,
      kdf_params: params,
      recovery_secret: (await recoverySecret(kept)) ?? "",
    });
    // Staff go on to set up a second factor, for which the password counts as just given.
    if (!isClient) await allauth.reauthenticate(secret);
  };

  const create = async (): Promise<void> => {
    try {
      if (provider !== undefined) {
        await allauth.session();
        await allauth.signUpFromProvider(details());
        journeyDone();
      } else if (code !== null) {
        await withPassword(code);
      }
    } catch (error) {
      setShowCode(false);
      if (error instanceof ApiError) {
        for (const { field, code: why } of error.fields) {
          if (field === "username" || field === "login") {
            form.setFieldError("login", t(why === "name-taken" ? "register.taken" : "register.need-login"));
          }
          if (field === "email") form.setFieldError("email", t("register.bad-email"));
        }
      }
      throw error;
    }
    await client.resetQueries({ queryKey: ["me"] });
    await navigate({ to: isClient ? "/" : "/security" });
  };

  if (showCode && code !== null) {
    return (
      <Page key="code" title={t("code.title")} lead={t("code.lead")}>
        <FormError error={submit.error} />
        <RecoveryCode
          code={code}
          login={form.values.login.trim()}
          confirmLabel={t("register.create")}
          busy={submit.busy}
          onKept={() => void submit.run(create)}
        />
        <Button variant="subtle" onClick={() => setShowCode(false)}>
          {t("common:back")}
        </Button>
      </Page>
    );
  }

  return (
    <Page
      key="details"
      title={t("register.title")}
      lead={
        target.kind === "invitation"
          ? t("join.lead", {
              practice: target.invitation.practice.name,
              role: t(`roles.${target.invitation.role}`),
            })
          : t(provider === undefined ? "register.lead" : "provider.join-lead", {
              name: provider?.name,
            })
      }
    >
      {provider === undefined ? (
        <OtherWays target={target} />
      ) : (
        <Notice title={t("provider.from", { name: provider.name })}>
          <p>{t("provider.have-account")}</p>
        </Notice>
      )}
      <form
        className="hf-stack"
        noValidate
        onSubmit={form.onSubmit(
          () => {
            if (provider !== undefined) {
              void submit.run(create);
              return;
            }
            setCode((kept) => kept ?? newRecoveryCode());
            setShowCode(true);
            submit.setError(null);
          },
          (errors) => {
            const firstWrong = Object.keys(errors)[0];
            if (firstWrong !== undefined) form.getInputNode(firstWrong)?.focus();
          },
        )}
      >
        <FormError error={submit.error} />
        {target.kind === "open" && target.practices.length > 1 ? (
          <NativeSelect
            label={t("register.practice")}
            data={target.practices.map((each) => ({ value: each.id, label: each.name }))}
            {...form.getInputProps("practice")}
          />
        ) : null}
        {target.kind === "open" && target.practices.length === 1 && first !== undefined ? (
          <p>{t("register.with", { practice: first.name })}</p>
        ) : null}
        <TextInput
          label={t("register.chosen-name")}
          description={t("register.chosen-name-hint")}
          autoComplete="nickname"
          required
          {...form.getInputProps("chosenName")}
        />
        <TextInput
          label={t("register.login")}
          description={t(provider === undefined ? "register.login-hint" : "provider.login-hint")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          {...form.getInputProps("login")}
        />
        {provider === undefined ? (
          <PasswordField
            label={t("register.password")}
            description={t("register.password-hint", { count: SHORTEST_PASSWORD })}
            autoComplete="new-password"
            required
            {...form.getInputProps("password")}
          />
        ) : null}
        <TextInput
          label={`${t("register.email")} (${t("common:optional")})`}
          description={t("register.email-hint")}
          type="email"
          autoComplete="email"
          {...form.getInputProps("email")}
        />
        {isClient ? (
          <>
            <TextInput
              label={`${t("register.phone")} (${t("common:optional")})`}
              description={t("register.phone-hint")}
              type="tel"
              autoComplete="tel"
              dir="ltr"
              {...form.getInputProps("phone")}
            />
            <NativeSelect
              label={t("register.country")}
              description={t("register.country-hint")}
              data={[
                { value: "", label: t("register.country-choose") },
                ...COUNTRIES.map((each) => ({ value: each, label: format.country(each) })),
              ]}
              {...form.getInputProps("country")}
            />
          </>
        ) : null}
        {unreachable ? (
          <Notice tone="attention" live testId="unreachable" title={t("register.unreachable-title")}>
            <p>{t("register.unreachable-text")}</p>
            <Checkbox
              mt="sm"
              label={t("register.unreachable-ok")}
              {...form.getInputProps("unreachable", { type: "checkbox" })}
            />
          </Notice>
        ) : null}
        <Checkbox
          label={t("register.adult")}
          required
          {...form.getInputProps("adult", { type: "checkbox" })}
        />
        {isClient ? <CareTeamWords /> : null}
        <Button type="submit" size="lg" loading={submit.busy}>
          {t(provider === undefined ? "common:continue" : "register.create")}
        </Button>
        {provider === undefined ? (
          <p className="hf-soft hf-small">{t("register.how-password")}</p>
        ) : null}
      </form>
      <Anchor component={Link} to="/login">
        {t("register.have-account")}
      </Anchor>
    </Page>
  );
}
