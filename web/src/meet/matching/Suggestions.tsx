import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { ConfirmDialog, Notice, Panel, Query } from "@/design";

import {
  type Enquiry,
  type Intake,
  type Match,
  type TeamMember,
  useCareTeam,
  useMatches,
  useOwnChange,
  useOwnEnquiries,
  type Waiting,
} from "./api";
import { reasonsShown } from "./codes";
import { Problem } from "./Problem";
import { useMatchingWords } from "./words";

interface Props {
  readonly intake: Intake;
  readonly onChange: () => void;
}

/** Who fits, whom one asked, and what to do where nobody fits. */
export function Suggestions({ intake, onChange }: Props): ReactElement {
  const { t } = useMatchingWords();
  const matches = useMatches();
  const [begun, setBegun] = useState<string | null>(null);
  if (matches.isError) return <Problem error={matches.error} />;
  return (
    <>
      {begun === null ? null : <Begun name={begun} />}
      <Asked />
      <WithYou />
      <Query query={matches}>
        {({ items, waiting }) => (
          <>
            {items.length === 0 ? (
              <Notice title={t("results.none")}>
                <p>{t("results.noneText")}</p>
              </Notice>
            ) : (
              <p>{t("results.lead")}</p>
            )}
            {items.map((match) => (
              <Card key={match.membership_id} match={match} onBegun={() => setBegun(match.name)} />
            ))}
            <Wait waiting={waiting} someone={items.length > 0} />
          </>
        )}
      </Query>
      <Left count={intake.left} />
      <div className="hf-buttons">
        <Button variant="default" onClick={onChange}>
          {t("results.change")}
        </Button>
      </div>
    </>
  );
}

function Begun({ name }: { readonly name: string }): ReactElement {
  const { t } = useMatchingWords();
  return (
    <Notice tone="calm" title={t("results.chosen", { name })} live>
      <p>{t("results.chosenText")}</p>
      <Button component={Link} to="/today">
        {t("results.toToday")}
      </Button>
    </Notice>
  );
}

interface CardProps {
  readonly match: Match;
  readonly onBegun: () => void;
}

function Card({ match, onBegun }: CardProps): ReactElement {
  const { t, moment, language, money } = useMatchingWords();
  const choose = useOwnChange();
  const ask = useOwnChange();
  const failed = choose.error ?? ask.error;
  const direct = match.booking === "direct";
  return (
    <Panel title={match.name} testId={`match-${match.membership_id}`}>
      {match.about === "" ? null : <p className="hfm-about">{match.about}</p>}
      <ul className="hfm-reasons" aria-label={t("results.why", { name: match.name })}>
        {reasonsShown(match).map((reason) => (
          <li key={`${reason.code} ${reason.value}`}>
            <ReasonText reason={reason} currency={match.currency} />
          </li>
        ))}
      </ul>
      <p className="hf-soft">
        {[
          match.first_free === null
            ? t("results.noTime")
            : t("results.firstFree", { when: moment(match.first_free) }),
          fee(match, t, money),
          match.languages.map(language).join(", "),
        ]
          .filter((line) => line !== "")
          .join(" · ")}
      </p>
      {failed === null ? null : <Problem error={failed} />}
      <div className="hf-buttons">
        {direct ? (
          <Button
            loading={choose.isPending}
            onClick={() =>
              // Before the list is read anew, in which whoever was chosen stands no more.
              choose.mutate(
                { method: "post", rest: `/matches/${match.membership_id}/choose` },
                { onSuccess: onBegun },
              )
            }
          >
            {t("results.choose", { name: match.name })}
          </Button>
        ) : match.asked ? (
          <span>{t("results.asked")}</span>
        ) : (
          <Button
            loading={ask.isPending}
            onClick={() =>
              ask.mutate({
                method: "post",
                rest: "/enquiries",
                body: { membership_id: match.membership_id },
              })
            }
          >
            {t("results.ask", { name: match.name })}
          </Button>
        )}
      </div>
    </Panel>
  );
}

type Words = ReturnType<typeof useMatchingWords>;

function fee(match: Match, t: Words["t"], money: Words["money"]): string {
  if (match.fee_from === null || match.fee_to === null) return t("results.noFee");
  const from = money(match.fee_from, match.currency);
  if (match.fee_from === match.fee_to) return t("results.fee", { fee: from });
  return t("results.feeRange", { from, to: money(match.fee_to, match.currency) });
}

interface ReasonProps {
  readonly reason: Match["reasons"][number];
  readonly currency: string;
}

function ReasonText({ reason, currency }: ReasonProps): ReactElement {
  const { t, language, part, moment, money } = useMatchingWords();
  const { code, value } = reason;
  const spoken: Record<typeof code, () => string> = {
    speaks: () => language(value),
    works_with: () => t(`specialties.${value}`),
    knows: () => t(`competences.${value}`),
    approach: () => t(`approaches.${value}`),
    gender: () => t(`genders.${value}`),
    medium: () => t(`media.${value}`),
    free: () => part(Number(value)),
    soon: () => moment(value),
    fee: () => (value === "free" ? t("results.noFee") : money(Number(value), currency)),
  };
  return <>{t(`reasons.${code}`, { what: spoken[code]() })}</>;
}

/** How long others waited, where enough did; never a promise. */
function Wait({ waiting, someone }: { readonly waiting: Waiting; readonly someone: boolean }): ReactElement {
  const { t, moment } = useMatchingWords();
  const change = useOwnChange();
  const waits = waiting.since !== null;
  return (
    <Panel title={t("waiting.title")}>
      <p>{waits ? t("waiting.since", { when: moment(waiting.since ?? "") }) : t(someone ? "waiting.orWait" : "waiting.wait")}</p>
      <p className="hf-soft">
        {waiting.quarter === null
          ? t("waiting.unknown")
          : t(waiting.three_quarters === null ? "waiting.atLeast" : "waiting.between", {
              from: waiting.quarter,
              half: waiting.half ?? waiting.quarter,
              to: waiting.three_quarters ?? 0,
              people: waiting.people,
            })}
      </p>
      <p className="hf-soft">{t("waiting.meanwhile")}</p>
      {change.isError ? <Problem error={change.error} /> : null}
      <div className="hf-buttons">
        <Button
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ method: waits ? "delete" : "put", rest: "/waiting" })}
        >
          {t(waits ? "waiting.stop" : "waiting.begin")}
        </Button>
        <Button component={Link} to="/companion" variant="subtle">
          {t("waiting.selfHelp")}
        </Button>
      </div>
    </Panel>
  );
}

function Left({ count }: { readonly count: number }): ReactElement | null {
  const { t } = useMatchingWords();
  const change = useOwnChange();
  if (count === 0) return null;
  return (
    <p className="hf-soft">
      {t("results.left", { count })}{" "}
      <Button
        size="compact-sm"
        variant="subtle"
        loading={change.isPending}
        onClick={() => change.mutate({ method: "delete", rest: "/intake/left" })}
      >
        {t("results.showLeft")}
      </Button>
    </p>
  );
}

/** Enquiries that wait, and the last answers. */
function Asked(): ReactElement | null {
  const { t } = useMatchingWords();
  const enquiries = useOwnEnquiries();
  const shown = (enquiries.data?.items ?? []).filter((one) => one.status !== "withdrawn").slice(0, 5);
  if (shown.length === 0) return null;
  return (
    <Panel title={t("asked.title")}>
      <ul className="hfm-list">
        {shown.map((one) => (
          <AskedRow key={one.id} enquiry={one} />
        ))}
      </ul>
    </Panel>
  );
}

function AskedRow({ enquiry }: { readonly enquiry: Enquiry }): ReactElement {
  const { t, moment } = useMatchingWords();
  const change = useOwnChange();
  return (
    <li>
      <span>{t(`asked.${enquiry.status}`, { name: enquiry.name, when: moment(enquiry.sent_at) })}</span>
      {enquiry.status === "sent" ? (
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={t("asked.withdrawNamed", { name: enquiry.name })}
          loading={change.isPending}
          onClick={() => change.mutate({ method: "delete", rest: `/enquiries/${enquiry.id}` })}
        >
          {t("asked.withdraw")}
        </Button>
      ) : null}
      {change.isError ? <Problem error={change.error} /> : null}
    </li>
  );
}

/** Who is there for the person now, and how to go on without them. */
function WithYou(): ReactElement | null {
  const { t } = useMatchingWords();
  const team = useCareTeam();
  const shown = (team.data?.items ?? []).filter((one) => one.when === "now" && one.purpose === "treatment");
  if (shown.length === 0) return null;
  return (
    <Panel title={t("team.title")}>
      <ul className="hfm-list">
        {shown.map((one) => (
          <WithYouRow key={one.id} member={one} />
        ))}
      </ul>
    </Panel>
  );
}

function WithYouRow({ member }: { readonly member: TeamMember }): ReactElement {
  const { t } = useMatchingWords();
  const leave = useOwnChange();
  const [asking, setAsking] = useState(false);
  return (
    <li>
      <span>{member.display_name}</span>
      <Button size="compact-sm" variant="subtle" onClick={() => setAsking(true)}>
        {t("team.leave", { name: member.display_name })}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("team.leave", { name: member.display_name })}
        confirm={t("team.confirm")}
        busy={leave.isPending}
        onConfirm={() =>
          leave.mutate(
            { method: "post", rest: `/matches/${member.membership_id}/leave` },
            { onSettled: () => setAsking(false) },
          )
        }
        onClose={() => setAsking(false)}
      >
        {t("team.text", { name: member.display_name })}
      </ConfirmDialog>
      {leave.isError ? <Problem error={leave.error} /> : null}
    </li>
  );
}
