import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";
import { useFormat } from "@/format";

import type { Place, Seen } from "./api";

/** Finished, missed or cancelled: said plainly, with the next step. */
export function Over({ place, room }: { place: Place; room: Seen }): ReactElement {
  const { t } = useTranslation("rooms");
  const format = useFormat();
  const { status, starts_at: planned, client_arrived_at: came, clinician_arrived_at: waited } = room.visit;
  const client = room.side === "client";
  return (
    <div className="hv-narrow hf-stack" data-testid="over">
      <Panel title={t(`over.${status}`)}>
        <p>
          {t(`over.${status}-${room.side}`, { name: room.other.name, at: format.soon(planned) })}
        </p>
        {client ? null : (
          <p className="hf-soft hf-small">
            {t("over.clocks", {
              name: room.other.name,
              came: came === null ? t("over.never") : format.time(came),
              waited: waited === null ? t("over.never") : format.time(waited),
            })}
          </p>
        )}
        <div className="hf-buttons">
          {client ? (
            <Button component={Link} to="/today">
              {t("over.today")}
            </Button>
          ) : (
            <Button component={Link} to={`/people/${place.client}`} variant="default">
              {t("over.person", { name: room.other.name })}
            </Button>
          )}
        </div>
      </Panel>
    </div>
  );
}
