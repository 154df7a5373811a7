import { type ReactElement, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { SeenGroup } from "./api";
import { nameOf } from "./names";
import type { GroupHandle } from "./useGroup";

interface Props {
  room: SeenGroup;
  group: GroupHandle;
}

/** The screen that somebody shows, large and under their name. Its sound is their tile's. */
export function SharedScreen({ room, group }: Props): ReactElement | null {
  const { t } = useTranslation("groupRoom");
  const { shown, seen, soundOnly } = group;
  const video = useRef<HTMLVideoElement>(null);
  const mine = shown === room.own.account;
  const stream = shown === null || mine || soundOnly ? null : (seen.streams.get(shown) ?? null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
  }, [stream]);
  if (shown === null) return null;
  const words = mine ? t("screen.own") : t("screen.of", { name: nameOf(shown, room, group, t("somebody")) });
  return (
    <figure className="hv-screen" data-testid="screen" data-account={shown}>
      {stream === null ? null : <video ref={video} autoPlay playsInline muted aria-label={words} />}
      <figcaption role="status" dir="auto">
        {words}
      </figcaption>
    </figure>
  );
}
