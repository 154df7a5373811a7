import { Button, Checkbox } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, API_BASE, clientPath } from "@/api/client";
import { forgetAccount, useActive, useOwnRecord } from "@/api/session";
import { FormError } from "@/auth/FormError";
import { PasswordField } from "@/auth/PasswordField";
import { useSubmit } from "@/auth/useSubmit";
import { Notice, Panel } from "@/design";

/** Taking everything along, and having everything deleted. */
export default function MyData(): ReactElement {
  const { t } = useTranslation("person");
  const { practiceId, clientId } = useOwnRecord();
  const href = (format: string): string =>
    `${API_BASE}${clientPath(practiceId, clientId, "/export")}?format=${format}`;
  return (
    <>
      <Panel title={t("data.export")}>
        <p>{t("data.export-text")}</p>
        <div className="hf-buttons">
          <Button
            component="a"
            href={href("csv")}
            download
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
          >
            {t("data.csv")}
          </Button>
          <Button
            component="a"
            href={href("fhir")}
            download
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
          >
            {t("data.fhir")}
          </Button>
        </div>
      </Panel>
      <Deletion />
    </>
  );
}

function Deletion(): ReactElement {
  const { t } = useTranslation("person");
  const { me } = useActive();
  const submit = useSubmit();
  const [sure, setSure] = useState(false);
  const [password, setPassword] = useState("");
  return (
    <Panel title={t("data.delete")} tone="clay">
      <p>{t("data.delete-text")}</p>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit.run(async () => {
            const { secretFor } = await import("@/auth/derive");
            await api.delete("/me", { current_auth_secret: await secretFor(me.login, password) });
            await forgetAccount();
          });
        }}
      >
        <FormError error={submit.error} />
        <Checkbox
          label={t("data.delete-sure")}
          checked={sure}
          onChange={(event) => setSure(event.currentTarget.checked)}
        />
        {sure ? (
          <>
            <PasswordField
              label={t("data.password")}
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              required
            />
            <Notice tone="attention" title={t("data.no-way-back")} />
            <Button type="submit" color="clay" loading={submit.busy}>
              {t("data.delete-now")}
            </Button>
          </>
        ) : null}
      </form>
    </Panel>
  );
}
