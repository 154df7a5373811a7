import { type ReactElement, use } from "react";
import { useTranslation } from "react-i18next";

import { ActiveContext } from "@/api/session";
import { FormError } from "@/auth/FormError";
import { secretWord } from "@/auth/secretWord";
import { Notice } from "@/design";

import { VaultError } from "./engine/errors";

/** What went wrong with the vault, in words. */
export function VaultProblem({ error }: { error: unknown }): ReactElement | null {
  const { t } = useTranslation("vault");
  const active = use(ActiveContext);
  if (!(error instanceof VaultError)) return <FormError error={error} />;
  return (
    <div role="alert">
      <Notice tone="attention">
        <p>{t(`errors.${error.code}`, active === null ? {} : secretWord(active.me))}</p>
      </Notice>
    </div>
  );
}
