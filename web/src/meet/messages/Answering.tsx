import { NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { ErrorState } from "@/design";

const CHOICES = ["", "same-day", "working-day", "two-working-days", "week"] as const;
type Said = Schemas["AnsweringShape"];

/** Within what time somebody says that they answer; everybody they write with sees it. */
export function Answering(): ReactElement {
  const { t } = useTranslation("messages");
  const { practice } = useActive();
  const client = useQueryClient();
  const path = practicePath(practice.id, "/answering");
  const said = useQuery({ queryKey: ["answering", practice.id], queryFn: () => api.get<Said>(path) });
  const say = useMutation({
    mutationFn: (within: Said["within"]) => api.put<Said>(path, { within }),
    onSuccess: (kept) => client.setQueryData(["answering", practice.id], kept),
  });
  return (
    <>
      <NativeSelect
        label={t("answering.label")}
        description={t("answering.hint")}
        value={say.data?.within ?? said.data?.within ?? ""}
        disabled={said.data === undefined}
        onChange={(event) => say.mutate(event.currentTarget.value as Said["within"])}
        data={CHOICES.map((value) => ({ value, label: t(`answering.${value === "" ? "unsaid" : value}`) }))}
      />
      {say.isError ? <ErrorState error={say.error} /> : null}
    </>
  );
}
