import { Navigate, useParams } from "@tanstack/react-router";
import { type ReactElement, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Page, Query } from "@/design";

import { OPEN, OVER, type Place, type Seen, useMoves, useRoom } from "./api";
import { DeviceCheck } from "./DeviceCheck";
import { forgetReady, readReady, writeReady } from "./device";
import { VisitNotes } from "./lazyNotes";
import { Left } from "./Left";
import type { Kind } from "./link";
import { Lobby } from "./Lobby";
import { Over } from "./Over";
import { PhoneLine, PhonePanel } from "./PhonePanel";
import { RoomView } from "./RoomView";
import "./rooms.css";
import { useCall } from "./useCall";
import { useDevices } from "./useDevices";
import { usePhone } from "./usePhone";
import { VisitProblem } from "./VisitProblem";
import { Waiting } from "./Waiting";
import { useGuard } from "./worksheet/Guard";
import { StillHere } from "./worksheet/lazy";
import { useWorksheet } from "./worksheet/useWorksheet";

const WRITTEN: readonly Kind[] = [];
const KINDS: Record<string, readonly Kind[]> = { video: ["audio", "video"], phone: ["audio"] };

/** A visit, for whichever side is at this device: tried out, waited for, in the room, and over. */
export default function VisitPage(): ReactElement {
  const { clientId = "", encounterId = "" } = useParams({ strict: false });
  const { practice } = useActive();
  const { t } = useTranslation("rooms");
  const place = useMemo(
    () => ({ practice: practice.id, client: clientId, encounter: encounterId }),
    [practice.id, clientId, encounterId],
  );
  const room = useRoom(place);
  // A group has one room for all of its visits.
  const group = room.data?.group ?? null;
  if (group !== null) return <Navigate to={`/group-room/${group}`} replace />;
  return (
    <Page
      title={room.data === undefined ? t("title") : t("with", { name: room.data.other.name })}
      width="full"
    >
      {room.isError && room.data === undefined ? (
        <VisitProblem error={room.error} />
      ) : (
        <Query query={room}>{(data) => <Visit key={encounterId} place={place} room={data} />}</Query>
      )}
    </Page>
  );
}

function Visit({ place, room }: { place: Place; room: Seen }): ReactElement {
  const kinds = KINDS[room.visit.medium] ?? WRITTEN;
  const moves = useMoves(place);
  const devices = useDevices();
  const [choice] = useState(() => readReady(place.encounter));
  const [ready, setReady] = useState(choice !== null);
  const [left, setLeft] = useState(false);
  const over = OVER.has(room.visit.status);
  const here = ready && !left && !over;

  // Back after a reload: with the devices as they were, to where the visit is.
  const { start } = devices;
  const returned = useRef(choice !== null);
  const { step } = moves;
  const camera = choice?.camera ?? true;
  useEffect(() => {
    if (!returned.current || over) return;
    returned.current = false;
    void start(kinds.filter((kind) => kind !== "video" || camera));
    void step("arrive").catch(() => undefined);
  }, [start, step, kinds, camera, over]);

  const { stop } = devices;
  useEffect(() => {
    if (!over) return;
    stop();
    forgetReady(place.encounter);
  }, [over, stop, place.encounter]);

  const worksheet = useWorksheet();
  const { leaving, question } = useGuard(worksheet);
  const handle = useCall({ place, room, kinds, tracks: devices.tracks, moves, worksheet: worksheet.ears, here });

  const byPhone = here && room.side === "clinician" && room.visit.medium === "phone";
  const phone = usePhone({ place, room, microphone: devices.tracks.audio, moves, on: byPhone });
  const onLine = byPhone && phone.standing !== null && phone.standing.phase !== "over";

  const come = async (): Promise<void> => {
    await moves.step("arrive");
    writeReady(place.encounter, { camera: devices.tracks.video !== null });
    setReady(true);
    setLeft(false);
  };
  const leave = async (): Promise<void> => {
    forgetReady(place.encounter);
    setLeft(true);
    setReady(false);
    devices.stop();
    await moves.step("leave");
  };

  const open = OPEN.has(room.visit.status);
  const screen = (): ReactElement => {
    if (over) return <Over place={place} room={room} />;
    if (left) {
      const back = async (): Promise<void> => {
        await devices.start(kinds);
        await come();
      };
      return <Left room={room} moves={moves} onBack={back} />;
    }
    const given = { room, devices, moves };
    if (!ready) return <DeviceCheck {...given} kinds={kinds} onReady={come} />;
    if (onLine) return <PhoneLine {...given} phone={phone} />;
    if (open) {
      const hangUp = (first: () => void): void =>
        leaving(() => {
          first();
          void leave();
        });
      return <RoomView {...given} place={place} kinds={kinds} handle={handle} worksheet={worksheet} onLeave={hangUp} />;
    }
    if (room.side === "client") return <Waiting room={room} devices={devices} onLeave={leave} />;
    return <Lobby {...given} onLeave={leave} />;
  };
  // One note through hanging up, coming back and the end: what is typed is not taken from the hand.
  const notes = room.side === "clinician" && (open ? ready || left : over && room.visit.status !== "cancelled");
  return (
    <div className="hv-visit" data-notes={notes}>
      {byPhone ? (
        <div className="hf-stack hv-line">
          {screen()}
          {onLine ? null : <PhonePanel room={room} phone={phone} />}
        </div>
      ) : (
        screen()
      )}
      {(left || over) && worksheet.session !== null ? (
        <Suspense>
          <StillHere place={place} room={room} worksheet={worksheet} />
        </Suspense>
      ) : null}
      {question}
      {notes ? (
        <aside className="hv-notes">
          <Suspense>
            <VisitNotes place={place} name={room.other.name} startsAt={room.visit.starts_at} />
          </Suspense>
        </aside>
      ) : null}
    </div>
  );
}
