import type { ReactElement } from "react";

import { Query } from "@/design";

import { useClient } from "./api";
import { InviteClient } from "./InviteClient";
import { agoWords, useClinicWords } from "./language";
import { Phone } from "./marks";
import { MessagesSection } from "./MessagesSection";
import { Section } from "./Section";
import type { FlagContact, Overview } from "./types";
import { useNow } from "./useNow";

export function ContactSection({ client }: { readonly client: Overview["client"] }): ReactElement {
  const { t } = useClinicWords();
  const record = useClient(client.id);
  return (
    <Section id="contact" title={t("contact.title")}>
      <Query query={record}>{(data) => <ContactBody client={data} />}</Query>
      {client.has_account === false ? (
        <InviteClient client={client.id} />
      ) : (
        <MessagesSection client={client.id} />
      )}
    </Section>
  );
}

/** How to reach this person and somebody close to them, and where they said they are. */
export function ContactBody({ client }: { readonly client: FlagContact }): ReactElement {
  const words = useClinicWords();
  const { t, locale, moment } = words;
  const now = useNow();
  const country = client.country
    ? (new Intl.DisplayNames([locale], { type: "region" }).of(client.country) ?? client.country)
    : null;
  const language = new Intl.DisplayNames([locale], { type: "language" }).of(client.language || "en");
  const localTime = new Intl.DateTimeFormat(locale, {
    timeStyle: "short",
    timeZone: client.time_zone,
  }).format(now);
  const relative = client.emergency_contact;
  return (
    <div className="hf-stack">
      {client.reachable ? null : <p><strong>{t("contact.unreachable")}</strong></p>}
      {client.phone ? <div><Phone number={client.phone} label={t("contact.call")} /></div> : null}
      <dl className="hf-facts">
        {client.email ? (
          <>
            <dt>{t("contact.email")}</dt>
            <dd><a href={`mailto:${client.email}`}>{client.email}</a></dd>
          </>
        ) : null}
        <dt>{t("contact.location")}</dt>
        <dd>
          {client.current_location ? (
            <>
              <span dir="auto">{client.current_location}</span>
              {client.current_location_at ? (
                <span className="hc-sub" title={moment(client.current_location_at)}>
                  {t("contact.said", { ago: agoWords(client.current_location_at, now, words) })}
                </span>
              ) : null}
            </>
          ) : (
            <span className="hf-soft">{t("contact.noLocation")}</span>
          )}
        </dd>
        {country === null ? null : (
          <>
            <dt>{t("contact.country")}</dt>
            <dd>{country}</dd>
          </>
        )}
        <dt>{t("contact.language")}</dt>
        <dd>{language}</dd>
        <dt>{t("contact.localTime")}</dt>
        <dd>{localTime} ({client.time_zone})</dd>
      </dl>
      <div>
        <h3>{t("contact.emergency")}</h3>
        {relative ? (
          <p>
            {relative.name} ({relative.relationship}){" "}
            <Phone number={relative.phone} quiet />
          </p>
        ) : (
          <p className="hf-soft">{t("contact.noEmergency")}</p>
        )}
      </div>
    </div>
  );
}
