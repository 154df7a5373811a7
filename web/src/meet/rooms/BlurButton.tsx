import { Button } from "@mantine/core";
import { IconBlur } from "@tabler/icons-react";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { blur, canBlur, isBlurred } from "./blur";

/** Blurs what is behind oneself, where browser and camera can; nothing elsewhere. */
export function BlurButton({ track }: { readonly track: MediaStreamTrack | null }): ReactElement | null {
  return track !== null && canBlur(track) ? <Toggle key={track.id} track={track} /> : null;
}

function Toggle({ track }: { readonly track: MediaStreamTrack }): ReactElement {
  const { t } = useTranslation("rooms");
  const [on, setOn] = useState(() => isBlurred(track));
  useEffect(() => {
    // The system has a switch of its own.
    const changed = (): void => setOn(isBlurred(track));
    track.addEventListener("configurationchange", changed);
    return () => track.removeEventListener("configurationchange", changed);
  }, [track]);
  return (
    <Button
      variant={on ? "light" : "default"}
      aria-pressed={on}
      leftSection={<IconBlur size={20} aria-hidden />}
      onClick={() => void blur(track, !on).then(setOn)}
    >
      {t("room.blur")}
    </Button>
  );
}
