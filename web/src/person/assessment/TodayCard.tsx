import { Button } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import type { PromptItem } from "./prompts";

/** Answers to these questionnaires are given on the assessment's own screens. */
export const isAssessment = (instrument: string): boolean => instrument.startsWith("mood-days");

/** The open prompt of the assessment, among what is asked today. */
export function TodayCard({ prompt }: { prompt: PromptItem }): ReactElement {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  return (
    <li className="hf-due">
      <div>
        <h2>{t("title")}</h2>
        {prompt.closes_at === null ? null : (
          <p className="hf-soft">{t("until", { time: format.time(prompt.closes_at) })}</p>
        )}
      </div>
      <Button
        component={Link}
        to="/assessment/answer"
        size="lg"
        rightSection={<IconArrowRight size={20} className="hf-flip" aria-hidden />}
        aria-label={`${t("answer.now")}: ${t("title")}`}
      >
        {t("answer.now")}
      </Button>
    </li>
  );
}
