import { Button } from "@mantine/core";
import { type ReactElement, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { Notice } from "@/design";

import type { Photo } from "./content";
import type { Place } from "./opening";
import { Picture } from "./Picture";
import { addPhoto, MOST_PHOTOS, NotAPicture } from "./photos";
import { VaultProblem } from "./VaultProblem";

interface Props {
  place: Place;
  item: string;
  photos: readonly Photo[];
  onChange: (photos: Photo[]) => void;
}

/** Pictures of the entry that is being written. */
export function PhotoField({ place, item, photos, onChange }: Props): ReactElement {
  const { t } = useTranslation("journal");
  const submit = useSubmit();
  const chooser = useRef<HTMLInputElement>(null);
  const [unreadable, setUnreadable] = useState(false);
  const add = (files: readonly File[]): void => {
    setUnreadable(false);
    void submit.run(async () => {
      const added = [...photos];
      for (const file of files.slice(0, MOST_PHOTOS - photos.length)) {
        try {
          added.push(await addPhoto(place, item, file));
        } catch (error) {
          if (!(error instanceof NotAPicture)) throw error;
          setUnreadable(true);
        }
      }
      onChange(added);
    });
  };
  return (
    <div className="hf-stack">
      {photos.length === 0 ? null : (
        <ul className="hf-photos">
          {photos.map((photo, at) => (
            <li key={photo.file}>
              <Picture place={place} photo={photo} label={t("photo.number", { number: at + 1 })} />
              <Button
                variant="subtle"
                onClick={() => onChange(photos.filter((each) => each.file !== photo.file))}
                aria-label={t("photo.remove", { number: at + 1 })}
              >
                {t("common:remove")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <VaultProblem error={submit.error} />
      {unreadable ? <Notice tone="attention" live title={t("photo.unreadable")} /> : null}
      <input
        ref={chooser}
        type="file"
        accept="image/*"
        multiple
        hidden
        data-testid="photo-chooser"
        aria-label={t("photo.add")}
        onChange={(event) => {
          add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      {photos.length < MOST_PHOTOS ? (
        <div>
          <Button
            variant="default"
            loading={submit.busy}
            onClick={() => chooser.current?.click()}
          >
            {t("photo.add")}
          </Button>
          <p className="hf-soft hf-small">{t("photo.hint")}</p>
        </div>
      ) : null}
    </div>
  );
}
