import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";
import { Panel } from "@/design";

import { FormError } from "./FormError";
import { AgainAtProvider, fetchLinked } from "./ProviderButtons";
import { goToProvider } from "./providers";
import { usePassword } from "./usePassword";
import { useSubmit } from "./useSubmit";

type Proven = (proof: { current_auth_secret?: string }) => Promise<void>;

/** Identity providers as ways into this account; nothing where the installation has none. */
export function Providers(): ReactElement | null {
  const { t } = useTranslation("auth");
  const { me } = useActive();
  const client = useQueryClient();
  const submit = useSubmit();
  const { ask, dialog } = usePassword();
  const [again, setAgain] = useState(false);
  const { data: providers } = useQuery({ queryKey: ["providers"], queryFn: fetchLinked });
  if (providers === undefined || providers.length === 0) return null;

  const prove = (why: string, work: Proven): void => {
    if (me.has_secret) {
      ask(why, async (password) => {
        const { secretFor } = await import("./derive");
        await work({ current_auth_secret: await secretFor(me.login, password) });
      });
      return;
    }
    void submit.run(async () => {
      try {
        await work({});
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "sign-in-again") throw error;
        setAgain(true);
      }
    });
  };

  // The server keeps the only way into an account without a password.
  const last = !me.has_password && providers.filter((each) => each.linked).length === 1;

  return (
    <Panel title={t("provider.title")}>
      <p>{t("provider.lead")}</p>
      {dialog}
      <FormError error={submit.error} />
      {again ? <AgainAtProvider /> : null}
      <ul className="hf-plain-list">
        {providers.map((each) => (
          <li key={each.id} className="hf-row">
            <span>
              {each.name}{" "}
              <span className="hf-soft">
                {t(each.linked ? "provider.linked" : "provider.not-linked")}
              </span>
            </span>
            {each.linked && last ? null : each.linked ? (
              <Button
                variant="subtle"
                aria-label={t("provider.unlink-named", { name: each.name })}
                onClick={() =>
                  prove(t("provider.ask-unlink", { name: each.name }), async (proof) => {
                    await api.delete(`/me/providers/${each.id}`, proof);
                    await client.invalidateQueries({ queryKey: ["providers"] });
                  })
                }
              >
                {t("provider.unlink")}
              </Button>
            ) : (
              <Button
                variant="default"
                aria-label={t("provider.link-named", { name: each.name })}
                onClick={() =>
                  prove(t("provider.ask-link", { name: each.name }), (proof) =>
                    goToProvider(
                      { provider: each.id, process: "connect", ...proof },
                      { next: "/security" },
                    ),
                  )
                }
              >
                {t("provider.link")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
