import { type ReactElement, useState } from "react";
import { Button } from "@mantine/core";

import { Query } from "@/design";

import { usePack, useResponse } from "./api";
import { answerRows } from "./answerRows";
import { codeWords, useClinicWords } from "./language";
import { Tag } from "./marks";
import type { FlagFull, ResponseDetail } from "./types";

/** The answers a flag rests on, newest first, with the wording the person saw. */
export function Answers({ flag }: { readonly flag: FlagFull }): ReactElement {
  const { t } = useClinicWords();
  const marked = new Map<string, Set<string>>();
  for (const each of flag.evidence) {
    if (each.response_id === null) continue;
    const items = marked.get(each.response_id) ?? new Set<string>();
    if (each.item) items.add(each.item);
    marked.set(each.response_id, items);
  }
  const responses = [...marked.entries()].toReversed();
  const [shown, setShown] = useState(2);
  if (responses.length === 0) return <p className="hf-soft">{t("flag.noAnswers")}</p>;
  return (
    <>
      {responses.slice(0, shown).map(([response, items]) => (
        <OneResponse key={response} client={flag.client.id} response={response} items={items} />
      ))}
      {responses.length > shown ? (
        <Button size="sm" variant="default" onClick={() => setShown(responses.length)}>
          {t("flag.moreAnswers", { count: responses.length - shown })}
        </Button>
      ) : null}
    </>
  );
}

interface OneResponseProps {
  readonly client: string;
  readonly response: string;
  readonly items: ReadonlySet<string>;
}

function OneResponse({ client, response, items }: OneResponseProps): ReactElement {
  const query = useResponse(client, response);
  return <Query query={query}>{(data) => <ResponseAnswers data={data} items={items} />}</Query>;
}

function ResponseAnswers({ data, items }: { readonly data: ResponseDetail; readonly items: ReadonlySet<string> }): ReactElement {
  const words = useClinicWords();
  const { t, moment, number } = words;
  const pack = usePack(data.instrument, data.version);
  const rows = answerRows(data, pack.data, items);
  return (
    <section aria-label={t("flag.answersOf", { title: pack.data?.title ?? data.instrument, moment: moment(data.answered_at) })}>
      <h3>
        <bdi>{pack.data?.title ?? data.instrument.toUpperCase()}</bdi> ·{" "}
        <bdi>{moment(data.answered_at)}</bdi>{" "}
        {data.historical ? <Tag>{t("historical")}</Tag> : null}
      </h3>
      <p className="hf-soft">
        {Object.entries(data.scores)
          .filter(([, value]) => value !== null)
          .map(([scale, value]) => `${codeWords(words, "scales", scale)} ${number(value ?? 0)}`)
          .join(" · ")}
      </p>
      <ol className="hc-answers">
        {rows.map((row) => (
          <li key={row.item} data-marked={row.marked ? true : undefined}>
            <span>
              {row.marked ? <span className="hf-visually-hidden">{t("flag.raisedThis")} </span> : null}
              <span className="hc-question" lang={row.language} dir="auto">{row.question}</span>
            </span>
            <span className="hc-answer" lang={row.language} dir="auto">
              {row.answer ?? t("flag.notAnswered")}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
