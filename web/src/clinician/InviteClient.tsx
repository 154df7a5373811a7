import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, Suspense } from "react";

import { OneTimeLink } from "@/admin/OneTimeLink";
import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import { ErrorState } from "@/design";

import { useClinicWords } from "./language";

/** A one-time link with which the person takes up the record that was kept for them. */
export function InviteClient({ client }: { readonly client: string }): ReactElement {
  const { t } = useClinicWords();
  const { practice } = useActive();
  const invite = useMutation({
    mutationFn: () =>
      api.post<{ link: string }>(practicePath(practice.id, "/invitations"), {
        role: "client",
        client_id: client,
      }),
  });
  return (
    <>
      {invite.data === undefined ? (
        <div className="hf-buttons">
          <Button size="xs" variant="default" loading={invite.isPending} onClick={() => invite.mutate()}>
            {t("contact.invite")}
          </Button>
        </div>
      ) : (
        // Its words are the administration's: waiting for them must not blank the page.
        <Suspense fallback={null}>
          <OneTimeLink link={invite.data.link} onDone={() => invite.reset()} />
        </Suspense>
      )}
      {invite.isError ? <ErrorState error={invite.error} /> : null}
    </>
  );
}
