import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";

import type { Role, Schemas } from "@/api/types";
import { Page, Panel, Query } from "@/design";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, useInvitations } from "./api";
import { useAdminWords } from "./language";
import { OneTimeLink } from "./OneTimeLink";
import type { InvitationRow, NewInvitation } from "./types";

const ROLES: readonly Role[] = [
  "clinician",
  "prescriber",
  "supervisor",
  "administrator",
  "researcher",
  "client",
];

/** Invite somebody by a one-time link, and see which invitations are out. */
export function InvitationsPage(): ReactElement {
  const { t } = useAdminWords();
  const invitations = useInvitations();
  const create = useAdminWrite<NewInvitation>();
  const [role, setRole] = useState<Role>("clinician");
  const [email, setEmail] = useState("");
  return (
    <Page title={t("invitations.title")} lead={t("invitations.lead")} width="wide">
      {create.data === undefined ? null : (
        <OneTimeLink link={create.data.link} onDone={() => create.reset()} />
      )}
      <Panel title={t("invitations.new")}>
        <form
          className="ha-form"
          onSubmit={(event) => {
            event.preventDefault();
            const address = email.trim();
            create.mutate(
              {
                method: "post",
                rest: "/invitations",
                body: { role, ...(address === "" ? {} : { email: address }) } satisfies Partial<Schemas["InvitationIn"]>,
              },
              { onSuccess: () => setEmail("") },
            );
          }}
        >
          <NativeSelect
            size="sm"
            label={t("invitations.role")}
            value={role}
            onChange={(event) => setRole(ROLES.find((each) => each === event.currentTarget.value) ?? role)}
            data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
          />
          <TextInput
            size="sm"
            type="email"
            label={t("invitations.email")}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <div className="ha-wide hf-soft hf-small">{t("invitations.emailHint")} {t(`roleHint.${role}`)}</div>
          <div className="ha-wide">
            <Button size="sm" type="submit" loading={create.isPending}>{t("invitations.create")}</Button>
          </div>
          {create.isError ? <div className="ha-wide"><AdminProblem error={create.error} /></div> : null}
        </form>
      </Panel>
      <Panel title={t("invitations.out")}>
        <Query query={invitations}>
          {(list) =>
            list.length === 0 ? (
              <p className="hf-soft">{t("invitations.none")}</p>
            ) : (
              <ul className="ha-list">
                {list.map((each) => (
                  <Invitation key={each.id} invitation={each} />
                ))}
              </ul>
            )
          }
        </Query>
      </Panel>
    </Page>
  );
}

type InvitationState = "waiting" | "accepted" | "revoked" | "expired";

export function invitationState(invitation: InvitationRow, now: number): InvitationState {
  if (invitation.accepted_at) return "accepted";
  if (invitation.revoked_at) return "revoked";
  return Date.parse(invitation.expires_at) <= now ? "expired" : "waiting";
}

function Invitation({ invitation }: { readonly invitation: InvitationRow }): ReactElement {
  const { t, moment } = useAdminWords();
  const [openedAt] = useState(() => Date.now());
  const write = useAdminWrite();
  const state = invitationState(invitation, openedAt);
  const who = `${t(`role.${invitation.role}`)}${invitation.email ? ` · ${invitation.email}` : ""}`;
  return (
    <li>
      <span className="ha-grow">
        <strong>{who}</strong>
        <span className="ha-sub">
          {t(`invitations.state.${state}`)}
          {state === "waiting" ? ` · ${t("invitations.until", { when: moment(invitation.expires_at) })}` : null}
        </span>
      </span>
      {state === "waiting" ? (
        <Button
          size="xs"
          variant="default"
          loading={write.isPending}
          aria-label={t("invitations.revokeNamed", { who })}
          onClick={() => write.mutate({ method: "delete", rest: `/invitations/${invitation.id}` })}
        >
          {t("invitations.revoke")}
        </Button>
      ) : null}
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </li>
  );
}
