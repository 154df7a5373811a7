import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Panel, Query } from "@/design";
import { useMessagesPlace } from "@/meet/messages/MessagesPage";
import { VaultGate } from "@/meet/messages/VaultGate";

import { fetchGroup, gatherGroup, type Programme } from "./api";
import { Problem } from "./Problem";
import type { GroupWords } from "./words";

interface Props {
  readonly programme: Programme;
  readonly words: GroupWords;
}

/** The thread between sessions: opened here, and whoever came since is let in here. */
export function Conversation({ programme, words }: Props): ReactElement {
  return (
    <Panel title={words.t("thread.title")} testId="group-thread">
      <VaultGate><Inside programme={programme} words={words} /></VaultGate>
    </Panel>
  );
}

function Inside({ programme, words }: Props): ReactElement {
  const { t, list } = words;
  const place = useMessagesPlace();
  const cache = useQueryClient();
  const { id, thread_id: thread } = programme;
  const people = useQuery({
    queryKey: ["programmes", place.practiceId, "thread-people", id],
    queryFn: () => fetchGroup({ place, programme: id }),
  });
  const gather = useMutation({
    mutationFn: () => gatherGroup({ place, programme: id, thread }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["programmes"] });
      void cache.invalidateQueries({ queryKey: ["threads"] });
    },
  });
  return (
    <Query query={people}>
      {({ ready, lacking }) => {
        const outside = ready.filter((each) => !each.member);
        return (
          <>
            <p className="hf-soft hf-small">{t("thread.hint")}</p>
            {lacking.length === 0 ? null : <p>{t("thread.lacking", { names: list(lacking.map(({ name }) => name)) })}</p>}
            <div className="hf-buttons">
              {thread === null ? null : (
                <Button component={Link} to={`/messages/${thread}`} variant="default">{t("thread.open")}</Button>
              )}
              {(thread === null ? ready.length < 2 : outside.length === 0) ? null : (
                <Button loading={gather.isPending} onClick={() => gather.mutate()}>
                  {thread === null ? t("thread.begin") : t("thread.letIn", { names: list(outside.map(({ name }) => name)) })}
                </Button>
              )}
            </div>
            {gather.isError ? <Problem error={gather.error} /> : null}
          </>
        );
      }}
    </Query>
  );
}
