import { Button } from "@mantine/core";
import { IconDownload, IconMicrophone } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { saveFile } from "@/app/saveFile";
import { useFormat } from "@/format";

import type { Attached } from "./content";
import { isVoice, openAttached } from "./files";

interface Props {
  practiceId: string;
  thread: string;
  sender: string;
  attached: Attached;
}

const minutes = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

/** A file that is fetched and opened when somebody asks for it: a voice note plays, any other is saved. */
export function Attachment({ practiceId, thread, sender, attached }: Props): ReactElement {
  const { t } = useTranslation("messages");
  const format = useFormat();
  const [played, setPlayed] = useState<Blob | null>(null);
  const open = useMutation({
    mutationFn: () => openAttached(practiceId, thread, sender, attached),
    onSuccess: (blob) => {
      if (isVoice(attached)) setPlayed(blob);
      else saveFile(attached.name, blob.type, blob);
    },
  });
  const voice = isVoice(attached);
  const size = format.number(Math.max(1, Math.round(attached.bytes / 1024)));
  const label = voice
    ? t("voice.play", { length: minutes(attached.seconds ?? 0) })
    : t("file.save", { name: `\u2068${attached.name}\u2069`, size });
  return (
    <div className="hf-attached">
      {played === null ? (
        <Button
          variant="default"
          size="sm"
          loading={open.isPending}
          leftSection={voice ? <IconMicrophone size={18} aria-hidden /> : <IconDownload size={18} aria-hidden />}
          onClick={() => open.mutate()}
        >
          <bdi>{label}</bdi>
        </Button>
      ) : (
        <Voice blob={played} label={label} />
      )}
      {open.isError ? <p role="alert" className="hf-small">{t("file.not-here")}</p> : null}
    </div>
  );
}

/** Its address in this page goes when the player does. */
function Voice({ blob, label }: { readonly blob: Blob; readonly label: string }): ReactElement {
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(blob);
    const audio = player.current;
    if (audio !== null) {
      audio.src = url;
      void audio.play().catch(() => undefined); // the browser waits for another tap
    }
    return () => URL.revokeObjectURL(url);
  }, [blob]);
  // What somebody spoke has no captions: nothing may listen to it to write them.
  // oxlint-disable-next-line jsx-a11y/media-has-caption
  return <audio ref={player} controls aria-label={label} data-testid="voice" />;
}
