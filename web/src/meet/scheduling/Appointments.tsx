import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { useOwnRecord } from "@/api/session";
import { EmptyState, ErrorState, Notice, Page, Panel, Query } from "@/design";
import { useOnline } from "@/queue/online";

import { type Appointment, useAppointments, useBookable, useWaiting, useWrite, type Waiting } from "./api";
import { CancelDialog } from "./CancelDialog";
import { Offers, WaitButton } from "./Waiting";
import { useAppointmentWords } from "./words";
import { When, Where } from "./When";

/** What somebody has booked, and the way to book, move or cancel. */
export default function Appointments(): ReactElement {
  const words = useAppointmentWords();
  const { t } = words;
  const { clientId } = useOwnRecord();
  const appointments = useAppointments(clientId);
  const bookable = useBookable(clientId);
  const waiting = useWaiting(clientId).data ?? [];
  const online = useOnline();
  const [opened] = useState(() => Date.now());
  const may = (bookable.data?.types.length ?? 0) > 0 && (bookable.data?.members.length ?? 0) > 0;
  return (
    <Page title={t("title")} lead={t("lead")}>
      {online ? null : <Notice tone="attention" live title={t("offline.title")}>{t("offline.text")}</Notice>}
      <Offers waiting={waiting} client={clientId} words={words} />
      {may ? (
        <div className="hf-buttons">
          <Button component={Link} to="/appointments/book" disabled={!online}>{t("book")}</Button>
        </div>
      ) : null}
      <Query query={appointments}>
        {(items) => {
          const next = items.filter((each) => Date.parse(each.ends_at) > opened && each.status === "booked");
          return next.length === 0 ? (
            <EmptyState title={t("none")}>
              <p className="hf-soft">{t(may ? "noneMay" : "noneAsk")}</p>
            </EmptyState>
          ) : (
            <ul className="hf-plain-list">
              {next.map((each) => (
                <li key={each.id}>
                  <Card appointment={each} client={clientId} waiting={waiting} opened={opened} words={words} />
                </li>
              ))}
            </ul>
          );
        }}
      </Query>
    </Page>
  );
}

interface CardProps {
  readonly appointment: Appointment;
  readonly client: string;
  readonly waiting: readonly Waiting[];
  readonly opened: number;
  readonly words: ReturnType<typeof useAppointmentWords>;
}

function Card({ appointment, client, waiting, opened, words }: CardProps): ReactElement {
  const { t } = words;
  const online = useOnline();
  const [cancelling, setCancelling] = useState(false);
  const write = useWrite();
  const path = `/clients/${client}/appointments/${appointment.id}`;
  const open = Date.parse(appointment.starts_at) > opened;
  return (
    <Panel testId="appointment">
      <When of={appointment} words={words} />
      <Where of={appointment} words={words} />
      {appointment.confirmed_at === null ? null : <p className="hf-soft">{t("confirmed")}</p>}
      {open ? (
        <div className="hf-buttons">
          {appointment.confirmed_at === null ? (
            <Button
              disabled={!online}
              loading={write.isPending}
              onClick={() => write.mutate({ method: "post", rest: `${path}/confirm` })}
            >
              {t("confirm")}
            </Button>
          ) : null}
          {appointment.group ? null : (
            <Button component={Link} to={`/appointments/${appointment.id}`} variant="default" disabled={!online}>
              {t("move")}
            </Button>
          )}
          <Button variant="default" disabled={!online} onClick={() => setCancelling(true)}>{t("cancel")}</Button>
          {appointment.group ? null : (
            <WaitButton appointment={appointment} client={client} waiting={waiting} words={words} />
          )}
        </div>
      ) : null}
      {write.isError ? <ErrorState error={write.error} /> : null}
      <CancelDialog
        opened={cancelling}
        appointment={appointment}
        path={path}
        words={words}
        onClose={() => setCancelling(false)}
      />
    </Panel>
  );
}
