import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, clientPath } from "@/api/client";
import { useActive } from "@/api/session";
import { type AccessEntry, type Items, itemsOf } from "@/api/types";
import { Query } from "@/design";

import { exportHref } from "./api";
import { codeWords, useClinicWords } from "./language";
import { Section } from "./Section";

/** The record as files, and who has read it. */
export function RecordSection({ client }: { readonly client: string }): ReactElement {
  const { t } = useClinicWords();
  const { practice } = useActive();
  const [open, setOpen] = useState(false);
  return (
    <Section id="record" title={t("record.title")}>
      <p className="hf-soft">{t("record.lead")}</p>
      <div className="hf-buttons">
        {(["fhir", "csv"] as const).map((format) => (
          <Button
            key={format}
            component="a"
            size="xs"
            variant="default"
            href={exportHref(practice.id, client, format)}
            download
          >
            {t(`record.${format}`)}
          </Button>
        ))}
        <Button size="xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("record.access")}
        </Button>
      </div>
      {open ? <AccessLog client={client} /> : null}
    </Section>
  );
}

function AccessLog({ client }: { readonly client: string }): ReactElement {
  const words = useClinicWords();
  const { practice } = useActive();
  const log = useQuery({
    queryKey: ["client", practice.id, client, "/access-log"],
    queryFn: async () =>
      itemsOf(
        await api.get<AccessEntry[] | Items<AccessEntry>>(
          clientPath(practice.id, client, "/access-log"),
        ),
      ),
  });
  return (
    <Query query={log}>
      {(entries) => (
        <ul className="hc-history hf-small">
          {entries.slice(0, 30).map((entry) => (
            <li key={`${entry.at}/${entry.action}/${entry.actor_label}/${entry.resource}`}>
              <time dateTime={entry.at}>{words.moment(entry.at)}</time>
              <span>
                {entry.actor_label} · {codeWords(words, "action", entry.action)} ·{" "}
                {codeWords(words, "resource", entry.resource)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Query>
  );
}
