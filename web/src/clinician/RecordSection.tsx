import { Button } from "@mantine/core";
import type { ReactElement } from "react";

import { useActive } from "@/api/session";

import { exportHref } from "./api";
import { useClinicWords } from "./language";
import { Section } from "./Section";

/** The record as files. Each download is written to the person's own access log. */
export function RecordSection({ client }: { readonly client: string }): ReactElement {
  const { t } = useClinicWords();
  const { practice } = useActive();
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
      </div>
    </Section>
  );
}
