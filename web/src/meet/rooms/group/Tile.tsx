import { Button, VisuallyHidden } from "@mantine/core";
import { IconMicrophoneOff } from "@tabler/icons-react";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  account: string;
  stream: MediaStream | null;
  name: string;
  microphone: boolean;
  camera: boolean;
  speaks: boolean;
  /** Why there is nothing to see, where the line itself is the reason. */
  words: string | null;
}

/** One of the others: their picture, or their name where it would be. */
export function Tile({ account, stream, name, microphone, camera, speaks, words }: Props): ReactElement {
  const { t } = useTranslation("groupRoom");
  const video = useRef<HTMLVideoElement>(null);
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    if (stream === null) return;
    // Without a hand on the page some browsers play no sound.
    element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") setSilent(true);
    });
  }, [stream]);
  const covered = words ?? (camera ? null : t("tile.camera-off"));
  return (
    <li className="hv-tile" data-testid="tile" data-account={account} data-speaks={speaks} data-covered={covered !== null}>
      {/* What is said here is written down nowhere: there are no captions to offer. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <video ref={video} autoPlay playsInline aria-label={name} />
      {covered === null ? null : <p className="hv-tile-words hf-soft">{covered}</p>}
      {silent ? (
        <Button
          className="hv-tile-words"
          size="sm"
          onClick={() => {
            setSilent(false);
            void video.current?.play();
          }}
        >
          {t("tile.play")}
        </Button>
      ) : null}
      <p className="hv-tile-name" dir="auto">
        {microphone ? null : <IconMicrophoneOff size={16} aria-label={t("tile.muted")} />}
        <span>{name}</span>
        {speaks ? <VisuallyHidden>{t("tile.speaks")}</VisuallyHidden> : null}
      </p>
    </li>
  );
}
