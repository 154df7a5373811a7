import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { SurfaceNotice } from "@/app/SurfaceNotice";
import { Notice } from "@/design";
import { useFormat } from "@/format";

import { usePlace } from "../useJournal";
import { successions } from "./succession";
import { useReaderNames, useSharing } from "./useSharing";

/** Who reads what is written here, before anything is: nobody else, or those all new entries go to. */
export function WhoReads(): ReactElement {
  const { t } = useTranslation("sharing");
  const format = useFormat();
  const names = useReaderNames(null);
  if (names.length === 0) return <SurfaceNotice surface="journal" readers="sealed" testId="sealed" />;
  return (
    <>
      <SurfaceNotice surface="journal-shared" readers="shared" testId="sealed" />
      <Notice
        tone="attention"
        title={t("standing.notice", { names: format.list(names) })}
        testId="standing"
      >
        <p>
          <Link to="/me/$section" params={{ section: "sharing" }}>
            {t("standing.change")}
          </Link>
        </p>
      </Notice>
    </>
  );
}

/** Somebody who reads has left the care team: the person is asked who reads instead. */
export function SomebodyLeft(): ReactElement | null {
  const { t } = useTranslation("sharing");
  const { data } = useSharing(usePlace());
  const open = successions(data?.people ?? [], data?.folders ?? []);
  const left = open.find(({ why }) => why === "left");
  if (left === undefined) return null;
  return (
    <Notice tone="attention" title={t("pass.left", { from: left.from.name })} testId="somebody-left">
      <p>
        <Link to="/me/$section" params={{ section: "sharing" }}>
          {t("pass.ask")}
        </Link>
      </p>
    </Notice>
  );
}
