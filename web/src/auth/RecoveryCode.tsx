import { Button, TextInput } from "@mantine/core";
import { IconCopy, IconDownload, IconPrinter } from "@tabler/icons-react";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { saveFile } from "@/app/saveFile";
import { Notice, Panel } from "@/design";

import { lastGroup } from "./recovery";

interface Props {
  code: string;
  login: string;
  confirmLabel: string;
  busy: boolean;
  onKept: () => void;
}

/** Shows the recovery code once, and goes on only when its last group was typed back. */
export function RecoveryCode({ code, login, confirmLabel, busy, onKept }: Props): ReactElement {
  const { t } = useTranslation("auth");
  const [copied, setCopied] = useState(false);
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const page = `${t("code.file", { login })}\n\n${code}\n`;
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        const fits = typed.trim().toUpperCase().replaceAll("O", "0") === lastGroup(code);
        setWrong(!fits);
        if (fits) onKept();
      }}
    >
      <p className="hf-code" data-testid="recovery-code" translate="no">
        {code}
      </p>
      <div className="hf-buttons hf-no-print">
        <Button
          variant="default"
          leftSection={<IconCopy size={18} aria-hidden />}
          onClick={() => {
            void navigator.clipboard.writeText(code).then(() => setCopied(true));
          }}
        >
          {copied ? t("common:copied") : t("common:copy")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPrinter size={18} aria-hidden />}
          onClick={() => window.print()}
        >
          {t("common:print")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={18} aria-hidden />}
          onClick={() => saveFile("recovery-code.txt", "text/plain", page)}
        >
          {t("common:download")}
        </Button>
      </div>
      <Notice tone="attention" title={t("code.only-way")}>
        <p>{t("code.why")}</p>
      </Notice>
      <Panel title={t("code.check-title")}>
        <TextInput
          label={t("code.check")}
          description={t("code.check-hint")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={wrong ? t("code.wrong") : null}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          dir="ltr"
          required
        />
        <Button type="submit" loading={busy}>
          {confirmLabel}
        </Button>
      </Panel>
    </form>
  );
}
