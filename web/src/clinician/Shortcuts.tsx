import { Button, Modal } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useCommands } from "./keys";
import { Key } from "./marks";

interface ShortcutsProps {
  /** What each key does, in the order in which it is shown; words are keys of `clinician:keys`. */
  readonly keys: readonly (readonly [keys: string, words: string])[];
}

/** The button and the key "?" that show which keys this page knows. */
export function Shortcuts({ keys }: ShortcutsProps): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  const [opened, setOpened] = useState(false);
  useCommands({ "?": () => setOpened(true) });
  return (
    <>
      <Button variant="subtle" size="sm" onClick={() => setOpened(true)} aria-keyshortcuts="?">
        {t("keys.title")}&nbsp;<Key>?</Key>
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("keys.title")}
        closeButtonProps={{ "aria-label": t("common:close") }}
      >
        <dl className="hc-keys">
          {keys.map(([names, words]) => (
            <div key={words} style={{ display: "contents" }}>
              <dt>
                {names.split(" ").map((name) => (
                  <span key={name}>
                    <Key>{name}</Key>{" "}
                  </span>
                ))}
              </dt>
              <dd>{t(`keys.${words}`)}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </>
  );
}
