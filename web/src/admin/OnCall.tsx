import { ActionIcon, Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { Schemas } from "@/api/types";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactElement, useRef, useState } from "react";

import { Notice, Page, Panel, Query } from "@/design";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, useOnCall, usePeople } from "./api";
import { useAdminWords } from "./language";
import { moved } from "./reorder";
import { CARERS, type OnCallView, type PersonRow } from "./types";

/** To whom a flag goes, in which order, and what happens when nobody on the list answers. */
export function OnCallPage(): ReactElement {
  const { t } = useAdminWords();
  const onCall = useOnCall();
  const people = usePeople();
  return (
    <Page title={t("onCall.title")} lead={t("onCall.lead")} width="wide">
      <Query query={people}>
        {(list) => (
          <Query query={onCall}>
            {(view) => (
              <OnCallForm
                view={view}
                people={list.filter((each) => each.active && CARERS.has(each.role))}
              />
            )}
          </Query>
        )}
      </Query>
    </Page>
  );
}

interface OnCallFormProps {
  readonly view: OnCallView;
  readonly people: readonly PersonRow[];
}

function OnCallForm({ view, people }: OnCallFormProps): ReactElement {
  const { t } = useAdminWords();
  const write = useAdminWrite();
  const [order, setOrder] = useState(() => view.entries.map((each) => each.membership_id));
  const [end, setEnd] = useState(view.end_of_chain);
  const names = new Map<string, string>([
    ...view.entries.map((each): [string, string] => [each.membership_id, each.display_name ?? ""]),
    ...people.map((each): [string, string] => [each.id, each.display_name]),
  ]);
  const written = [end.name, end.phone, end.instructions].every((text) => text.trim() !== "");
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({
          method: "put",
          rest: "/on-call",
          body: { entries: order.map((membership_id) => ({ membership_id })), end_of_chain: end } satisfies Schemas["OnCallIn"],
        });
      }}
    >
      <Order
        order={order}
        name={(id) => names.get(id) ?? ""}
        people={people}
        onChange={(next) => {
          write.reset();
          setOrder(next);
        }}
      />
      <Panel title={t("onCall.end")}>
        <p className="hf-soft">{t("onCall.endLead")}</p>
        {order.length === 1 ? <Notice title={t("onCall.solo")}><p>{t("onCall.soloHint")}</p></Notice> : null}
        <div className="ha-form">
          <TextInput
            size="sm"
            label={t("onCall.endName")}
            required
            value={end.name}
            onChange={(event) => setEnd({ ...end, name: event.currentTarget.value })}
          />
          <TextInput
            size="sm"
            type="tel"
            required
            label={t("onCall.endPhone")}
            value={end.phone}
            onChange={(event) => setEnd({ ...end, phone: event.currentTarget.value })}
          />
          <Textarea
            size="sm"
            className="ha-wide"
            label={t("onCall.endInstructions")}
            description={t("onCall.endInstructionsHint")}
            required
            autosize
            minRows={3}
            value={end.instructions}
            onChange={(event) => setEnd({ ...end, instructions: event.currentTarget.value })}
          />
        </div>
      </Panel>
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending} disabled={!written}>
          {t("common:save")}
        </Button>
        <span role="status">{write.isSuccess ? t("common:saved") : ""}</span>
      </div>
      {written ? null : <p className="hf-soft">{t("onCall.endMissing")}</p>}
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </form>
  );
}

interface OrderProps {
  readonly order: readonly string[];
  readonly name: (id: string) => string;
  readonly people: readonly PersonRow[];
  readonly onChange: (order: string[]) => void;
}

/** A list put in order by buttons or by Alt and the arrow keys; each move is announced. */
function Order({ order, name, people, onChange }: OrderProps): ReactElement {
  const { t, number } = useAdminWords();
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState("");
  const offered = people.filter((each) => !order.includes(each.id));
  const [chosen, setChosen] = useState("");
  const next = offered.some((each) => each.id === chosen) ? chosen : (offered[0]?.id ?? "");
  const move = (from: number, to: number) => {
    const id = order[from];
    if (id === undefined || to < 0 || to >= order.length) return;
    onChange(moved(order, from, to));
    setSaid(t("onCall.movedTo", { name: name(id), place: number(to + 1) }));
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(index, index + (event.key === "ArrowUp" ? -1 : 1));
  };
  return (
    <Panel title={t("onCall.order")}>
      <p className="hf-soft">{t("onCall.orderLead")}</p>
      {order.length === 0 ? <p>{t("onCall.nobody")}</p> : null}
      <ol ref={list} className="ha-order" data-testid="on-call-order">
        {order.map((id, index) => (
          // The keys reach the list item from its buttons; it is no control of its own.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
          <li key={id} onKeyDown={(event) => onKeyDown(event, index)}>
            <span className="ha-who">{name(id)}</span>
            <span className="hf-buttons">
              <ActionIcon
                size="2.25rem"
                aria-label={t("onCall.upNamed", { name: name(id) })}
                aria-disabled={index === 0}
                {...(index === 0 ? { "data-disabled": true } : {})}
                onClick={() => move(index, index - 1)}
              >
                <IconArrowUp size={18} aria-hidden />
              </ActionIcon>
              <ActionIcon
                size="2.25rem"
                aria-label={t("onCall.downNamed", { name: name(id) })}
                aria-disabled={index === order.length - 1}
                {...(index === order.length - 1 ? { "data-disabled": true } : {})}
                onClick={() => move(index, index + 1)}
              >
                <IconArrowDown size={18} aria-hidden />
              </ActionIcon>
              <ActionIcon
                size="2.25rem"
                aria-label={t("onCall.removeNamed", { name: name(id) })}
                onClick={() => onChange(order.filter((other) => other !== id))}
              >
                <IconX size={18} aria-hidden />
              </ActionIcon>
            </span>
          </li>
        ))}
      </ol>
      <p className="hf-visually-hidden" role="status">{said}</p>
      {offered.length === 0 ? null : (
        <div className="ha-form">
          <NativeSelect
            size="sm"
            label={t("onCall.who")}
            value={next}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={offered.map((each) => ({ value: each.id, label: each.display_name }))}
          />
          <div className="hf-buttons">
            <Button size="sm" variant="default" onClick={() => onChange([...order, next])}>{t("onCall.add")}</Button>
          </div>
        </div>
      )}
      {people.length === 0 ? <p className="hf-soft">{t("onCall.noClinicians")}</p> : null}
    </Panel>
  );
}
