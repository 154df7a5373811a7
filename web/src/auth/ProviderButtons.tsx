import { Button } from "@mantine/core";
import { IconBuildingCommunity } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { allauth } from "@/api/allauth";
import { api } from "@/api/client";
import { useConfig } from "@/api/session";
import type { Schemas } from "@/api/types";

import { FormError } from "./FormError";
import { goToProvider, type Journey } from "./providers";
import { useSubmit } from "./useSubmit";

interface ButtonsProps {
  providers: readonly { id: string; name: string }[];
  journey: Journey;
  /** The provider is to ask who is there, as a proof. */
  again?: boolean;
}

function Buttons({ providers, journey, again = false }: ButtonsProps): ReactElement {
  const { t } = useTranslation("auth");
  const submit = useSubmit();
  return (
    <>
      <FormError error={submit.error} />
      {providers.map((each) => (
        <Button
          key={each.id}
          variant="default"
          leftSection={<IconBuildingCommunity size={20} aria-hidden />}
          loading={submit.busy}
          onClick={() =>
            void submit.run(async () => {
              await allauth.session();
              await goToProvider({ provider: each.id, again }, journey);
            })
          }
        >
          {t("provider.continue", { name: each.name })}
        </Button>
      ))}
    </>
  );
}

/** "Continue with …" for each of the installation's providers; nothing where there are none. */
export function ProviderButtons({ journey }: { journey: Journey }): ReactElement | null {
  const config = useConfig();
  const providers = config.data?.providers ?? [];
  if (providers.length === 0) return null;
  return <Buttons providers={providers} journey={journey} />;
}

type Linked = Schemas["LinkedOut"];

export const fetchLinked = (): Promise<Linked[]> => api.get<Linked[]>("/me/providers");

/** A recent sign-in at one's provider is the proof of whoever has no password. Comes back here. */
export function AgainAtProvider(): ReactElement {
  const { t } = useTranslation("auth");
  const path = useLocation({ select: (location) => location.pathname });
  const linked = useQuery({ queryKey: ["providers"], queryFn: fetchLinked });
  return (
    <div className="hf-stack" data-testid="again-at-provider">
      <p>{t("provider.again")}</p>
      <Buttons
        providers={(linked.data ?? []).filter((each) => each.linked)}
        journey={{ next: path }}
        again
      />
    </div>
  );
}
