import { Button, Modal, NativeSelect, Radio } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";
import { ErrorState, Notice, Panel } from "@/design";

import { CARERS, type FlagStep, useFlagStep, useStaff } from "./api";
import { useCommands } from "./keys";
import { useClinicWords } from "./language";
import { Key, Phone } from "./marks";
import type { FlagFull } from "./types";

type Dialogue = "contact" | "act" | "close" | "assign";

/** What the clinician can do about a flag; each step has a key and the person sees each state. */
export function FlagSteps({ flag }: { readonly flag: FlagFull }): ReactElement {
  const { t } = useClinicWords();
  const navigate = useNavigate();
  const [dialogue, setDialogue] = useState<Dialogue | null>(null);
  const step = useFlagStep(flag.id);
  const open = flag.state !== "closed";
  const acknowledge = () => {
    // What is on this screen, and nothing that came since, is what has been seen.
    if (flag.state === "open") step.mutate({ step: "acknowledge", level: flag.level, repeats: flag.repeats });
  };
  const when = (opens: Dialogue) => () => {
    if (open) setDialogue(opens);
  };
  useCommands({
    a: acknowledge,
    c: when("contact"),
    d: when("act"),
    x: when("close"),
    h: when("assign"),
    o: () => {
      if (flag.record_open) void navigate({ to: "/people/$clientId", params: { clientId: flag.client.id } });
    },
  });
  const send = (body: FlagStep) => step.mutate(body, { onSuccess: () => setDialogue(null) });
  return (
    <Panel title={t("steps.title")} testId="flag-steps">
      <p className="hf-soft">{t(`steps.lead.${flag.state}`)}</p>
      <div className="hf-buttons">
        {flag.client.phone ? <Phone number={flag.client.phone} label={t("contact.call")} quiet /> : null}
        {flag.state === "open" ? (
          <StepButton name="acknowledge" shortcut="a" primary onClick={acknowledge} busy={step.isPending} />
        ) : null}
        {open ? (
          <>
            <StepButton name="contact" shortcut="c" onClick={when("contact")} />
            <StepButton name="act" shortcut="d" onClick={when("act")} />
            <StepButton name="close" shortcut="x" onClick={when("close")} />
            <StepButton name="assign" shortcut="h" onClick={when("assign")} />
          </>
        ) : null}
      </div>
      <p className="hf-visually-hidden" role="status">
        {step.isSuccess ? t(`state.${flag.state}`) : ""}
      </p>
      {step.isError ? <StepProblem error={step.error} /> : null}
      <StepDialogue
        key={dialogue}
        dialogue={dialogue}
        busy={step.isPending}
        onSend={send}
        onClose={() => setDialogue(null)}
      />
    </Panel>
  );
}

const REFUSALS: ReadonlySet<string> = new Set([
  "flag-already-taken",
  "flag-changed",
  "flag-wrong-state",
  "flag-closed",
  "not-assignable",
]);

/** Why a step was refused; a colleague may have been first. */
function StepProblem({ error }: { readonly error: Error }): ReactElement {
  const { t } = useClinicWords();
  if (!(error instanceof ApiError) || !REFUSALS.has(error.code)) return <ErrorState error={error} />;
  return (
    <div role="alert">
      <Notice tone="attention" title={t(`problem.${error.code}`)} />
    </div>
  );
}

interface StepButtonProps {
  readonly name: string;
  readonly shortcut: string;
  readonly primary?: boolean;
  readonly busy?: boolean;
  readonly onClick: () => void;
}

function StepButton({ name, shortcut, primary = false, busy = false, onClick }: StepButtonProps): ReactElement {
  const { t } = useClinicWords();
  return (
    <Button
      size="sm"
      variant={primary ? "filled" : "default"}
      aria-keyshortcuts={shortcut}
      loading={busy}
      onClick={onClick}
      rightSection={<span aria-hidden="true"><Key>{shortcut}</Key></span>}
    >
      {t(`steps.${name}`)}
    </Button>
  );
}

interface StepDialogueProps {
  readonly dialogue: Dialogue | null;
  readonly busy: boolean;
  readonly onSend: (step: FlagStep) => void;
  readonly onClose: () => void;
}

function StepDialogue({ dialogue, busy, onSend, onClose }: StepDialogueProps): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  return (
    <Modal
      opened={dialogue !== null}
      onClose={onClose}
      title={dialogue === null ? "" : t(`steps.${dialogue}`)}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      {dialogue === "contact" ? <ContactForm busy={busy} onSend={onSend} /> : null}
      {dialogue === "act" ? <ActForm busy={busy} onSend={onSend} /> : null}
      {dialogue === "close" ? <CloseForm busy={busy} onSend={onSend} /> : null}
      {dialogue === "assign" ? <AssignForm busy={busy} onSend={onSend} /> : null}
    </Modal>
  );
}

type FormProps = Pick<StepDialogueProps, "busy" | "onSend">;

interface StepFormProps {
  readonly busy: boolean;
  readonly save: string;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

function StepForm({ busy, save, onSubmit, children }: StepFormProps): ReactElement {
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <Button type="submit" loading={busy}>{save}</Button>
    </form>
  );
}

interface ChoiceProps {
  readonly group: string;
  readonly label: string;
  readonly values: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly first?: boolean;
}

function Choice({ group, label, values, value, onChange, first = false }: ChoiceProps): ReactElement {
  const { t } = useClinicWords();
  return (
    <Radio.Group label={label} value={value} onChange={onChange}>
      <div className="hf-stack">
        {values.map((each, index) => (
          <Radio
            key={each}
            size="sm"
            value={each}
            label={t(`${group}.${each}`)}
            data-autofocus={first && index === 0 ? true : undefined}
          />
        ))}
      </div>
    </Radio.Group>
  );
}

function ContactForm({ busy, onSend }: FormProps): ReactElement {
  const { t } = useClinicWords();
  const [means, setMeans] = useState("phone");
  const [outcome, setOutcome] = useState("answered");
  return (
    <StepForm busy={busy} save={t("steps.saveContact")} onSubmit={() => onSend({ step: "contact-attempts", means, outcome })}>
      <Choice group="means" label={t("steps.means")} values={["phone", "message", "visit", "other"]} value={means} onChange={setMeans} first />
      <Choice group="attemptOutcome" label={t("steps.attemptOutcome")} values={["answered", "not-answered", "left-word"]} value={outcome} onChange={setOutcome} />
    </StepForm>
  );
}

function ActForm({ busy, onSend }: FormProps): ReactElement {
  const { t } = useClinicWords();
  const [action, setAction] = useState("called");
  return (
    <StepForm busy={busy} save={t("steps.saveAct")} onSubmit={() => onSend({ step: "act", action })}>
      <Choice group="flagAction" label={t("steps.action")} values={["called", "appointment", "safety-plan", "emergency-services", "other"]} value={action} onChange={setAction} first />
    </StepForm>
  );
}

function CloseForm({ busy, onSend }: FormProps): ReactElement {
  const { t } = useClinicWords();
  const [outcome, setOutcome] = useState("safe-and-followed-up");
  return (
    <StepForm busy={busy} save={t("steps.saveClose")} onSubmit={() => onSend({ step: "close", outcome })}>
      <p className="hf-soft">{t("steps.closeHint")}</p>
      <Choice
        group="outcome"
        label={t("steps.outcome")}
        values={["safe-and-followed-up", "handed-over", "emergency-services", "no-contact-possible", "not-needed"]}
        value={outcome}
        onChange={setOutcome}
        first
      />
    </StepForm>
  );
}

function AssignForm({ busy, onSend }: FormProps): ReactElement {
  const { t } = useClinicWords();
  const { membership } = useActive();
  const staff = useStaff();
  const offered = (staff.data ?? []).filter(
    (each) => each.active && CARERS.has(each.role) && each.id !== membership.id,
  );
  const [chosen, setChosen] = useState("");
  const member = chosen || offered[0]?.id || "";
  if (staff.isError) return <ErrorState error={staff.error} />;
  if (staff.data !== undefined && offered.length === 0) return <p>{t("steps.nobodyElse")}</p>;
  return (
    <StepForm busy={busy} save={t("steps.saveAssign")} onSubmit={() => onSend({ step: "assign", membership_id: member })}>
      <p className="hf-soft">{t("steps.assignHint")}</p>
      <NativeSelect
        label={t("steps.to")}
        data-autofocus
        value={member}
        onChange={(event) => setChosen(event.currentTarget.value)}
        data={offered.map((each) => ({ value: each.id, label: each.display_name }))}
      />
    </StepForm>
  );
}
