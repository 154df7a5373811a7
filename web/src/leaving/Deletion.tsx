import { Button, Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { saveFile } from "@/app/saveFile";
import { api, clientPath } from "@/api/client";
import { ApiError } from "@/api/problems";
import { forgetAccount, useActive, useOwnRecord } from "@/api/session";
import type { Schemas } from "@/api/types";
import { FormError } from "@/auth/FormError";
import { PasswordField } from "@/auth/PasswordField";
import { AgainAtProvider } from "@/auth/ProviderButtons";
import { secretWord } from "@/auth/secretWord";
import { useSubmit } from "@/auth/useSubmit";
import { Notice, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { handOver, newReference } from "./reference";
import { useStoreName } from "./Steps";

type Leaving = Schemas["LeavingOut"];

/** Having everything deleted: first what goes and what stays, then the number that tells later. */
export function Deletion(): ReactElement {
  const { t } = useTranslation("leaving");
  const { practiceId, clientId } = useOwnRecord();
  const [sure, setSure] = useState(false);
  const leaving = useQuery({
    queryKey: ["leaving", practiceId, clientId],
    queryFn: () => api.get<Leaving>(clientPath(practiceId, clientId, "/leaving")),
    enabled: sure,
  });
  return (
    <Panel title={t("leave.title")} tone="clay">
      <p>{t("leave.text")}</p>
      <p>{t("leave.first")}</p>
      <Checkbox
        label={t("leave.sure")}
        checked={sure}
        onChange={(event) => setSure(event.currentTarget.checked)}
      />
      {sure ? (
        <Query query={leaving}>
          {(found) => (
            <>
              <Goes stores={found.stores} />
              <Stays kept={found.kept} />
              <p>{t("leave.backups")}</p>
              <Confirm />
            </>
          )}
        </Query>
      ) : null}
    </Panel>
  );
}

function Goes({ stores }: { stores: readonly string[] }): ReactElement {
  const { t } = useTranslation("leaving");
  const nameOf = useStoreName();
  return (
    <>
      <h3>{t("leave.goes")}</h3>
      <ol>
        {stores.map((store) => (
          <li key={store}>{nameOf(store)}</li>
        ))}
      </ol>
    </>
  );
}

function Stays({ kept }: { kept: Leaving["kept"] }): ReactElement {
  const { t } = useTranslation("leaving");
  const format = useFormat();
  if (kept === null) {
    return (
      <>
        <h3>{t("leave.stays")}</h3>
        <p data-testid="stays">{t("leave.stays-nothing")}</p>
      </>
    );
  }
  const until = format.day(kept.until);
  return (
    <>
      <h3>{t("leave.stays")}</h3>
      <p data-testid="stays">
        {kept.basis === ""
          ? t("leave.stays-own", { until })
          : t("leave.stays-law", { until, basis: kept.basis })}
      </p>
      <ul>
        {kept.kinds.map((kind) => (
          <li key={kind}>{t(`kinds.${kind}`)}</li>
        ))}
      </ul>
      <p>{t("leave.after")}</p>
      <p>{t("leave.apart")}</p>
      {kept.basis === "" ? null : (
        <p>
          <a href={kept.url} rel="noreferrer" target="_blank">
            {t("leave.law")}
          </a>
        </p>
      )}
    </>
  );
}

function Confirm(): ReactElement {
  const { t } = useTranslation("leaving");
  const { me } = useActive();
  const submit = useSubmit();
  const [password, setPassword] = useState("");
  const [reference] = useState(newReference);
  const again = submit.error instanceof ApiError && submit.error.code === "sign-in-again";
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit.run(async () => {
          const { secretFor } = await import("@/auth/derive");
          // Without a password a sign-in at the provider, just now, shows as well who it is.
          const proof =
            password === "" ? {} : { current_auth_secret: await secretFor(me.login, password) };
          await api.delete("/me", { ...proof, receipt: reference });
          handOver(reference);
          await forgetAccount("/receipt", me.id);
        });
      }}
    >
      <h3>{t("leave.receipt")}</h3>
      <p>{t("leave.receipt-text")}</p>
      <p>
        <code dir="ltr" data-testid="reference">
          {reference}
        </code>
      </p>
      <div>
        <Button
          variant="default"
          onClick={() => saveFile(`${reference.slice(0, 4)}.txt`, "text/plain", `${reference}\n`)}
        >
          {t("leave.save")}
        </Button>
      </div>
      {again ? <AgainAtProvider /> : <FormError error={submit.error} />}
      {me.has_secret ? (
        <PasswordField
          label={t("leave.password", secretWord(me))}
          description={me.has_password ? null : t("leave.passphrase-or")}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required={me.has_password}
        />
      ) : null}
      <Notice tone="attention" title={t("leave.no-way-back")} />
      <Button type="submit" color="clay" loading={submit.busy}>
        {t("leave.now")}
      </Button>
    </form>
  );
}
