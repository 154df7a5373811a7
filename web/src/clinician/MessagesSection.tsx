import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { clientPath } from "@/api/client";
import { useActive } from "@/api/session";
import { Messages } from "@/notify/Messages";

/** What the person was sent and whether it arrived; read when somebody opens it. */
export function MessagesSection({ client }: { readonly client: string }): ReactElement {
  const { t } = useTranslation("notify");
  const { practice } = useActive();
  const [open, setOpen] = useState(false);
  return (
    <details className="hc-disclosure" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("messages.show")}</summary>
      {open ? <Messages path={clientPath(practice.id, client, "/deliveries")} own={false} /> : null}
    </details>
  );
}
