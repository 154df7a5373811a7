import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { ErrorState } from "@/design";

import { fetchPeople, renewEpoch } from "./api";
import type { View } from "./shown";
import type { ThreadPerson } from "./types";

interface Props {
  view: View;
  onChanged: () => void;
}

/** Who reads this, and whom one may let in from the next message on. */
export function Members({ view, onChanged }: Props): ReactElement {
  const { t } = useTranslation("messages");
  const { place, thread } = view;
  const { wire } = thread;
  const client = wire.client?.id;
  const people = useQuery({
    queryKey: ["thread-people", client, wire.kind],
    queryFn: () => fetchPeople(place.practiceId, client ?? "", wire.kind),
    enabled: client !== undefined,
  });
  const going = new Set(wire.go_on);
  const others = (people.data ?? []).filter(({ id }) => !going.has(id));
  const add = useMutation({
    mutationFn: (person: ThreadPerson) =>
      renewEpoch(place, wire.id, [...wire.people.filter(({ id }) => going.has(id)), person]),
    onSuccess: onChanged,
  });
  return (
    <div className="hf-stack">
      <p className="hf-soft hf-small">{t("members.hint")}</p>
      <ul className="hf-plain-list">
        {wire.people
          .filter(({ id }) => going.has(id))
          .map(({ id, name }) => (
            <li key={id}>
              <bdi>{id === place.user ? t("you") : name}</bdi>
            </li>
          ))}
        {others.map((person) => (
          <li key={person.id} className="hf-row">
            <bdi>{person.name}</bdi>
            {person.keys.length === 0 ? (
              <span className="hf-soft hf-small">{t("new.no-keys")}</span>
            ) : (
              <Button size="sm" variant="default" loading={add.isPending} onClick={() => add.mutate(person)}>
                {t("members.add")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {add.isError ? <ErrorState error={add.error} /> : null}
    </div>
  );
}
