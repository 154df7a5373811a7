import { Button, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { useActive } from "@/api/session";
import { PreferenceFields } from "@/app/PreferenceFields";
import { applyIdentity } from "@/app/identity";
import { DEFAULT_EXIT, isWebAddress, useSetting, writeSetting } from "@/app/settings";
import { ErrorState, Notice, Panel } from "@/design";

/** How the app shows itself on this device, and what it gives away. */
export default function ThisApp(): ReactElement {
  const { t } = useTranslation("person");
  return (
    <>
      <Panel title={t("common:preferences")}>
        <PreferenceFields />
      </Panel>
      <Discretion />
      <ExitTarget />
    </>
  );
}

function Discretion(): ReactElement {
  const { t } = useTranslation("person");
  const { me } = useActive();
  const client = useQueryClient();
  const neutral = useSetting("neutral") === "1";
  const discreet = useMutation({
    mutationFn: (value: boolean) => api.patch("/me", { discreet: value }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me"] }),
  });
  return (
    <Panel title={t("app.discretion")}>
      <Switch
        label={t("app.neutral")}
        description={t("app.neutral-hint")}
        checked={neutral}
        onChange={(event) => {
          writeSetting("neutral", event.currentTarget.checked ? "1" : null);
          applyIdentity();
        }}
      />
      <Switch
        label={t("app.discreet")}
        description={t("app.discreet-hint")}
        checked={discreet.isPending ? discreet.variables : me.discreet}
        onChange={(event) => discreet.mutate(event.currentTarget.checked)}
      />
      {discreet.isError ? <ErrorState error={discreet.error} /> : null}
    </Panel>
  );
}

function ExitTarget(): ReactElement {
  const { t } = useTranslation("person");
  const chosen = useSetting("exit-target");
  const [address, setAddress] = useState(chosen ?? DEFAULT_EXIT);
  const [saved, setSaved] = useState(false);
  const [wrong, setWrong] = useState(false);
  return (
    <Panel title={t("app.exit")}>
      <p>{t("app.exit-text")}</p>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          const fits = isWebAddress(address.trim());
          setWrong(!fits);
          setSaved(fits);
          if (fits) writeSetting("exit-target", address.trim());
        }}
      >
        <TextInput
          label={t("app.exit-address")}
          type="url"
          dir="ltr"
          value={address}
          error={wrong ? t("app.exit-wrong") : null}
          onChange={(event) => {
            setAddress(event.currentTarget.value);
            setSaved(false);
          }}
        />
        {saved ? <Notice live title={t("common:saved")} /> : null}
        <Button type="submit" variant="default">
          {t("common:save")}
        </Button>
      </form>
      <p className="hf-soft hf-small">{t("app.exit-history")}</p>
    </Panel>
  );
}
