import { Anchor } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth, type Standing } from "@/api/allauth";
import { api } from "@/api/client";
import { useConfig } from "@/api/session";
import type { InvitationView } from "@/api/types";
import { EmptyState, Loading, Notice, Page, Query } from "@/design";
import { deliverNow } from "@/queue/outbox";

import { safeNext } from "./Login";
import { journey, journeyDone } from "./providers";
import { type FromProvider, RegisterForm } from "./RegisterForm";
import { SecondStep } from "./SecondStep";

/** allauth's words for what went wrong, and ours; all others are told as `unknown`. */
const ERRORS = new Map([
  ["cancelled", "cancelled"],
  ["connected_other", "elsewhere"],
  ["permission_denied", "signed-out"],
]);

/** What went wrong at the provider, taken out of the address. */
function useError(): string | null {
  const [error] = useState(() => new URLSearchParams(window.location.search).get("error"));
  useEffect(() => {
    window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return error;
}

/** Back from the identity provider: in, one step short of it, or somebody new who joins. */
export default function Returned(): ReactElement {
  const error = useError();
  const standing = useQuery({
    queryKey: ["standing"],
    queryFn: allauth.standing,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    enabled: error === null,
  });
  if (error !== null) return <Failed error={error} />;
  return <Query query={standing}>{(found) => <From standing={found} />}</Query>;
}

function Failed({ error }: { error: string }): ReactElement {
  const { t } = useTranslation("auth");
  const known = ERRORS.get(error) ?? "unknown";
  return (
    <Page title={t("provider.failed")}>
      <div role="alert">
        <Notice tone="attention">
          <p>{t(`provider.errors.${known}`)}</p>
        </Notice>
      </div>
      <Anchor component={Link} to="/login">
        {t("provider.to-login")}
      </Anchor>
    </Page>
  );
}

function From({ standing }: { standing: Standing }): ReactElement {
  const navigate = useNavigate();
  const [now, setNow] = useState(standing);
  if (now.kind === "signed-in") return <Arrived />;
  if (now.kind === "joining") return <Joining provider={now.provider} />;
  if (now.kind === "second-factor") {
    return (
      <SecondStep
        factors={now.types}
        onOutcome={async (outcome) => {
          if (outcome.kind === "signed-in") setNow({ kind: "signed-in" });
        }}
        onBack={() => void navigate({ to: "/login" })}
      />
    );
  }
  return <Failed error="unknown" />;
}

function Arrived(): ReactElement {
  const client = useQueryClient();
  const navigate = useNavigate();
  useEffect(() => {
    const { next, token } = journey();
    journeyDone();
    void client.resetQueries({ queryKey: ["me"] }).then(() => {
      deliverNow();
      // Somebody with an account takes up the invitation that they left with.
      return token === undefined
        ? navigate({ to: safeNext(next), replace: true })
        : navigate({ to: "/join", hash: token, replace: true });
    });
  }, [client, navigate]);
  return <Loading />;
}

/** Somebody without an account: by the invitation they left with, or with a practice that is open. */
function Joining({ provider }: { provider: FromProvider }): ReactElement {
  const { token } = journey();
  return token === undefined ? (
    <JoiningOpen provider={provider} />
  ) : (
    <JoiningInvited provider={provider} token={token} />
  );
}

function JoiningInvited({
  provider,
  token,
}: {
  provider: FromProvider;
  token: string;
}): ReactElement {
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.post<InvitationView>("/invitations/look-up", { token }),
    retry: false,
  });
  return (
    <Query query={invitation}>
      {(found) => (
        <RegisterForm
          target={{ kind: "invitation", token, invitation: found }}
          provider={provider}
        />
      )}
    </Query>
  );
}

function JoiningOpen({ provider }: { provider: FromProvider }): ReactElement {
  const { t } = useTranslation("auth");
  const config = useConfig();
  return (
    <Query query={config}>
      {({ practices }) => {
        const open = practices.filter((each) => each.self_registration);
        if (open.length > 0) {
          return <RegisterForm target={{ kind: "open", practices: open }} provider={provider} />;
        }
        return (
          <Page title={t("register.title")}>
            <EmptyState title={t("register.closed")}>
              <p>{t("provider.closed-text", { name: provider.name })}</p>
            </EmptyState>
            <Anchor component={Link} to="/login">
              {t("provider.to-login")}
            </Anchor>
          </Page>
        );
      }}
    </Query>
  );
}
