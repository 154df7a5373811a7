import { Button, TextInput } from "@mantine/core";
import type { ReactElement } from "react";

import { madeUpName, usePeerWords } from "./words";

interface Props {
  readonly name: string;
  readonly onChange: (name: string) => void;
}

/** The name for one chat: proposed, and anything else that says nothing of who one is. */
export function NameField({ name, onChange }: Props): ReactElement {
  const { t } = usePeerWords();
  return (
    <div className="hfp-name">
      <TextInput
        label={t("name.label")}
        description={t("name.hint")}
        value={name}
        maxLength={40}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Button variant="default" onClick={() => onChange(madeUpName(t))}>
        {t("name.another")}
      </Button>
    </div>
  );
}
