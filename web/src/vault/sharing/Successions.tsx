import { Button, Radio } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { Panel, Query } from "@/design";
import { useFormat } from "@/format";

import type { Place } from "../opening";
import { usePlace } from "../useJournal";
import { VaultProblem } from "../VaultProblem";
import { passOn, readBy } from "./actions";
import { stopReader } from "./api";
import { glance } from "./glance";
import { isAnswered, noteAnswered, type Succession, successions } from "./succession";
import type { Person, SharedItem, Standing } from "./types";
import { folderOf, isReady, type Sharing, useSharingChanged } from "./useSharing";
import { Words } from "./Words";

/** Somebody left, or somebody covers: the person decides who reads from now on. */
export function Successions({ sharing }: { sharing: Sharing }): ReactNode {
  const place = usePlace();
  const asked = successions(sharing.people, sharing.folders);
  const open = useQuery({
    queryKey: ["successions", place.user, asked.map(({ from, to }) => [from.id, to.map(({ id }) => id)])],
    queryFn: async () => {
      const answered = await Promise.all(asked.map((each) => isAnswered(place.user, each)));
      return asked.filter((_, at) => !answered[at]);
    },
    networkMode: "always",
  });
  return (open.data ?? []).map((each) => (
    <Question key={each.from.id} asked={each} sharing={sharing} />
  ));
}

interface Props {
  asked: Succession;
  sharing: Sharing;
}

function Question({ asked, sharing }: Props): ReactElement {
  const { t } = useTranslation("sharing");
  const place = usePlace();
  const client = useQueryClient();
  const [looking, setLooking] = useState(false);
  const [toId, setToId] = useState("");
  const { from, why } = asked;
  const names = { from: from.name };
  const later = async (): Promise<void> => {
    await noteAnswered(place.user, asked);
    await client.invalidateQueries({ queryKey: ["successions"] });
  };
  const stateOf = ({ id }: Person): Standing["state"] | undefined => sharing.standing.get(id)?.state;
  const keyless = asked.to.every((person) => stateOf(person) === "none");
  const closed = (person: Person): string | undefined => {
    const state = stateOf(person);
    return state === "ready" ? undefined : t(`who.${state ?? "offline"}`);
  };
  return (
    <Panel tone="attention" title={t(`pass.${why}`, names)} testId="succession">
      <p>{t(`pass.${why}-text`, names)}</p>
      {keyless ? <p>{t("pass.nobody")}</p> : null}
      <Radio.Group value={toId} onChange={setToId} aria-label={t("pass.to")}>
        <div className="hf-stack">
          {asked.to.map((person) => (
            <Radio
              key={person.id}
              value={person.id}
              label={person.name}
              description={closed(person)}
              disabled={!isReady(person, sharing)}
            />
          ))}
        </div>
      </Radio.Group>
      {looking ? (
        <Passing asked={asked} toId={toId} sharing={sharing} />
      ) : (
        <div className="hf-buttons">
          <Button disabled={toId === ""} onClick={() => setLooking(true)}>
            {t("pass.look")}
          </Button>
          {why === "left" ? <Refuse from={from.id} /> : null}
          <Button variant="subtle" onClick={() => void later()}>
            {t("pass.no")}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function Refuse({ from }: { from: string }): ReactElement {
  const { t } = useTranslation("sharing");
  const place = usePlace();
  const submit = useSubmit();
  const changed = useSharingChanged();
  const stop = async (): Promise<void> => {
    await stopReader(place, from);
    await changed();
  };
  return (
    <>
      <Button variant="default" loading={submit.busy} onClick={() => void submit.run(stop)}>
        {t("pass.stop")}
      </Button>
      <VaultProblem error={submit.error} />
    </>
  );
}

/** Everything that would pass, listed, before it does. */
function Passing({ asked, toId, sharing }: Props & { toId: string }): ReactElement {
  const { t } = useTranslation("sharing");
  const place = usePlace();
  const submit = useSubmit();
  const changed = useSharingChanged();
  const format = useFormat();
  const { from } = asked;
  const to = sharing.people.find((person) => person.id === toId);
  const items = useQuery({
    queryKey: ["shared-items", place.user, place.client, from.id, "all"],
    queryFn: () => readBy(place, from),
  });
  const standing = to === undefined ? undefined : sharing.standing.get(to.id);
  const folder = folderOf(sharing.folders, from.id);
  return (
    <Query query={items}>
      {(list) => (
        <>
          <p>{t("pass.items", { count: list.length })}</p>
          <ul className="hf-plain-list">
            {list.map((item) => (
              <Line key={item.hash} place={place} item={item} />
            ))}
          </ul>
          {to === undefined || to.purpose !== "cover" || to.ends_on === null ? null : (
            <p data-testid="cover-ends">
              {t("pass.until", { to: to.name, day: format.day(to.ends_on) })}
            </p>
          )}
          {folder === undefined || to === undefined ? null : (
            <p>{t("pass.standing", { to: to.name })}</p>
          )}
          {standing === undefined || to === undefined ? null : (
            <Words user={place.user} place={place} name={to.name} standing={standing} onChanged={changed} />
          )}
          <VaultProblem error={submit.error} />
          <Button
            disabled={to === undefined}
            loading={submit.busy}
            onClick={() =>
              void submit.run(async () => {
                if (to === undefined) return;
                await passOn(place, { from, to, items: list, folders: folder === undefined ? [] : [folder] });
                await changed();
              })
            }
          >
            {t("pass.do", { to: to?.name ?? "" })}
          </Button>
        </>
      )}
    </Query>
  );
}

function Line({ place, item }: { place: Place; item: SharedItem }): ReactElement {
  const { t } = useTranslation("sharing");
  const format = useFormat();
  const looked = useQuery({
    queryKey: ["shared-glance", place.user, place.client, item.hash],
    queryFn: () => glance(place, item),
    staleTime: Infinity,
    networkMode: "always",
  });
  if (looked.isPending) return <li />;
  if (looked.data === undefined || looked.data === null) return <li className="hf-soft">{t("unreadable")}</li>;
  return (
    <li>
      <bdi>{looked.data.text}</bdi>
      <span className="hf-soft hf-small hf-block">
        {t(`kind.${looked.data.what}`, { day: format.date(looked.data.begunAt) })}
      </span>
    </li>
  );
}
