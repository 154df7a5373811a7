import { Button } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { useActive } from "@/api/session";
import { Notice, Panel } from "@/design";

import { FormError } from "./FormError";
import { PasswordField } from "./PasswordField";
import { secretWord } from "./secretWord";
import { useSubmit } from "./useSubmit";

/** Changes the password, or the vault passphrase of whoever has none. */
export function ChangePassword(): ReactElement {
  const { t } = useTranslation("auth");
  const { me } = useActive();
  const word = secretWord(me);
  const submit = useSubmit();
  const [done, setDone] = useState(false);
  const form = useForm({
    initialValues: { current: "", next: "" },
    validate: {
      current: (value) => (value === "" ? t("password.need-current", word) : null),
      next: (value) => (value.length < 10 ? t("register.need-password", { count: 10 }) : null),
    },
  });
  return (
    <Panel title={t("password.title", word)}>
      <form
        className="hf-stack"
        noValidate
        onSubmit={form.onSubmit(
          ({ current, next }) =>
            void submit.run(async () => {
              setDone(false);
              const { newSecret, secretFor } = await import("./derive");
              const old = await secretFor(me.login, current);
              const { wrapForChange } = await import("@/vault/access");
              const wrap = await wrapForChange(me, current, { password: next });
              const fresh = await newSecret(next);
              await api.post("/me/password", {
                current_auth_secret: old,
                new_auth_secret: fresh.secret,
                new_salt: fresh.salt,
                new_params: fresh.params,
                ...wrap,
              });
              form.reset();
              setDone(true);
            }),
        )}
      >
        <FormError error={submit.error} />
        {done ? <Notice live title={t("password.done", word)} /> : null}
        <PasswordField
          label={t("password.current", word)}
          autoComplete="current-password"
          {...form.getInputProps("current")}
        />
        <PasswordField
          label={t("password.next", word)}
          description={t("register.password-hint", { count: 10 })}
          autoComplete="new-password"
          {...form.getInputProps("next")}
        />
        <Button type="submit" variant="default" loading={submit.busy}>
          {t("password.submit", word)}
        </Button>
      </form>
    </Panel>
  );
}
