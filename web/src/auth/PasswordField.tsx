import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

/** A password, whose button to look at it has a name. */
export function PasswordField(props: PasswordInputProps): ReactElement {
  const { t } = useTranslation("auth");
  return (
    <PasswordInput
      {...props}
      visibilityToggleButtonProps={{ "aria-label": t("show-password") }}
    />
  );
}
