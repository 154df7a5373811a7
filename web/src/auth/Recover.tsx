import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth } from "@/api/allauth";
import { api } from "@/api/client";
import { ApiError } from "@/api/problems";
import { Notice, Page } from "@/design";

import { FormError } from "./FormError";
import { PasswordField } from "./PasswordField";
import { decodeRecovery, recoverySecret } from "./recovery";
import { useSubmit } from "./useSubmit";

/** A new password by means of the recovery code. */
export default function Recover(): ReactElement {
  const { t } = useTranslation("auth");
  const submit = useSubmit();
  const [done, setDone] = useState(false);
  const form = useForm({
    initialValues: { login: "", code: "", password: "" },
    validate: {
      login: (value) => (value.trim() === "" ? t("register.need-login") : null),
      code: (value) => (decodeRecovery(value) === null ? t("recover.bad-code") : null),
      password: (value) => (value.length < 10 ? t("register.need-password", { count: 10 }) : null),
    },
  });

  const recover = async ({ login, code, password }: typeof form.values): Promise<void> => {
    const { newSecret } = await import("./derive");
    const fresh = await newSecret(password);
    await allauth.session();
    try {
      await api.post("/auth/recover", {
        login: login.trim(),
        recovery_secret: await recoverySecret(code),
        new_salt: fresh.salt,
        new_params: fresh.params,
        new_auth_secret: fresh.secret,
      });
    } catch (error) {
      if (error instanceof ApiError && [400, 401, 403, 404, 422].includes(error.status)) {
        throw new ApiError(error.status, "wrong-recovery-code", "");
      }
      throw error;
    }
    setDone(true);
  };

  if (done) {
    return (
      <Page key="done" title={t("recover.done")}>
        <Notice title={t("recover.done-text")} />
        <Button component={Link} to="/login">
          {t("login.submit")}
        </Button>
      </Page>
    );
  }
  return (
    <Page key="form" title={t("recover.title")} lead={t("recover.lead")}>
      <form
        className="hf-stack"
        noValidate
        onSubmit={form.onSubmit((values) => void submit.run(() => recover(values)))}
      >
        <FormError error={submit.error} />
        <TextInput
          label={t("login.name")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          {...form.getInputProps("login")}
        />
        <TextInput
          label={t("recover.code")}
          description={t("recover.code-hint")}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          dir="ltr"
          required
          {...form.getInputProps("code")}
        />
        <PasswordField
          label={t("recover.password")}
          description={t("register.password-hint", { count: 10 })}
          autoComplete="new-password"
          required
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={submit.busy}>
          {t("recover.submit")}
        </Button>
      </form>
      <p className="hf-soft">{t("recover.no-code")}</p>
    </Page>
  );
}
