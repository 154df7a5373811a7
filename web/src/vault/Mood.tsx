import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { bundledPack } from "@/measures/pack";

import { MOODS } from "./content";

interface Words {
  question: string;
  lowest: string;
  highest: string;
}

/** The daily check-in's own words, so that the same thing has one name everywhere. */
function useMoodWords(): Words | null {
  const { i18n } = useTranslation();
  const pack = useQuery({
    queryKey: ["mood-words"],
    queryFn: () => bundledPack("mood"),
    staleTime: Infinity,
    networkMode: "always",
  });
  const texts = pack.data?.texts;
  const text = texts?.[i18n.language.split("-")[0] ?? "en"] ?? texts?.["en"];
  const [lowest, highest] = text?.options["valence"] ?? [];
  const question = text?.items["mood_valence"];
  if (question === undefined || lowest === undefined || highest === undefined) return null;
  return { question, lowest, highest };
}

const labelOf = (mood: number, { lowest, highest }: Words): string => {
  if (mood === 1) return `1 · ${lowest}`;
  return mood === MOODS.length ? `${mood} · ${highest}` : String(mood);
};

interface FieldProps {
  value: number | undefined;
  onChange: (mood: number | undefined) => void;
}

/** How the day felt, from 1 to 5, or not at all. */
export function MoodField({ value, onChange }: FieldProps): ReactElement | null {
  const { t } = useTranslation("journal");
  const words = useMoodWords();
  if (words === null) return null;
  return (
    <NativeSelect
      label={words.question}
      value={value ?? ""}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        onChange(chosen === "" ? undefined : Number(chosen));
      }}
      data={[
        { value: "", label: t("no-mood") },
        ...MOODS.map((mood) => ({ value: String(mood), label: labelOf(mood, words) })),
      ]}
    />
  );
}

/** A mood that was given, in words. */
export function MoodLine({ mood }: { mood: number }): ReactElement | null {
  const { t } = useTranslation("journal");
  const words = useMoodWords();
  if (words === null) return null;
  return (
    <span data-testid="mood">
      {t("mood-line", { mood, most: MOODS.length, lowest: words.lowest, highest: words.highest })}
    </span>
  );
}
