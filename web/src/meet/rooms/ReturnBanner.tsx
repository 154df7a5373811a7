import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "@/api/types";
import { Notice } from "@/design";

import { useGoingOn } from "./useGoingOn";

/** Above every screen while a visit goes on: nobody who hung up, reloaded or strayed is lost. */
export default function ReturnBanner({ practice }: { practice: string }): ReactElement | null {
  const card = useGoingOn(practice);
  return card === null ? null : <Banner card={card} />;
}

function Banner({ card }: { card: Schemas["VisitCard"] }): ReactElement {
  const { t } = useTranslation("rooms");
  const { visit, side, other_name: name } = card;
  const waits = side === "clinician" && visit.status === "waiting" && visit.client_arrived_at !== null;
  return (
    <div role="status" data-testid="visit-goes-on">
      <Notice tone="attention">
        <div className="hf-row">
          <p>{waits && visit.client_left_at === null ? t("banner.waits", { name }) : t("banner.goes-on", { name })}</p>
          <Button component={Link} to={`/visits/${card.client_id}/${visit.id}`}>
            {t("banner.back")}
          </Button>
        </div>
      </Notice>
    </div>
  );
}
