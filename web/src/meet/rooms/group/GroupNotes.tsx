import { NativeSelect } from "@mantine/core";
import { type ReactElement, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { VisitNotes } from "../lazyNotes";
import type { GroupPlace, SeenGroup } from "./api";

interface Props {
  place: GroupPlace;
  room: SeenGroup;
}

/** Whoever's group it is writes a note of each person's own visit. Nobody else is shown any of it. */
export function GroupNotes({ place, room }: Props): ReactElement {
  const { t } = useTranslation("groupRoom");
  const [whose, setWhose] = useState("");
  const people = room.people.flatMap(({ visit, client_id: client, name }) =>
    visit === null || client === null ? [] : [{ visit, client, name }],
  );
  const chosen = people.find(({ visit }) => visit.id === whose);
  return (
    <div className="hf-stack" data-testid="group-notes">
      <NativeSelect
        label={t("notes.whose")}
        value={whose}
        onChange={(event) => setWhose(event.currentTarget.value)}
        data={[
          { value: "", label: t("notes.choose") },
          ...people.map(({ visit, name }) => ({ value: visit.id, label: name })),
        ]}
      />
      {chosen === undefined ? null : (
        <Suspense>
          <VisitNotes
            key={whose}
            place={{ practice: place.practice, client: chosen.client, encounter: whose }}
            name={chosen.name}
            startsAt={chosen.visit.starts_at}
          />
        </Suspense>
      )}
    </div>
  );
}
