import { ActionIcon } from "@mantine/core";
import { IconLanguage } from "@tabler/icons-react";
import { lazy, type ReactElement, Suspense, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

const Fields = lazy(async () => ({
  default: (await import("./PreferenceFields")).PreferenceFields,
}));

/** The button for language and colours, and the sheet it opens. Escape or a tap outside closes it. */
export function Preferences(): ReactElement {
  const { t } = useTranslation("common");
  const [opened, setOpened] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!opened) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      setOpened(false);
      button.current?.focus();
    };
    const onPointer = (event: PointerEvent): void => {
      if (!(event.target instanceof Node) || box.current?.contains(event.target)) return;
      setOpened(false);
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("pointerdown", onPointer);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("pointerdown", onPointer);
    };
  }, [opened]);
  return (
    <div className="hf-preferences" ref={box}>
      <ActionIcon
        ref={button}
        aria-label={t("preferences")}
        title={t("preferences")}
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened(!opened)}
      >
        <IconLanguage size={22} aria-hidden />
      </ActionIcon>
      <div id={id} className="hf-preferences-sheet" hidden={!opened} role="group" aria-label={t("preferences")}>
        {opened ? (
          <Suspense>
            <Fields />
          </Suspense>
        ) : null}
      </div>
    </div>
  );
}
