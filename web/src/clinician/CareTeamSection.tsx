import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";
import { ErrorState, Notice, Query } from "@/design";

import { CARERS, useCareTeam, useClientWrite, useStaff } from "./api";
// Also shown in the administration, which brings no style sheet of the clinician's along.
import "./clinician.css";
import { useClinicWords } from "./language";
import { Section } from "./Section";
import { Tag } from "./marks";
import type { CareTeamView } from "./types";

const PURPOSES = ["treatment", "cover", "prescribing"] as const;

/** Who cares for this person, for which purpose, since when and until when; who will and who did. */
export function CareTeamSection({ client }: { readonly client: string }): ReactElement {
  const { t } = useClinicWords();
  const { roles } = useActive();
  return (
    <Section id="team" title={t("team.title")}>
      <CareTeam client={client} mayChange={roles.has("administrator")} />
    </Section>
  );
}

interface CareTeamProps {
  readonly client: string;
  /** Only the practice's administration puts care teams together. */
  readonly mayChange: boolean;
}

export function CareTeam({ client, mayChange }: CareTeamProps): ReactElement {
  const { t } = useClinicWords();
  const team = useCareTeam(client);
  const write = useClientWrite(client);
  const [adding, setAdding] = useState(false);
  return (
    <>
      {mayChange ? (
        <div className="hf-buttons">
          <Button size="xs" variant="default" aria-expanded={adding} onClick={() => setAdding(!adding)}>
            {t("team.add")}
          </Button>
        </div>
      ) : null}
      {adding ? <AddMember client={client} onDone={() => setAdding(false)} /> : null}
      <Query query={team}>
        {(list) => {
          const on = (when: CareTeamView["when"]) => list.filter((each) => each.when === when);
          const end = mayChange
            ? (id: string) => write.mutate({ method: "delete", rest: `/care-team/${id}` })
            : null;
          return (
            <>
              {on("now").length === 0 ? <p className="hf-soft">{t("team.none")}</p> : null}
              <Members list={on("now")} onEnd={end} />
              {on("planned").length === 0 ? null : <h3>{t("team.planned")}</h3>}
              <Members list={on("planned")} onEnd={end} />
              {on("past").length === 0 ? null : (
                <details className="hc-disclosure">
                  <summary>{t("team.past")}</summary>
                  <Members list={on("past")} onEnd={null} />
                </details>
              )}
            </>
          );
        }}
      </Query>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </>
  );
}

function Refused({ error }: { readonly error: Error }): ReactElement {
  const { t } = useClinicWords();
  const code = refusal(error);
  if (code === null) return <ErrorState error={error} />;
  return (
    <div role="alert">
      <Notice tone="attention" title={t(`team.refused.${code}`)} />
    </div>
  );
}

interface MembersProps {
  readonly list: readonly CareTeamView[];
  readonly onEnd: ((id: string) => void) | null;
}

function Members({ list, onEnd }: MembersProps): ReactElement | null {
  const { t, date } = useClinicWords();
  if (list.length === 0) return null;
  const days = (each: CareTeamView): string => {
    const day = date(each.starts_on);
    if (each.ends_on !== null) return t("team.between", { day, last: date(each.ends_on) });
    return t(each.when === "planned" ? "team.from" : "team.since", { day });
  };
  return (
    <ul className="hf-plain-list">
      {list.map((each) => (
        <li key={each.id} className="hf-row">
          <span>
            <strong>{each.display_name}</strong> {each.primary ? <Tag>{t("team.primary")}</Tag> : null}
            <span className="hc-sub">
              {t(`team.purpose.${each.purpose}`, { defaultValue: each.purpose })} · {days(each)}
            </span>
          </span>
          {onEnd === null ? null : (
            <Button
              size="xs"
              variant="subtle"
              aria-label={t("team.endNamed", { name: each.display_name })}
              onClick={() => onEnd(each.id)}
            >
              {t("team.end")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Why the server would not put somebody on the team; null where it is none of these. */
function refusal(error: Error): "dates" | "already-there" | null {
  if (!(error instanceof ApiError)) return null;
  if (error.code === "already-there") return "already-there";
  return error.fields.some((each) => each.field === "starts_on" || each.field === "ends_on") ? "dates" : null;
}

function AddMember({ client, onDone }: { readonly client: string; readonly onDone: () => void }): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  const staff = useStaff();
  const write = useClientWrite(client);
  const [member, setMember] = useState("");
  const [purpose, setPurpose] = useState<string>("treatment");
  const [primary, setPrimary] = useState(false);
  const [first, setFirst] = useState("");
  const [last, setLast] = useState("");
  const offered = (staff.data ?? []).filter((each) => each.active && CARERS.has(each.role));
  const chosen = member || offered[0]?.id || "";
  return (
    <form
      className="hc-form"
      aria-label={t("team.add")}
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate(
          {
            method: "post",
            rest: "/care-team",
            body: {
              membership_id: chosen,
              purpose,
              primary,
              starts_on: first || null,
              ends_on: last || null,
            },
          },
          { onSuccess: onDone },
        );
      }}
    >
      {staff.isError ? <div className="hc-wide"><ErrorState error={staff.error} /></div> : null}
      <NativeSelect
        size="sm"
        label={t("team.member")}
        value={chosen}
        onChange={(event) => setMember(event.currentTarget.value)}
        data={offered.map((each) => ({ value: each.id, label: each.display_name }))}
      />
      <NativeSelect
        size="sm"
        label={t("team.purposeLabel")}
        value={purpose}
        onChange={(event) => setPurpose(event.currentTarget.value)}
        data={PURPOSES.map((value) => ({ value, label: t(`team.purpose.${value}`) }))}
      />
      <TextInput
        size="sm"
        type="date"
        label={t("team.firstDay")}
        description={t("team.firstDayHint")}
        value={first}
        onChange={(event) => setFirst(event.currentTarget.value)}
      />
      <TextInput
        size="sm"
        type="date"
        label={t("team.lastDay")}
        description={t("team.lastDayHint")}
        value={last}
        min={first || undefined}
        onChange={(event) => setLast(event.currentTarget.value)}
      />
      <Checkbox
        size="sm"
        label={t("team.makePrimary")}
        checked={primary}
        onChange={(event) => setPrimary(event.currentTarget.checked)}
      />
      <div className="hf-buttons hc-wide">
        <Button size="sm" type="submit" loading={write.isPending} disabled={chosen === ""}>
          {t("common:add")}
        </Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {write.isError ? <div className="hc-wide"><Refused error={write.error} /></div> : null}
    </form>
  );
}
