import { Button, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth, type LoginOutcome } from "@/api/allauth";
import { ApiError } from "@/api/problems";
import { Page } from "@/design";

import { FormError } from "./FormError";
import { askPasskey } from "./passkeyLogin";
import { useSubmit } from "./useSubmit";

interface Props {
  /** The kinds of second factor that the account has. */
  factors: readonly string[];
  onOutcome: (outcome: LoginOutcome) => Promise<void>;
  onBack: () => void;
}

/** The second factor, after the password or the identity provider. */
export function SecondStep({ factors, onOutcome, onBack }: Props): ReactElement {
  const { t } = useTranslation("auth");
  const submit = useSubmit();
  const [code, setCode] = useState("");
  return (
    <Page key="second" title={t("second.title")} lead={t("second.lead")}>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit.run(async () => {
            try {
              await onOutcome(await allauth.secondFactor(code.replaceAll(/\s/g, "")));
            } catch (error) {
              setCode("");
              throw error instanceof ApiError && error.status === 400
                ? new ApiError(400, "wrong-code", "")
                : error;
            }
          });
        }}
      >
        <FormError error={submit.error} />
        <TextInput
          label={t("second.code")}
          description={t("second.hint")}
          inputMode="text"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          required
          // The one thing to do on this screen.
          data-autofocus
        />
        <Button type="submit" loading={submit.busy}>
          {t("second.submit")}
        </Button>
        {factors.includes("webauthn") ? (
          <Button
            variant="default"
            leftSection={<IconFingerprint size={20} aria-hidden />}
            onClick={() => void submit.run(async () => onOutcome(await askPasskey(true)))}
          >
            {t("second.passkey")}
          </Button>
        ) : null}
        <Button variant="subtle" onClick={onBack}>
          {t("second.back")}
        </Button>
      </form>
    </Page>
  );
}
