import { Link } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useSetting } from "@/app/settings";
import { Notice } from "@/design";
import { useFormat } from "@/format";

import { sound } from "./alarm";
import "./notify.css";
import type { SystemStatus } from "./useEscalating";

const SOUND_MS = 30_000;

interface Props {
  status: SystemStatus;
  staff: boolean;
}

/** Nothing escalates: staff must look for themselves, a person must know who can help now. */
export default function StoppedBanner({ status, staff }: Props): ReactElement {
  return staff ? <Alarm status={status} /> : <PersonNotice />;
}

function Alarm({ status }: { status: SystemStatus }): ReactElement {
  const { t } = useTranslation("notify");
  const format = useFormat();
  const wanted = useSetting("alarm-sound") === "1";
  useEffect(() => {
    if (!wanted) return undefined;
    sound();
    const timer = setInterval(sound, SOUND_MS);
    return () => clearInterval(timer);
  }, [wanted]);
  return (
    <div className="hf-stopped" role="alert" data-testid="escalation-stopped">
      <Notice tone="clay" title={t("stopped.staff-title")}>
        <p>
          {status.worker_seen_at === null
            ? t("stopped.staff-never")
            : t("stopped.staff-since", { when: format.soon(status.worker_seen_at) })}{" "}
          {t("stopped.staff-text")} <Link to="/worklist">{t("stopped.staff-link")}</Link>
        </p>
      </Notice>
    </div>
  );
}

function PersonNotice(): ReactElement {
  const { t } = useTranslation("notify");
  return (
    <div className="hf-stopped" role="status" data-testid="escalation-stopped">
      <Notice tone="attention" title={t("stopped.person-title")}>
        <p>
          {t("stopped.person-text")} <Link to="/help">{t("stopped.person-link")}</Link>
        </p>
      </Notice>
    </div>
  );
}
