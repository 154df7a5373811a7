/** Names in a thread, as its reader sees them. */
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import type { Kind } from "./types";

interface Named {
  id: string;
  name: string;
  role: string;
}

/** Everybody of a thread but oneself, as a list. */
export function useNames(): (members: readonly Named[], me: string) => string {
  const { t } = useTranslation("messages");
  const format = useFormat();
  return (members, me) => {
    const others = members.filter(({ id }) => id !== me);
    return others.length === 0
      ? t("nobody")
      : format.list(others.map(({ name }) => (name === "" ? t("somebody") : name)));
  };
}

/** What kind of thread it is, for whoever treats the person; nothing for the person. */
export function useKindWords(): (kind: Kind, name: string) => string {
  const { t } = useTranslation("messages");
  return (kind, name) => t(`kind.${kind}`, { name });
}
