import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { clientPath } from "@/api/client";
import { useActive } from "@/api/session";
import { Notice } from "@/design";
import { isVaultCode } from "@/vault/engine/errors";
import { SharedContent } from "@/vault/sharing/SharedContent";
import { WholeEntry } from "@/vault/sharing/WholeEntry";

import { useClinicWords } from "../language";
import type { SharedText } from "./received";

interface Props {
  text: SharedText;
  owner: string;
  client: string;
  name: string;
}

/** One shared text, by whom and since when; or why it cannot be opened. */
export function SharedTextCard({ text, owner, client, name }: Props): ReactElement {
  const { t } = useTranslation(["sharing", "vault"]);
  const { moment } = useClinicWords();
  const { practice } = useActive();
  const { version, code } = text;
  const place = { user: owner, practiceId: practice.id, client };
  return (
    <li data-testid="shared-text">
      {code === null ? (
        <SharedContent shown={text}>
          {version === null ? undefined : (
            <WholeEntry
              place={place}
              version={version}
              begunAt={text.begunAt}
              filePath={(file) => clientPath(practice.id, client, `/vault/shared/files/${file}/content`)}
            />
          )}
        </SharedContent>
      ) : (
        <Notice tone="attention" title={t(`vault:errors.${isVaultCode(code) ? code : "item-damaged"}`)} testId="damaged" />
      )}
      <p className="hf-soft hf-small">{t("reader.by", { name, at: moment(text.sharedAt) })}</p>
    </li>
  );
}
