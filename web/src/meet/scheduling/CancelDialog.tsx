import { Checkbox, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { useNow } from "@/clinician/useNow";
import { ConfirmDialog, ErrorState } from "@/design";

import { type Appointment, useWrite } from "./api";
import type { AppointmentWords } from "./words";

interface CancelProps {
  readonly opened: boolean;
  readonly appointment: Pick<Appointment, "starts_at" | "late_from" | "sequence" | "series_id">;
  /** Of the appointment, under the practice. */
  readonly path: string;
  readonly words: AppointmentWords;
  /** Staff choose whether the later ones go too, and whether the time is free for others. */
  readonly staff?: boolean;
  readonly onClose: () => void;
}

/** Says what cancelling means before it is done. It is always possible; the reason is nobody's due. */
export function CancelDialog({ opened, appointment, path, words, staff, onClose }: CancelProps): ReactElement {
  const { t, format } = words;
  const [reason, setReason] = useState("");
  const [following, setFollowing] = useState(false);
  const [offer, setOffer] = useState(false);
  const write = useWrite();
  const now = useNow();
  const late = Date.parse(appointment.late_from) < now;
  const cancel = () =>
    write.mutate(
      {
        method: "post",
        rest: `${path}/cancel`,
        body: { sequence: appointment.sequence, reason, following, offer },
      },
      { onSuccess: onClose },
    );
  return (
    <ConfirmDialog
      opened={opened}
      title={t("cancelling.title", { when: format.dateTime(appointment.starts_at) })}
      confirm={t("cancelling.confirm")}
      busy={write.isPending}
      onConfirm={cancel}
      onClose={onClose}
    >
      {staff === true ? (
        <>
          {appointment.series_id === null ? null : (
            <Checkbox
              label={t("following")}
              checked={following}
              onChange={(event) => setFollowing(event.currentTarget.checked)}
            />
          )}
          {following ? null : (
            <Checkbox
              label={t("cancelling.offer")}
              checked={offer}
              onChange={(event) => setOffer(event.currentTarget.checked)}
            />
          )}
        </>
      ) : (
        <p>{t(late ? "cancelling.late" : "cancelling.inTime", { until: format.dateTime(appointment.late_from) })}</p>
      )}
      <TextInput
        label={t("cancelling.reason")}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {write.isError ? <ErrorState error={write.error} /> : null}
    </ConfirmDialog>
  );
}
