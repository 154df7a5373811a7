import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import type { AccessEntry, Items } from "@/api/types";
import { DataTable, EmptyState, ErrorState, Loading } from "@/design";
import { useFormat } from "@/format";

/** Who read or changed what, and when. */
export default function AccessLog(): ReactElement {
  const { t, i18n } = useTranslation(["person", "auth"]);
  const format = useFormat();
  const { practiceId, clientId } = useOwnRecord();
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
  const rows = log.data.pages.flatMap((page, index) =>
    page.items.map((row, at) => ({ ...row, key: `${index}-${at}` })),
  );
  if (rows.length === 0) return <EmptyState title={t("access.none")} />;
  const word = (group: "actions" | "resources", code: string): string => {
    const key = `person:access.${group}.${code}`;
    return i18n.exists(key) ? t(`access.${group}.${code}`) : code;
  };
  const who = ({ actor_name, actor_label }: AccessEntry): string => {
    if (actor_label === "client") return t("access.you");
    if (actor_name !== null) return actor_name;
    return i18n.exists(`auth:roles.${actor_label}`)
      ? t(`auth:roles.${actor_label}`)
      : t("access.system");
  };
  return (
    <>
      <DataTable
        caption={t("access.caption")}
        rows={rows}
        rowKey={(row) => row.key}
        columns={[
          { key: "at", header: t("access.when"), render: (row) => format.dateTime(row.at) },
          {
            key: "who",
            header: t("access.who"),
            render: (row) => who(row),
          },
          {
            key: "what",
            header: t("access.what"),
            render: (row) => `${word("actions", row.action)}: ${word("resources", row.resource)}`,
          },
        ]}
      />
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
