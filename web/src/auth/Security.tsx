import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth, type Authenticator } from "@/api/allauth";
import { CARE, signOut, useActive } from "@/api/session";
import type { Role } from "@/api/types";
import { Notice, Page, Panel, Query } from "@/design";
import { useFormat } from "@/format";
import { OwnKeys } from "@/vault/OwnKeys";

import "./auth.css";
import { FormError } from "./FormError";
import { NewRecoveryCode } from "./NewRecoveryCode";
import { Passkeys } from "./Passkeys";
import { ChangePassword } from "./ChangePassword";
import { Providers } from "./Providers";
import { Sessions } from "./Sessions";
import { TotpSetup } from "./Totp";
import { useReauth } from "./useReauth";

const NEED_SECOND: readonly Role[] = [
  "clinician",
  "prescriber",
  "supervisor",
  "administrator",
  "researcher",
];

/** How this person signs in, and from where. */
export default function Security(): ReactElement {
  const { t } = useTranslation("auth");
  const { me, roles } = useActive();
  const authenticators = useQuery({
    queryKey: ["authenticators"],
    queryFn: allauth.authenticators,
  });
  const staff = NEED_SECOND.some((role) => roles.has(role));
  return (
    <Page
      title={t("security.title")}
      lead={t("security.lead", { login: me.login })}
      actions={
        <Button
          variant="default"
          onClick={() => void signOut()}
        >
          {t("security.sign-out")}
        </Button>
      }
    >
      {staff && !me.session_second_factor ? (
        <Notice
          tone="attention"
          title={me.second_factor ? t("security.use-second") : t("security.need-second")}
          testId="second-factor-needed"
        >
          <p>{t("security.need-second-text")}</p>
        </Notice>
      ) : null}
      <Query query={authenticators}>
        {(list) => (
          <>
            <SecondFactor list={list} />
            <Passkeys list={list} />
            {list.some((each) => each.type !== "recovery_codes") ? <SpareCodes list={list} /> : null}
          </>
        )}
      </Query>
      {CARE.some((role) => roles.has(role)) ? (
        <Panel title={t("security.offer")}>
          <p>{t("security.offer-text")}</p>
          <div>
            <Button component={Link} to="/offer" variant="default">
              {t("security.offer")}
            </Button>
          </div>
        </Panel>
      ) : null}
      {staff ? (
        <Panel title={t("security.notifications")}>
          <p>{t("security.notifications-text")}</p>
          <div className="hf-buttons">
            <Button component={Link} to="/notifications" variant="default">
              {t("security.notifications")}
            </Button>
            <Button component={Link} to="/calendars" variant="default">
              {t("security.calendars")}
            </Button>
          </div>
        </Panel>
      ) : null}
      <Providers />
      {me.has_secret ? <ChangePassword /> : null}
      {staff ? <OwnKeys /> : null}
      {me.has_secret ? <NewRecoveryCode /> : null}
      <Sessions />
    </Page>
  );
}

function useChanged(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: ["authenticators"] });
    await client.invalidateQueries({ queryKey: ["me"] });
  };
}

function SecondFactor({ list }: { list: Authenticator[] }): ReactElement {
  const { t } = useTranslation("auth");
  const format = useFormat();
  const changed = useChanged();
  const reauth = useReauth();
  const [setup, setSetup] = useState<{ secret: string; totp_url: string } | null>(null);
  const totp = list.find((each) => each.type === "totp");
  return (
    <Panel title={t("totp.title")}>
      <FormError error={reauth.error} />
      {reauth.dialog}
      {totp === undefined ? <p>{t("totp.lead")}</p> : null}
      {totp !== undefined ? (
        <>
          <p>{t("totp.on", { date: format.date(new Date(totp.created_at * 1000)) })}</p>
          <Button
            variant="default"
            loading={reauth.busy}
            onClick={() =>
              void reauth.run(async () => {
                await allauth.totp.remove();
                await changed();
              })
            }
          >
            {t("totp.remove")}
          </Button>
        </>
      ) : null}
      {totp === undefined && setup === null ? (
        <Button
          loading={reauth.busy}
          onClick={() =>
            void reauth.run(async () => {
              setSetup(await allauth.totp.begin());
            })
          }
        >
          {t("totp.begin")}
        </Button>
      ) : null}
      {totp === undefined && setup !== null ? (
        <TotpSetup
          setup={setup}
          onDone={() => {
            setSetup(null);
            void changed();
          }}
        />
      ) : null}
    </Panel>
  );
}

function SpareCodes({ list }: { list: Authenticator[] }): ReactElement {
  const { t } = useTranslation("auth");
  const changed = useChanged();
  const reauth = useReauth();
  const [codes, setCodes] = useState<string[] | null>(null);
  const left = list.find((each) => each.type === "recovery_codes")?.unused_code_count;
  return (
    <Panel title={t("spare.title")}>
      <p>{t("spare.lead")}</p>
      <p>{left === undefined ? t("spare.none") : t("spare.left", { count: left })}</p>
      <FormError error={reauth.error} />
      {reauth.dialog}
      {codes === null || codes.length === 0 ? null : (
        <ul className="hf-code-list" data-testid="spare-codes">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      )}
      <div className="hf-buttons">
        {left === undefined ? null : (
          <Button
            variant="default"
            loading={reauth.busy}
            onClick={() =>
              void reauth.run(async () => setCodes(await allauth.secondFactorCodes()))
            }
          >
            {t("spare.show")}
          </Button>
        )}
        <Button
          variant="default"
          loading={reauth.busy}
          onClick={() =>
            void reauth.run(async () => {
              setCodes(await allauth.renewSecondFactorCodes());
              await changed();
            })
          }
        >
          {t("spare.renew")}
        </Button>
      </div>
    </Panel>
  );
}
