import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, clientPath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { ConfirmDialog, ErrorState, Notice } from "@/design";

import { useClinicWords } from "./language";

/** Said to be under 18 in a conversation: conversations are off until their team knows better. */
export function AgeSaid({ client }: { readonly client: string }): ReactElement | null {
  const { t } = useClinicWords();
  const { practice } = useActive();
  const cache = useQueryClient();
  const [asking, setAsking] = useState(false);
  const path = clientPath(practice.id, client, "/companion/adult");
  const queryKey = ["age-said", practice.id, client];
  const said = useQuery({ queryKey, queryFn: () => api.get<Schemas["AgeOut"]>(path), retry: false });
  const clear = useMutation({
    mutationFn: () => api.post(path),
    onSuccess: () => cache.invalidateQueries({ queryKey }),
    onSettled: () => setAsking(false),
  });
  // Whoever only answers for a flag is not told, and decides nothing here.
  if (said.data?.minor !== true) return null;
  return (
    <Notice tone="attention" title={t("age.title")} testId="age-said">
      <p>{t("age.text")}</p>
      {clear.isError ? <ErrorState error={clear.error} /> : null}
      <div>
        <Button size="sm" variant="default" onClick={() => setAsking(true)}>
          {t("age.adult")}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t("age.adult")}
        confirm={t("age.confirm")}
        busy={clear.isPending}
        onConfirm={() => clear.mutate()}
        onClose={() => setAsking(false)}
      >
        {t("age.sure")}
      </ConfirmDialog>
    </Notice>
  );
}
