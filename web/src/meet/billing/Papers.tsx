import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { v4 } from "uuid";

import { ConfirmDialog, ErrorState } from "@/design";

import { type Paper, paperAddress, useBillingWrite, useMoneyWords } from "./api";
import "./billing.css";

interface Props {
  readonly practice: string;
  readonly client: string;
  readonly papers: readonly Paper[];
  /** Whether the reader may take an invoice back. */
  readonly mayCancel?: boolean;
}

/** Invoices, what takes them back, and superbills: each to be fetched as it was issued. */
export function Papers({ practice, client, papers, mayCancel = false }: Props): ReactElement {
  const { t, amount, date } = useMoneyWords();
  const write = useBillingWrite();
  const [asking, setAsking] = useState<Paper | null>(null);
  const cancel = (): void => {
    if (asking === null) return;
    write.mutate(
      { method: "post", rest: `/clients/${client}/invoices/${asking.id}/cancel`, body: { id: v4() } },
      { onSettled: () => setAsking(null) },
    );
  };
  return (
    <>
      <ul className="hb-list" data-testid="papers">
        {papers.map((paper) => (
          <li key={paper.id}>
            <span>
              <strong>{t(`kind.${paper.kind}`)}</strong> <bdi>{paper.number}</bdi>
              <br />
              <span className="hf-soft hf-small">
                {date(paper.issued_at)}
                {paper.cancels === null ? "" : ` · ${t("cancels", { number: paper.cancels })}`}
                {paper.cancelled_by === null ? "" : ` · ${t("cancelledBy", { number: paper.cancelled_by })}`}
              </span>
            </span>
            <span className="hb-amount">{amount(paper.total, paper.currency)}</span>
            <span className="hf-buttons">
              <Button
                component="a"
                href={paperAddress(practice, client, paper.id)}
                download
                size="sm"
                variant="default"
                aria-label={t("fetchNamed", { number: paper.number })}
              >
                {t("fetch")}
              </Button>
              {mayCancel && paper.kind === "invoice" && paper.cancelled_by === null ? (
                <Button size="sm" variant="subtle" aria-label={t("takeBackNamed", { number: paper.number })} onClick={() => setAsking(paper)}>
                  {t("takeBack")}
                </Button>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      {write.isError ? <ErrorState error={write.error} /> : null}
      <ConfirmDialog
        opened={asking !== null}
        title={t("takeBackTitle", { number: asking?.number ?? "" })}
        confirm={t("takeBack")}
        busy={write.isPending}
        onConfirm={cancel}
        onClose={() => setAsking(null)}
      >
        <p>{t("takeBackText")}</p>
      </ConfirmDialog>
    </>
  );
}
