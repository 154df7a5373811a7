import { type ReactElement, use, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { ApiError, errorKey } from "@/api/problems";
import { ActiveContext } from "@/api/session";
import { Notice } from "@/design";

/** What went wrong with a form, in words; takes the focus so that it is not missed. */
export function FormError({ error }: { error: unknown }): ReactElement | null {
  const { t } = useTranslation("common");
  const active = use(ActiveContext);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error !== null) box.current?.focus();
  }, [error]);
  if (error === null || error === undefined) return null;
  const passphrase =
    active?.me.has_password === false && error instanceof ApiError && error.code === "wrong-secret";
  return (
    <div role="alert" tabIndex={-1} ref={box}>
      <Notice tone="attention">
        <p>{t(passphrase ? "errors.wrong-passphrase" : errorKey(error))}</p>
      </Notice>
    </div>
  );
}
