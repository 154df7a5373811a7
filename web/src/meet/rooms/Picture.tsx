import { Button } from "@mantine/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

interface SelfProps {
  track: MediaStreamTrack | null;
  /** The screen is shown as it is, a face as in a mirror. */
  mirrored?: boolean;
}

/** What the other side sees of this one. */
export function SelfPicture({ track, mirrored = true }: SelfProps): ReactElement {
  const { t } = useTranslation("rooms");
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = track === null ? null : new MediaStream([track]);
  }, [track]);
  return (
    <div className="hv-self" data-mirrored={mirrored}>
      {track === null ? (
        <p className="hf-soft hf-small">{t("self.off")}</p>
      ) : (
        <video ref={video} autoPlay playsInline muted aria-label={t("self.label")} />
      )}
    </div>
  );
}

interface RemoteProps {
  stream: MediaStream | null;
  name: string;
  /** Without a picture the sound goes on and words stand in its place. */
  words: string | null;
}

/** The other side, as large as there is room. */
export function RemotePicture({ stream, name, words }: RemoteProps): ReactElement {
  const { t } = useTranslation("rooms");
  const video = useRef<HTMLVideoElement>(null);
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    element.srcObject = stream;
    if (stream === null) return undefined;
    let waiting = true;
    const frame = element.requestVideoFrameCallback?.(() => {
      waiting = false;
      performance.mark("visit-first-frame");
    });
    // Without a hand on the page some browsers play no sound.
    element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") setSilent(true);
    });
    return () => {
      if (waiting && frame !== undefined) element.cancelVideoFrameCallback?.(frame);
    };
  }, [stream]);
  return (
    <div className="hv-remote" data-covered={words !== null}>
      {/* What is said here is written down nowhere: there are no captions to offer. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <video ref={video} autoPlay playsInline aria-label={t("remote.label", { name })} data-testid="remote" />
      {words === null ? null : <p className="hv-remote-words">{words}</p>}
      {silent ? (
        <Button
          className="hv-remote-button"
          onClick={() => {
            setSilent(false);
            void video.current?.play();
          }}
        >
          {t("remote.play")}
        </Button>
      ) : null}
    </div>
  );
}
