import { Button, Checkbox } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorState, Panel, Query } from "@/design";

import { beginThread, fetchPeople } from "./api";
import type { Kind, Place, ThreadPerson, ThreadRow } from "./types";
import { useKindWords } from "./words";

interface Props {
  place: Place;
  client: string;
  kind: Kind;
  name: string;
  threads: readonly ThreadRow[];
  onOpened: (thread: string) => void;
  onCancel: () => void;
}

/** With whom: those who are chosen read all of it from the first message on. */
export function NewThread({ place, client, kind, name, threads, onOpened, onCancel }: Props): ReactElement {
  const { t } = useTranslation("messages");
  const kindOf = useKindWords();
  const people = useQuery({
    queryKey: ["thread-people", client, kind],
    queryFn: () => fetchPeople(place.practiceId, client, kind),
  });
  return (
    <Panel title={kind === "client" ? t("new.title") : kindOf(kind, name)}>
      <Query query={people}>
        {(all) => <Choice {...{ place, client, kind, threads, onOpened, onCancel, all }} />}
      </Query>
    </Panel>
  );
}

type ChoiceProps = Omit<Props, "name"> & { all: ThreadPerson[] };

function Choice({ place, client, kind, threads, onOpened, onCancel, all }: ChoiceProps): ReactElement {
  const { t } = useTranslation("messages");
  const cache = useQueryClient();
  const me = all.find(({ id }) => id === place.user);
  const person = kind === "client" ? all.find(({ role }) => role === "client") : undefined;
  const fixed = [me, person].flatMap((each) => (each === undefined ? [] : [each]));
  const must = new Set(fixed.map(({ id }) => id));
  const others = all.filter(({ id }) => id !== place.user);
  const ready = others.filter(({ keys }) => keys.length > 0);
  const [chosen, setChosen] = useState<string[]>(() =>
    ready.length === 1 ? ready.map(({ id }) => id) : [...must].filter((id) => id !== place.user),
  );
  const members = all.filter(({ id }) => must.has(id) || chosen.includes(id));
  const able = me !== undefined && members.length > 1 && members.every(({ keys }) => keys.length > 0);
  const open = useMutation({
    mutationFn: async () => {
      const same = threads.find((each) => each.kind === kind && isSame(each, members));
      if (same !== undefined) return same.id;
      const id = crypto.randomUUID();
      await beginThread(place, client, { id, kind, members });
      return id;
    },
    onSuccess: (id) => {
      void cache.invalidateQueries({ queryKey: ["threads"] });
      onOpened(id);
    },
  });
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate();
      }}
    >
      {others.length === 0 ? <p>{t("new.nobody")}</p> : null}
      <Checkbox.Group value={chosen} onChange={setChosen} label={t("new.with")} description={t("new.hint")}>
        <div className="hf-stack">
          {others.map(({ id, name, keys }) => (
            <Checkbox
              key={id}
              value={id}
              label={<bdi>{name}</bdi>}
              disabled={keys.length === 0 || must.has(id)}
              {...(keys.length === 0 ? { description: t("new.no-keys") } : {})}
            />
          ))}
        </div>
      </Checkbox.Group>
      <div className="hf-buttons">
        <Button type="submit" disabled={!able} loading={open.isPending}>{t("new.open")}</Button>
        <Button variant="subtle" onClick={onCancel}>{t("common:cancel")}</Button>
      </div>
      {open.isError ? <ErrorState error={open.error} /> : null}
    </form>
  );
}

const isSame = (thread: ThreadRow, members: readonly ThreadPerson[]): boolean =>
  thread.members.length === members.length &&
  thread.members.every(({ id }) => members.some((each) => each.id === id));
