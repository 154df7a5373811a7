import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { FormError } from "@/auth/FormError";
import { Notice } from "@/design";

import { VaultError } from "./engine/errors";

/** What went wrong with the vault, in words. */
export function VaultProblem({ error }: { error: unknown }): ReactElement | null {
  const { t } = useTranslation("vault");
  if (!(error instanceof VaultError)) return <FormError error={error} />;
  return (
    <div role="alert">
      <Notice tone="attention">
        <p>{t(`errors.${error.code}`)}</p>
      </Notice>
    </div>
  );
}
