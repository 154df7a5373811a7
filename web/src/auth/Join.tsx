import { Anchor, Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { useMe } from "@/api/session";
import type { InvitationView } from "@/api/types";
import { EmptyState, Page, Query } from "@/design";

import { CareTeamWords } from "./CareTeamWords";
import { FormError } from "./FormError";
import { RegisterForm } from "./RegisterForm";
import { useSubmit } from "./useSubmit";

/** The token stands after the #, so that it is in no server's log. */
const tokenInAddress = (): string => window.location.hash.replace(/^#(?:token=)?/, "");

/** The token this page was opened with; it is taken out of the address. */
function useToken(): string {
  // Only read while rendering: React may render twice before the screen stands.
  const [token] = useState(tokenInAddress);
  useEffect(() => {
    if (tokenInAddress() === "") return;
    window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return token;
}

export default function Join(): ReactElement {
  const { t } = useTranslation("auth");
  const token = useToken();
  if (token === "") {
    return (
      <Page title={t("join.title")}>
        <EmptyState title={t("join.none")}>
          <p>{t("join.none-text")}</p>
        </EmptyState>
        <Anchor component={Link} to="/login">
          {t("register.have-account")}
        </Anchor>
      </Page>
    );
  }
  return <WithToken token={token} />;
}

function WithToken({ token }: { token: string }): ReactElement {
  const { t } = useTranslation("auth");
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const submit = useSubmit();
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.post<InvitationView>("/invitations/look-up", { token }),
    retry: false,
  });
  return (
    <Query query={invitation}>
      {(found) => {
        if (!me.data) {
          return <RegisterForm target={{ kind: "invitation", token, invitation: found }} />;
        }
        return (
          <Page
            title={t("join.title")}
            lead={t("join.lead", { practice: found.practice.name, role: t(`roles.${found.role}`) })}
          >
            <FormError error={submit.error} />
            {found.role === "client" ? <CareTeamWords /> : null}
            <Button
              loading={submit.busy}
              onClick={() =>
                void submit.run(async () => {
                  await api.post("/invitations/accept", { token });
                  await client.resetQueries({ queryKey: ["me"] });
                  await navigate({ to: found.role === "client" ? "/" : "/security" });
                })
              }
            >
              {t("join.accept", { login: me.data.login })}
            </Button>
          </Page>
        );
      }}
    </Query>
  );
}
