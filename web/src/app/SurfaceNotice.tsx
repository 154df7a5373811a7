import { Button } from "@mantine/core";
import { type ReactElement, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Notice } from "@/design";

/** Who reads what is written on a surface: nobody, whom it is shared with, software, or the care team. */
export type Readers = "sealed" | "shared" | "passing" | "team";

interface Props {
  /** Which surface it is, such as `journal`: a notice is put away for one at a time. */
  surface: string;
  readers: Readers;
  testId?: string;
}

const keyOf = (user: string, surface: string): string => `hf.surface.${surface}.${user}`;

function wasSeen(key: string): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    // A browser that forbids storage shows the notice each time.
    return false;
  }
}

function remember(key: string): void {
  try {
    localStorage.setItem(key, "seen");
  } catch {
    // As above.
  }
}

/**
 * Says before first use who reads what is written here. Put away, it stays as one line that opens.
 * This device remembers it for each person and surface.
 */
export function SurfaceNotice({ surface, readers, testId = "surface" }: Props): ReactElement {
  const { t } = useTranslation("surface");
  const { me } = useActive();
  const key = keyOf(me.id, surface);
  const [put, setPut] = useState<string | null>(null);
  const open = put !== key && !wasSeen(key);
  const id = useId();
  if (!open) {
    return (
      <details className="hf-soft hf-small" data-testid={testId}>
        <summary>{t(`${readers}.title`)}</summary>
        <p>{t(`${readers}.text`)}</p>
        <p>{t(`${readers}.watched`)}</p>
      </details>
    );
  }
  return (
    <div role="note" aria-labelledby={id}>
      <Notice
        title={<span id={id}>{t(`${readers}.title`)}</span>}
        tone={readers === "sealed" || readers === "shared" ? "calm" : "clay"}
        testId={testId}
      >
        <p>{t(`${readers}.text`)}</p>
        <p>{t(`${readers}.watched`)}</p>
        <Button
          variant="default"
          mt="sm"
          onClick={() => {
            remember(key);
            setPut(key);
          }}
        >
          {t("understood")}
        </Button>
      </Notice>
    </div>
  );
}
