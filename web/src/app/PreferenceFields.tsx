import { SegmentedControl, useMantineColorScheme } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { useMe } from "@/api/session";
import { chooseLanguage, isDraft, isLanguage, LANGUAGE_NAMES, LANGUAGES } from "@/i18n";

/** Language and light or dark; the choice is this device's, and the account's when signed in. */
export function PreferenceFields(): ReactElement {
  const { t, i18n } = useTranslation("common");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const me = useMe();
  const choose = async (tag: string): Promise<void> => {
    if (!isLanguage(tag)) return;
    await chooseLanguage(tag);
    if (me.data) await api.patch("/me", { language: tag }).catch(() => undefined);
  };
  return (
    <div className="hf-stack">
      <fieldset className="hf-fieldset">
        <legend>{t("language")}</legend>
        <div className="hf-choices">
          {LANGUAGES.map((language) => (
            <label key={language} className="hf-choice" lang={language}>
              <input
                type="radio"
                name="language"
                value={language}
                checked={i18n.language === language}
                onChange={() => void choose(language)}
              />
              <span>{LANGUAGE_NAMES[language]}</span>
              {isDraft(language) ? <small className="hf-soft">{t("draft")}</small> : null}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset className="hf-fieldset">
        <legend>{t("theme.label")}</legend>
        <SegmentedControl
          fullWidth
          aria-label={t("theme.label")}
          value={colorScheme}
          onChange={(value) => {
            if (value === "auto" || value === "light" || value === "dark") setColorScheme(value);
          }}
          data={[
            { value: "auto", label: t("theme.auto") },
            { value: "light", label: t("theme.light") },
            { value: "dark", label: t("theme.dark") },
          ]}
        />
      </fieldset>
    </div>
  );
}
