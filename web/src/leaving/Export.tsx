import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { saveFile } from "@/app/saveFile";
import { useActive } from "@/api/session";
import { FormError } from "@/auth/FormError";
import { useSubmit } from "@/auth/useSubmit";
import { Notice, Panel, Query } from "@/design";
import { useFormat } from "@/format";
import { directionOf } from "@/i18n";
import { Unlock } from "@/vault/Unlock";
import { useAccess, usePlace } from "@/vault/useJournal";


/** Taking everything along: the private writing too, once it is open on this device. */
export function Export(): ReactElement {
  const { t } = useTranslation("leaving");
  const { me } = useActive();
  const client = useQueryClient();
  const access = useAccess(me.id);
  return (
    <>
      <Panel title={t("take.title")}>
        <p>{t("take.text")}</p>
        <Query query={access}>
          {({ state }) =>
            state === "locked" ? (
              <>
                <Notice title={t("take.locked")} />
                <Make withJournal={false} label={t("take.without")} />
              </>
            ) : (
              <Make withJournal={state === "open"} label={t("take.make")} />
            )
          }
        </Query>
      </Panel>
      {access.data?.state === "locked" ? (
        <Unlock
          vault={access.data.vault}
          onDone={() => void client.invalidateQueries({ queryKey: ["vault-access"] })}
        />
      ) : null}
    </>
  );
}

function Make({ withJournal, label }: { withJournal: boolean; label: string }): ReactElement {
  const { t, i18n } = useTranslation("leaving");
  const format = useFormat();
  const place = usePlace();
  const submit = useSubmit();
  const [told, setTold] = useState<"" | "take.saved" | "take.damaged">("");
  const make = async (): Promise<void> => {
    setTold("");
    const { takeAlong } = await import("./takeAlong");
    const reader = {
      t: (key: string, values?: Record<string, string>): string => t(key, values ?? {}),
      format,
      language: i18n.language,
      direction: directionOf(i18n.language),
    };
    const { zip, damaged } = await takeAlong(place, withJournal, reader);
    saveFile(`record-${new Date().toISOString().slice(0, 10)}.zip`, "application/zip", zip);
    setTold(damaged ? "take.damaged" : "take.saved");
  };
  return (
    <>
      <FormError error={submit.error} />
      <div>
        <Button
          variant="default"
          loading={submit.busy}
          onClick={() => void submit.run(make)}
          leftSection={<IconDownload size={18} aria-hidden />}
        >
          {label}
        </Button>
      </div>
      <p role="status" className="hf-soft hf-small" data-testid="taken">
        {told === "" ? "" : t(told)}
      </p>
    </>
  );
}
