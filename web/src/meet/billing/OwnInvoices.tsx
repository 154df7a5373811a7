import type { ReactElement } from "react";

import { useOwnRecord } from "@/api/session";
import type { Schemas } from "@/api/types";
import { EmptyState, Notice, Panel, Query } from "@/design";

import { useBilling, useMoneyWords } from "./api";
import { Papers } from "./Papers";

/** A person's own invoices, and what they agreed to pay. */
export default function OwnInvoices(): ReactElement {
  const { t, date } = useMoneyWords();
  const { practiceId, clientId } = useOwnRecord();
  const papers = useBilling<Schemas["DocumentsOut"]>(`/clients/${clientId}/invoices`);
  const agreed = useBilling<Schemas["AgreementOut"]>(`/clients/${clientId}/fee-agreement`);
  return (
    <>
      <Query query={agreed}>
        {(found) => (
          <p>
            {found.agreed_at === null || found.agreed_at === undefined
              ? t("own.notAgreed")
              : t(found.step_id === null ? "own.agreedFull" : "own.agreed", {
                  percent: found.percent,
                  step: found.name ?? "",
                  name: found.agreed_with ?? "",
                  date: date(found.agreed_at),
                })}
          </p>
        )}
      </Query>
      <Query query={papers}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t("own.none")} />
          ) : (
            <Panel>
              <Papers practice={practiceId} client={clientId} papers={items} />
            </Panel>
          )
        }
      </Query>
      <Notice title={t("own.diagnosisTitle")}>
        <p>{t("own.diagnosis")}</p>
      </Notice>
    </>
  );
}
