import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useRowKeys } from "@/clinician/keys";
import { useFormat } from "@/format";

import { fetchThreads } from "./api";
import type { Place, ThreadRow } from "./types";
import { useKindWords, useNames } from "./words";

const BEAT_MS = 15_000;

export function useThreads({ user, practiceId }: Place, about?: string) {
  return useQuery({
    queryKey: ["threads", user, practiceId, about ?? ""],
    queryFn: () => fetchThreads(practiceId, about),
    refetchInterval: BEAT_MS,
    networkMode: "always",
  });
}

interface Props {
  place: Place;
  threads: readonly ThreadRow[];
  /** Whoever treats somebody sees whom a thread is about, and what kind it is. */
  staff: boolean;
}

/** Threads, the newest first; what is new is marked with its number. */
export function ThreadList({ place, threads, staff }: Props): ReactElement {
  const { t } = useTranslation("messages");
  const format = useFormat();
  const namesOf = useNames();
  const kindOf = useKindWords();
  const list = useRef<HTMLUListElement>(null);
  useRowKeys(list);
  return (
    <ul ref={list} className="hf-plain-list hf-threads" aria-label={t("list")}>
      {threads.map((each) => {
        const names = namesOf(each.members, place.user);
        const name = each.client?.display_name ?? "";
        // The person's name stands there already.
        const colleagues = each.members.filter(({ id, role }) => role !== "client" && id !== place.user);
        return (
          <li key={each.id}>
            <Link to="/messages/$thread" params={{ thread: each.id }} data-row data-kind={each.kind}>
              <span className="hf-thread-line">
                <bdi>{each.title !== "" ? each.title : staff && name !== "" ? name : names}</bdi>
                {staff && name !== "" && (each.kind !== "client" || colleagues.length > 0) ? (
                  <span className="hf-soft hf-small">
                    {kindOf(each.kind, name)}
                    {colleagues.length === 0 ? null : <> · <bdi>{namesOf(colleagues, place.user)}</bdi></>}
                  </span>
                ) : null}
              </span>
              <span className="hf-soft hf-small">{format.relative(each.last_at)}</span>
              {each.unread === 0 ? null : (
                <span className="hf-unread">{t("unread", { count: each.unread })}</span>
              )}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
