import { Button, Modal } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface ConfirmProps {
  opened: boolean;
  title: string;
  confirm: string;
  color?: string;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children?: ReactNode;
}

export default function Dialog(props: ConfirmProps): ReactElement {
  const { t } = useTranslation("common");
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <div className="hf-stack">
        {props.children}
        <div className="hf-buttons">
          <Button
            color={props.color ?? "pine"}
            loading={props.busy ?? false}
            onClick={props.onConfirm}
          >
            {props.confirm}
          </Button>
          <Button variant="default" onClick={props.onClose}>
            {t("cancel")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
