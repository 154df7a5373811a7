import { lazy, type ReactElement, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { Loading } from "@/design";

const NewKeys = lazy(() => import("./NewKeys"));

/** Closed until somebody needs it; what is inside is fetched then. */
export function Keys(): ReactElement {
  const { t } = useTranslation("keys");
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("new.summary")}</summary>
      {open ? (
        <Suspense fallback={<Loading />}>
          <NewKeys />
        </Suspense>
      ) : null}
    </details>
  );
}
