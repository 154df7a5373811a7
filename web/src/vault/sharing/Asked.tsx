import { Button } from "@mantine/core";
import { type ReactElement, type ReactNode, useState } from "react";

import { useSubmit } from "@/auth/useSubmit";
import { ConfirmDialog } from "@/design";

import { VaultProblem } from "../VaultProblem";
import { useSharingChanged } from "./useSharing";

interface Props {
  label: string;
  ariaLabel?: string;
  title: string;
  confirm: string;
  work: () => Promise<unknown>;
  quiet?: boolean;
  children: ReactNode;
}

/** A button, and one question before it is done: two taps. */
export function Asked(props: Props): ReactElement {
  const changed = useSharingChanged();
  const submit = useSubmit();
  const [asking, setAsking] = useState(false);
  const go = async (): Promise<void> => {
    await submit.run(async () => {
      await props.work();
      await changed();
    });
    setAsking(false);
  };
  return (
    <div>
      <Button
        variant={props.quiet === true ? "subtle" : "default"}
        aria-label={props.ariaLabel ?? props.label}
        onClick={() => setAsking(true)}
      >
        {props.label}
      </Button>
      <VaultProblem error={submit.error} />
      <ConfirmDialog
        opened={asking}
        title={props.title}
        confirm={props.confirm}
        busy={submit.busy}
        onConfirm={() => void go()}
        onClose={() => setAsking(false)}
      >
        {props.children}
      </ConfirmDialog>
    </div>
  );
}
