import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { ErrorState, Query } from "@/design";

import { CARERS, useCareTeam, useClientWrite, useStaff } from "./api";
import { useClinicWords } from "./language";
import { Section } from "./Section";
import { Tag } from "./marks";

const PURPOSES = ["treatment", "cover", "prescribing"] as const;

/** Who cares for this person, for which purpose, since when. */
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
  const { t, date } = useClinicWords();
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
        {(list) => (
          <ul className="hf-plain-list">
            {list
              .filter((each) => each.ends_on === null)
              .map((each) => (
                <li key={each.id} className="hf-row">
                  <span>
                    <strong>{each.display_name}</strong> {each.primary ? <Tag>{t("team.primary")}</Tag> : null}
                    <span className="hc-sub">
                      {t(`team.purpose.${each.purpose}`, { defaultValue: each.purpose })} ·{" "}
                      {t("team.since", { day: date(each.starts_on) })}
                    </span>
                  </span>
                  {mayChange ? (
                    <Button
                      size="xs"
                      variant="subtle"
                      aria-label={t("team.endNamed", { name: each.display_name })}
                      onClick={() => write.mutate({ method: "delete", rest: `/care-team/${each.id}` })}
                    >
                      {t("team.end")}
                    </Button>
                  ) : null}
                </li>
              ))}
            {list.length === 0 ? <li className="hf-soft">{t("team.none")}</li> : null}
          </ul>
        )}
      </Query>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </>
  );
}

function AddMember({ client, onDone }: { readonly client: string; readonly onDone: () => void }): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  const staff = useStaff();
  const write = useClientWrite(client);
  const [member, setMember] = useState("");
  const [purpose, setPurpose] = useState<string>("treatment");
  const [primary, setPrimary] = useState(false);
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
            body: { membership_id: chosen, purpose, primary },
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
      {write.isError ? <div className="hc-wide"><ErrorState error={write.error} /></div> : null}
    </form>
  );
}
