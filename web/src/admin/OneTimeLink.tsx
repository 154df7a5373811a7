import { Button, CopyButton } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Notice } from "@/design";

import "./admin.css";

/** A link that is shown once: the server keeps only its hash. */
export function OneTimeLink({ link, onDone }: { readonly link: string; readonly onDone: () => void }): ReactElement {
  const { t } = useTranslation(["admin", "common"]);
  return (
    <Notice tone="attention" title={t("invitations.once")} live testId="invitation-link">
      <div className="hf-stack">
        <p>{t("invitations.onceHint")}</p>
        <code className="ha-link">{link}</code>
        <div className="hf-buttons">
          <CopyButton value={link}>
            {({ copied, copy }) => (
              <Button size="sm" onClick={copy}>{t(copied ? "common:copied" : "invitations.copy")}</Button>
            )}
          </CopyButton>
          <Button size="sm" variant="default" onClick={onDone}>{t("invitations.passedOn")}</Button>
        </div>
      </div>
    </Notice>
  );
}
