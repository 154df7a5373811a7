import { Button, Switch } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import type { AccessEntry, Items } from "@/api/types";
import { EmptyState, ErrorState, Loading, Panel } from "@/design";
import { useFormat } from "@/format";

import { byDay, type Done, type Visitor } from "./accessDays";

const localDay = (instant: string): string => {
  const at = new Date(instant);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
};

/** Who read or changed what, day by day, in sentences. */
export default function AccessLog(): ReactElement {
  const { t } = useTranslation("record");
  const format = useFormat();
  const { practiceId, clientId } = useOwnRecord();
  const [onlyOthers, setOnlyOthers] = useState(true);
  const log = useInfiniteQuery({
    queryKey: ["access-log", practiceId, clientId],
    queryFn: ({ pageParam }) =>
      api.get<Items<AccessEntry>>(clientPath(practiceId, clientId, "/access-log"), {
        query: { cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  if (log.isError) return <ErrorState error={log.error} retry={() => void log.refetch()} />;
  if (log.data === undefined) return <Loading />;
  const days = byDay(
    log.data.pages.flatMap((page) => page.items),
    localDay,
  )
    .map((one) => ({ ...one, visitors: one.visitors.filter((who) => !(onlyOthers && who.own)) }))
    .filter((one) => one.visitors.length > 0);
  return (
    <>
      <p>{t("access.lead")}</p>
      <Switch
        label={t("access.onlyOthers")}
        checked={onlyOthers}
        onChange={(event) => setOnlyOthers(event.currentTarget.checked)}
      />
      {days.length === 0 ? <EmptyState title={t("access.none")} /> : null}
      {days.map(({ day, visitors }) => (
        <Panel key={day} title={`${format.weekday(day)}, ${format.day(day)}`}>
          {visitors.map((visitor) => (
            <Visit key={visitor.key} visitor={visitor} />
          ))}
        </Panel>
      ))}
      {log.hasNextPage ? (
        <Button
          variant="default"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          {t("access.more")}
        </Button>
      ) : null}
    </>
  );
}

function Visit({ visitor }: { visitor: Visitor }): ReactElement {
  const { t, i18n } = useTranslation(["record", "auth"]);
  const role = visitor.label
    .split("+")
    .filter((one) => i18n.exists(`auth:roles.${one}`))
    .map((one) => t(`auth:roles.${one}`))
    .join(", ");
  const who = visitor.own
    ? t("access.you")
    : (visitor.name ?? (role || t("access.system")));
  return (
    <section>
      <h3>
        <bdi>{who}</bdi>
        {visitor.own || visitor.name === null || role === "" ? null : (
          <span className="hf-soft hf-small"> ({role})</span>
        )}
      </h3>
      <ul className="hf-plain-list">
        {visitor.done.map((one) => (
          <Sentence key={one.what} done={one} />
        ))}
      </ul>
    </section>
  );
}

function Sentence({ done }: { done: Done }): ReactElement {
  const { t, i18n } = useTranslation("record");
  const format = useFormat();
  const key = `access.said.${done.resource}.${done.action}`;
  return (
    <li>
      {i18n.exists(`record:${key}`) ? t(key) : t("access.other")}{" "}
      <span className="hf-soft hf-small">
        {t("access.times", { count: done.count, time: format.time(done.at) })}
      </span>
    </li>
  );
}
