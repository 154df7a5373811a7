import { NativeSelect } from "@mantine/core";
import { IconMessage, IconPhone, IconWorld } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import type { HelpView, Line } from "@/api/types";
import { Loading, Notice, Panel } from "@/design";
import { useFormat } from "@/format";

import { COUNTRIES } from "./countries";
import { message, telephone, useHelp, usePlace } from "./lines";
import "./safety.css";

interface CallProps {
  number: string;
  label: string;
  strong?: "yes" | "emergency";
}

/** A button that dials. The number stands in it, for a person who dials on another phone. */
export function CallLink({ number, label, strong }: CallProps): ReactElement {
  return (
    <a className="hf-call" data-strong={strong} href={telephone(number)}>
      <IconPhone size={22} aria-hidden />
      <span>
        {label} <bdi className="hf-phone">{number}</bdi>
      </span>
    </a>
  );
}

function LineEntry({ line }: { line: Line }): ReactElement {
  const { t } = useTranslation("safety");
  const format = useFormat();
  return (
    <li className="hf-line">
      <div>
        <h3>
          <bdi>{line.name}</bdi>
        </h3>
        <p className="hf-soft hf-small">
          {line.hours === null
            ? t("lines.hours-unknown")
            : line.hours === "24/7"
              ? t("lines.always")
              : line.hours}
          {" · "}
          {format.list(line.languages.map((tag) => format.language(tag)))}
        </p>
      </div>
      <div className="hf-line-ways">
        {line.phone === null ? null : (
          <CallLink number={line.phone} label={t("lines.call")} strong="yes" />
        )}
        {line.sms === null ? null : (
          <a className="hf-call" href={message(line.sms, line.sms_text)}>
            <IconMessage size={22} aria-hidden />
            <span>
              {line.sms_text === null
                ? t("lines.text")
                : t("lines.text-word", { word: line.sms_text })}{" "}
              <bdi className="hf-phone">{line.sms}</bdi>
            </span>
          </a>
        )}
        {line.chat_url === null ? null : (
          <a className="hf-call" href={line.chat_url} rel="noreferrer noopener" target="_blank">
            <IconWorld size={22} aria-hidden />
            <span>{t("lines.chat")}</span>
          </a>
        )}
      </div>
      <p className="hf-soft hf-small">
        {line.confirmed_on === null
          ? t("lines.unconfirmed", {
              date: line.verified_on === null ? "?" : format.day(line.verified_on),
            })
          : t("lines.confirmed", { date: format.day(line.confirmed_on) })}
      </p>
      {line.stale ? (
        <Notice tone="attention">
          <p>{t("lines.stale")}</p>
        </Notice>
      ) : null}
    </li>
  );
}

/** "Where are you now?": asked; where it is unanswered, the hint says whose numbers stand below. */
export function WhereAreYou(): ReactElement {
  const { t } = useTranslation("safety");
  const format = useFormat();
  const { said, shown, say } = usePlace();
  const known = [...COUNTRIES].sort((a, b) => format.country(a).localeCompare(format.country(b)));
  return (
    <NativeSelect
      label={t("where.country")}
      description={
        said === null && shown !== null
          ? t("where.not-said", { country: format.country(shown) })
          : t("where.country-hint")
      }
      value={said ?? ""}
      onChange={(event) => say(event.currentTarget.value)}
      data={[
        { value: "", label: t("where.choose") },
        ...known.map((code) => ({ value: code, label: format.country(code) })),
        { value: "ZZ", label: t("where.elsewhere") },
      ]}
    />
  );
}

export function EmergencyNumbers({ help }: { help: HelpView }): ReactElement {
  const { t } = useTranslation("safety");
  return (
    <div className="hf-stack">
      {help.emergency_numbers.map((each) => (
        <CallLink
          key={each.number}
          number={each.number}
          strong="emergency"
          label={t(`emergency-number.${each.kind}`)}
        />
      ))}
    </div>
  );
}

interface LinesProps {
  /** Leave out the emergency numbers where the screen shows them already. */
  withEmergency?: boolean;
}

/** The lines for the country shown on this device, and how to find others. */
export function CrisisLines({ withEmergency = true }: LinesProps): ReactElement {
  const { t } = useTranslation("safety");
  const { shown } = usePlace();
  const help = useHelp(shown);
  if (shown !== null && help.data === undefined) return <Loading />;
  const found = help.data ?? null;
  return (
    <div className="hf-stack" data-testid="crisis-lines">
      {found !== null && withEmergency ? (
        <Panel title={t("emergency-number.title")} tone="clay">
          <p>{t("emergency-number.lead")}</p>
          <EmergencyNumbers help={found} />
        </Panel>
      ) : null}
      {found === null ? (
        <Notice tone="attention" title={t("lines.no-country-title")}>
          <p>{t("lines.no-country")}</p>
        </Notice>
      ) : (
        <Panel title={t("lines.title")}>
          <ul className="hf-plain-list">
            {found.lines.map((line) => (
              <LineEntry key={line.id} line={line} />
            ))}
          </ul>
        </Panel>
      )}
      <p className="hf-soft hf-small">{t("lines.more")}</p>
    </div>
  );
}
