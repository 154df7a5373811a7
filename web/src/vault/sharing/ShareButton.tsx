import { Button } from "@mantine/core";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import type { Entry } from "../journal";
import { useReaderNames } from "./useSharing";

const ShareDialog = lazy(() => import("./ShareDialog"));

/** Who reads an entry beside its author, and the way to share it. */
export function ShareButton({ entry }: { entry: Entry }): ReactElement | null {
  const { t } = useTranslation("sharing");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const [head, ...others] = entry.heads;
  if (head === undefined || others.length > 0 || head.code !== null) return null;
  const day = format.date(entry.begunAt);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)} aria-label={t("share-entry", { day })}>
        {t("share")}
      </Button>
      {open ? (
        <Suspense>
          <ShareDialog entry={entry} head={head} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

/** "Shared with Dana and Amir", where it is. */
export function SharedWith({ item }: { item: string }): ReactElement | null {
  const { t } = useTranslation("sharing");
  const format = useFormat();
  const names = useReaderNames(item);
  if (names.length === 0) return null;
  return (
    <p className="hf-small" data-testid="shared-with">
      {t("shared-with", { names: format.list(names) })}
    </p>
  );
}
