import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Photo } from "./content";
import type { Place } from "./opening";
import { openPhoto } from "./photos";

interface Props {
  place: Place;
  photo: Photo;
  label: string;
  /** Where a reader fetches the ciphertext; the owner's own path otherwise. */
  path?: string;
  /** For paper: it is fetched at once, wherever it stands. */
  eager?: boolean;
}

/** A picture, fetched and opened when it comes near the screen. */
export function Picture({ place, photo, label, path, eager = false }: Props): ReactElement {
  const { t } = useTranslation("journal");
  const frame = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(eager);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some((each) => each.isIntersecting)) setNear(true);
      },
      { rootMargin: "400px" },
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  const opened = useQuery({
    queryKey: ["vault-photo", photo.file],
    queryFn: () => openPhoto(place, photo, path),
    enabled: near,
    staleTime: Infinity,
    gcTime: 0,
    retry: 1,
    networkMode: "always",
  });
  return (
    <div
      ref={frame}
      className="hf-photo"
      style={{ aspectRatio: `${photo.width} / ${photo.height}` }}
    >
      {opened.data === undefined ? (
        <span className="hf-soft hf-small">
          {opened.isError ? t("photo.not-here") : t("common:loading")}
        </span>
      ) : (
        <Shown blob={opened.data} photo={photo} label={label} />
      )}
    </div>
  );
}

interface ShownProps {
  blob: Blob;
  photo: Photo;
  label: string;
}

/** Its address in this page goes when the picture does. */
function Shown({ blob, photo, label }: ShownProps): ReactElement {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(blob);
    if (image.current !== null) image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [blob]);
  const { width, height } = photo;
  return <img ref={image} alt={label} width={width} height={height} data-testid="photo" />;
}
