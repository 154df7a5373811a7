import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { ErrorState } from "@/design";

interface NewClientProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Opens a record for somebody who has no account; an invitation can link one later. */
export function NewClient({ opened, onClose }: NewClientProps): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  const { practice } = useActive();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const create = useMutation({
    mutationFn: () =>
      api.post<{ id: string }>(practicePath(practice.id, "/clients"), {
        display_name: name.trim(),
        ...(phone.trim() === "" ? {} : { phone: phone.trim() }),
        time_zone: practice.time_zone,
      } satisfies Partial<Schemas["RecordIn"]>),
    onSuccess: async ({ id }) => {
      await cache.invalidateQueries({ queryKey: ["caseload"] });
      onClose();
      await navigate({ to: "/people/$clientId", params: { clientId: id } });
    },
  });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("newClient.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") create.mutate();
        }}
      >
        <p className="hf-soft">{t("newClient.lead")}</p>
        <TextInput
          label={t("newClient.name")}
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t("newClient.phone")}
          type="tel"
          value={phone}
          onChange={(event) => setPhone(event.currentTarget.value)}
        />
        {create.isError ? <ErrorState error={create.error} /> : null}
        <div className="hf-buttons">
          <Button type="submit" loading={create.isPending}>{t("newClient.create")}</Button>
          <Button variant="default" onClick={onClose}>{t("common:cancel")}</Button>
        </div>
      </form>
    </Modal>
  );
}
