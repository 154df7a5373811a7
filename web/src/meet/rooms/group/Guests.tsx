import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useNow } from "@/clinician/useNow";
import { ConfirmDialog, Panel } from "@/design";
import { useFormat } from "@/format";

import { OPEN, OVER } from "../states";
import type { GroupMoves, GroupParty, SeenGroup } from "./api";
import { GroupProblem } from "./GroupProblem";
import type { Presence } from "./roster";

interface Props {
  room: SeenGroup;
  moves: GroupMoves;
  presence: Presence;
}

type Asking = { what: "finish" } | { what: "take-out"; party: GroupParty };

/** Beside the tiles, for all who lead the group: who waits and who is in; how it ends, for whose it is. */
export function Guests({ room, moves, presence }: Props): ReactElement {
  const { t } = useTranslation("groupRoom");
  const [asking, setAsking] = useState<Asking | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
      setAsking(null);
    }
  };
  const late = useNow() + room.skew >= Date.parse(room.starts_at);
  const inside = 1 + room.people.filter(({ visit }) => OPEN.has(visit?.status ?? "")).length;
  return (
    <Panel title={t("guests.title")} testId="guests">
      <p className="hf-soft hf-small">{t("guests.rule")}</p>
      {!room.server && inside >= room.most ? (
        <p className="hf-small" role="status">
          {t("guests.full", { count: room.most })}
        </p>
      ) : null}
      <ul className="hf-plain-list hv-guests">
        {room.people.map((party) => (
          <Guest
            key={party.visit?.id ?? party.name}
            party={party}
            called={presence.people.find(({ account }) => account === party.account)?.card?.name ?? ""}
            late={late}
            busy={busy}
            onStep={(what) => void run(() => moves.step(party, what))}
            onTakeOut={() => setAsking({ what: "take-out", party })}
          />
        ))}
      </ul>
      {error === null ? null : <GroupProblem error={error} />}
      {room.role === "host" ? (
        <div className="hf-buttons">
          <Button variant="outline" onClick={() => setAsking({ what: "finish" })}>
            {t("guests.finish")}
          </Button>
        </div>
      ) : null}
      <ConfirmDialog
        opened={asking !== null}
        title={
          asking?.what === "take-out" ? t("guests.take-out-title", { name: asking.party.name }) : t("guests.finish-title")
        }
        confirm={t(asking?.what === "take-out" ? "guests.take-out" : "guests.finish-yes")}
        busy={busy}
        onConfirm={() =>
          void run(() => (asking?.what === "take-out" ? moves.step(asking.party, "finish") : moves.finish()))
        }
        onClose={() => setAsking(null)}
      >
        <p>{t(asking?.what === "take-out" ? "guests.take-out-text" : "guests.finish-text")}</p>
      </ConfirmDialog>
    </Panel>
  );
}

interface GuestProps {
  party: GroupParty;
  /** What they chose to be called here, once they are in. */
  called: string;
  late: boolean;
  busy: boolean;
  onStep: (what: "admit" | "no-show") => void;
  onTakeOut: () => void;
}

function Guest({ party, called, late, busy, onStep, onTakeOut }: GuestProps): ReactElement {
  const { t } = useTranslation("groupRoom");
  const format = useFormat();
  const { visit, name } = party;
  const status = visit?.status ?? "planned";
  const came = visit?.client_arrived_at ?? null;
  const away = visit?.client_left_at !== null;
  const words = (): string => {
    if (OVER.has(status)) return t(status === "no_show" ? "guests.missed" : "guests.over");
    if (OPEN.has(status)) return t(away ? "guests.away" : "guests.in");
    if (came === null) return t("guests.not-come");
    return t(away ? "guests.left" : "guests.waits", { at: format.time(came) });
  };
  return (
    <li data-testid="guest" data-status={status}>
      <p>
        <strong dir="auto">{name}</strong>
        {called === "" || called === name ? null : <span className="hf-soft"> {t("guests.called", { name: called })}</span>}
        <br />
        <span className="hf-soft hf-small">{words()}</span>
      </p>
      <div className="hf-buttons">
        {OPEN.has(status) ? (
          <Button size="xs" variant="subtle" disabled={busy} onClick={onTakeOut} aria-label={t("guests.take-out-one", { name })}>
            {t("guests.take-out")}
          </Button>
        ) : null}
        {!OPEN.has(status) && !OVER.has(status) && came !== null ? (
          <Button size="xs" disabled={busy} onClick={() => onStep("admit")} aria-label={t("guests.admit-one", { name })}>
            {t("guests.admit")}
          </Button>
        ) : null}
        {!OPEN.has(status) && !OVER.has(status) && late ? (
          <Button size="xs" variant="subtle" disabled={busy} onClick={() => onStep("no-show")} aria-label={t("guests.missed-one", { name })}>
            {t("guests.note-missed")}
          </Button>
        ) : null}
      </div>
    </li>
  );
}
