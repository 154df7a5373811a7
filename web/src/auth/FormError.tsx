import { type ReactElement, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { errorKey } from "@/api/problems";
import { Notice } from "@/design";

/** What went wrong with a form, in words; takes the focus so that it is not missed. */
export function FormError({ error }: { error: unknown }): ReactElement | null {
  const { t } = useTranslation("common");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error !== null) box.current?.focus();
  }, [error]);
  if (error === null || error === undefined) return null;
  return (
    <div role="alert" tabIndex={-1} ref={box}>
      <Notice tone="attention">
        <p>{t(errorKey(error))}</p>
      </Notice>
    </div>
  );
}
