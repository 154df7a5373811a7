import type { ReactElement } from "react";

import { useFormat } from "@/format";

import { Words } from "../EntryCard";
import type { EntryVersion } from "../journal";
import type { Place } from "../opening";

interface Props {
  place: Place;
  version: EntryVersion;
  begunAt: string;
  /** Where a reader fetches a picture's ciphertext. */
  filePath?: (file: string) => string;
}

/** A whole entry with its mood, pictures and tags: the same before sharing and on the reader's page. */
export function WholeEntry({ place, version, begunAt, filePath }: Props): ReactElement {
  const format = useFormat();
  return (
    <>
      <Words
        place={place}
        version={version}
        dated={false}
        day={format.date(begunAt)}
        {...(filePath === undefined ? {} : { filePath })}
      />
      {version.tags.length === 0 ? null : (
        <p className="hf-small">
          {version.tags.map((tag) => (
            <bdi key={tag} className="hf-shared-tag">
              {tag}
            </bdi>
          ))}
        </p>
      )}
    </>
  );
}
