import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { ErrorState, Loading } from "@/design";
import { useFormat } from "@/format";

import { usePlace } from "../useJournal";
import { heldItems, stopItem } from "./api";
import { Asked } from "./Asked";
import { glance } from "./glance";
import type { Person, SharedItem } from "./types";

/** What one reader can read, newest first. */
export function ReaderItems({ person }: { person: Person }): ReactElement {
  const { t } = useTranslation("sharing");
  const place = usePlace();
  const items = useInfiniteQuery({
    queryKey: ["shared-items", place.user, place.client, person.id],
    queryFn: ({ pageParam }) =>
      heldItems(place, { reader: person.id, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
  if (items.isError) return <ErrorState error={items.error} retry={() => void items.refetch()} />;
  if (items.data === undefined) return <Loading />;
  return (
    <>
      <ul className="hf-plain-list" aria-label={t("items-of", { name: person.name })}>
        {items.data.pages
          .flatMap((page) => page.items)
          .map((item) => (
            <ItemRow key={`${item.item}/${item.hash}`} item={item} person={person} />
          ))}
      </ul>
      {items.hasNextPage ? (
        <Button
          variant="default"
          loading={items.isFetchingNextPage}
          onClick={() => void items.fetchNextPage()}
        >
          {t("more")}
        </Button>
      ) : null}
    </>
  );
}

function ItemRow({ item, person }: { item: SharedItem; person: Person }): ReactElement {
  const { t } = useTranslation("sharing");
  const format = useFormat();
  const place = usePlace();
  const looked = useQuery({
    queryKey: ["shared-glance", place.user, place.client, item.hash],
    queryFn: () => glance(place, item),
    staleTime: Infinity,
    networkMode: "always",
  });
  const reading = item.readers.find((each) => each.reader === person.id);
  const shown = looked.data;
  const day = shown === undefined || shown === null ? "" : format.date(shown.begunAt);
  return (
    <li className="hf-row" data-testid="shared-item">
      <span>
        {shown === undefined || shown === null ? (
          <span className="hf-soft">{looked.isPending ? "" : t("unreadable")}</span>
        ) : (
          <>
            <bdi className="hf-shared-glance">{shown.text}</bdi>
            <span className="hf-soft hf-small hf-block">
              {t(`kind.${shown.what}`, { day })}
            </span>
          </>
        )}
        {reading === undefined ? null : (
          <span className="hf-soft hf-small hf-block">
            {t("since", { at: format.dateTime(reading.given_at) })} ·{" "}
            {reading.opened_at === null
              ? t("not-opened")
              : t("opened", { at: format.dateTime(reading.opened_at) })}
            {reading.folder === null ? null : ` · ${t("by-standing")}`}
          </span>
        )}
      </span>
      <Asked
        label={t("stop")}
        ariaLabel={t("stop-item", { name: person.name, day })}
        title={t("stop-title", { name: person.name })}
        confirm={t("stop-confirm")}
        work={() => stopItem(place, item.item, person.id)}
      >
        <p>{t("stop-text", { name: person.name })}</p>
        <p>{t("plain.unread")}</p>
      </Asked>
    </li>
  );
}
