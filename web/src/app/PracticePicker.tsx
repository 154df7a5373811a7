import { NativeSelect } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import type { Active } from "@/api/session";

/** For somebody who belongs to more than one practice. */
export default function PracticePicker({ active }: { active: Active }): ReactElement {
  const { t } = useTranslation("common");
  return (
    <NativeSelect
      size="sm"
      aria-label={t("practice")}
      value={active.practice.id}
      onChange={(event) => active.setPractice(event.currentTarget.value)}
      data={active.practices.map((each) => ({ value: each.id, label: each.name }))}
    />
  );
}
