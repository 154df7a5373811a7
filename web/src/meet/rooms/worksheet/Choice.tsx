import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { v4 } from "uuid";

import { api, practicePath } from "@/api/client";
import type { Schemas } from "@/api/types";
import { ErrorState, Loading, Notice } from "@/design";

import type { Seen } from "../api";
import type { Form } from "./document";
import type { Session } from "./session";

type Offered = Schemas["Worksheet"];

interface Props {
  practice: string;
  side: Seen["side"];
  start: () => Promise<Session>;
}

/** A blank page, or one of the exercises that the practice has on. */
export function Choice({ practice, side, start }: Props): ReactElement {
  const { t, i18n } = useTranslation("worksheet");
  const [failed, setFailed] = useState(false);
  const language = i18n.language;
  const sheets = useQuery({
    queryKey: ["worksheets", practice, language],
    queryFn: async () =>
      (await api.get<{ items: Offered[] }>(practicePath(practice, "/companion/worksheets"), { query: { language } }))
        .items,
  });
  const open = (form: Omit<Form, "id" | "by">): void => {
    setFailed(false);
    start().then(
      (session) => session.sheet.open({ ...form, id: v4(), by: side }),
      () => setFailed(true),
    );
  };
  const blank = { flow: null, language, title: t("blank.title"), fields: [{ name: "page", title: t("blank.field"), hint: "" }] };
  return (
    <>
      <p>{t("choose")}</p>
      {failed ? <Notice live tone="attention"><p>{t("not-loaded")}</p></Notice> : null}
      <ul className="hf-plain-list hv-choice">
        <li>
          <Button variant="default" onClick={() => open(blank)}>{t("blank.title")}</Button>
        </li>
        {sheets.data?.map(({ flow, language: spoken, title, offer, fields }) => (
          <li key={flow}>
            <Button variant="default" onClick={() => open({ flow, language: spoken, title, fields })}>
              {title}
            </Button>
            <p className="hf-soft hf-small">{offer}</p>
          </li>
        ))}
      </ul>
      {sheets.isPending ? <Loading /> : null}
      {sheets.isError ? <ErrorState error={sheets.error} retry={() => void sheets.refetch()} /> : null}
      {sheets.data?.length === 0 ? <p className="hf-soft hf-small">{t("none")}</p> : null}
    </>
  );
}
