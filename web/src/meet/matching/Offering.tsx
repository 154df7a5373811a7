import { Button, Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";

import { Notice, Page, Panel, Query } from "@/design";

import { type OwnProfile, type ProfileBody, type Terms, useOwnProfile, usePracticeChange, useTerms } from "./api";
import { Choices } from "./Choices";
import { CURRENCIES, GENDERS, LANGUAGES, MEDIA, minorUnits } from "./codes";
import { Enquiries } from "./Enquiries";
import { Licences } from "./Licences";
import { Problem } from "./Problem";
import { digitsOf, useMatchingWords } from "./words";
import "./matching.css";

/** What somebody offers, where they may practise, and who asks for them. */
export default function Offering(): ReactElement {
  const { t } = useMatchingWords();
  const profile = useOwnProfile();
  const terms = useTerms();
  return (
    <Page title={t("offer.title")} lead={t("offer.lead")} width="wide">
      <Enquiries />
      <Query query={terms}>
        {(known) => (
          <Query query={profile}>
            {(own) => (
              <>
                <Licences licences={own.licences} />
                <ProfileForm key={own.membership_id} terms={known} own={own} />
              </>
            )}
          </Query>
        )}
      </Query>
    </Page>
  );
}

const bodyOf = (own: OwnProfile): ProfileBody => ({
  listed: own.listed,
  about: own.about ?? "",
  gender: own.gender ?? "",
  languages: own.languages ?? [],
  media: own.media ?? [],
  specialties: own.specialties ?? [],
  approaches: own.approaches ?? [],
  competences: own.competences ?? [],
  fee_from: own.fee_from ?? null,
  fee_to: own.fee_to ?? null,
  currency: own.currency ?? "",
  capacity: own.capacity ?? 0,
  booking: own.booking ?? "enquiry",
});

interface FormProps {
  readonly terms: Terms;
  readonly own: OwnProfile;
}

function ProfileForm({ terms, own }: FormProps): ReactElement {
  const { t, locale, language, moment } = useMatchingWords();
  const save = usePracticeChange();
  const [body, setBody] = useState(() => bodyOf(own));
  const change = (part: Partial<ProfileBody>) => setBody((now) => ({ ...now, ...part }));
  const [fees, setFees] = useState(() => ({
    from: whole(own.fee_from, own.currency ?? "", locale),
    to: whole(own.fee_to, own.currency ?? "", locale),
  }));
  const currency = body.currency || "EUR";
  const digits = digitsOf(locale, currency);
  const [from, to] = [minorUnits(fees.from, digits), minorUnits(fees.to, digits)];
  const none = fees.from.trim() === "" && fees.to.trim() === "";
  const wrongFee = !none && (from === null || to === null || from > to);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({
      method: "put",
      rest: "/profile",
      body: { ...body, fee_from: from, fee_to: to, currency: none ? "" : currency },
    });
  };
  return (
    <form className="hfm-form" onSubmit={submit}>
      <Panel title={t("offer.profile")}>
        <Checkbox
          label={t("offer.listed")}
          description={t("offer.listedHint")}
          checked={body.listed}
          onChange={(event) => change({ listed: event.currentTarget.checked })}
        />
        <p className="hf-soft">
          {own.first_free === null
            ? t("offer.noTime")
            : t("offer.firstFree", { when: moment(own.first_free) })}{" "}
          {t("offer.room", { caseload: own.caseload, places: own.places })}
        </p>
        <Textarea
          label={t("offer.about")}
          description={t("offer.aboutHint")}
          autosize
          minRows={3}
          maxLength={2000}
          dir="auto"
          value={body.about ?? ""}
          onChange={(event) => change({ about: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("offer.gender")}
          value={body.gender ?? ""}
          data={["", ...GENDERS].map((code) => ({ value: code, label: t(`genders.${code || "none"}`) }))}
          onChange={(event) => change({ gender: event.currentTarget.value as ProfileBody["gender"] & string })}
        />
        <NumberInput
          label={t("offer.capacity")}
          description={t("offer.capacityHint")}
          min={0}
          max={1000}
          allowDecimal={false}
          value={body.capacity ?? 0}
          onChange={(value) => change({ capacity: Number(value) || 0 })}
        />
        <NativeSelect
          label={t("offer.booking")}
          value={body.booking ?? "enquiry"}
          data={(["enquiry", "direct"] as const).map((code) => ({ value: code, label: t(`bookings.${code}`) }))}
          onChange={(event) => change({ booking: event.currentTarget.value as "direct" | "enquiry" })}
        />
        <div className="hfm-fee">
          <TextInput
            label={t("offer.feeFrom")}
            inputMode="decimal"
            value={fees.from}
            error={wrongFee ? t("offer.feeWrong") : undefined}
            onChange={(event) => setFees({ ...fees, from: event.currentTarget.value })}
          />
          <TextInput
            label={t("offer.feeTo")}
            inputMode="decimal"
            value={fees.to}
            onChange={(event) => setFees({ ...fees, to: event.currentTarget.value })}
          />
        </div>
        <NativeSelect
          label={t("wishes.needs.currency")}
          value={currency}
          data={CURRENCIES.map((code) => ({ value: code, label: code }))}
          onChange={(event) => change({ currency: event.currentTarget.value })}
        />
        <Choices
          label={t("offer.languages")}
          codes={LANGUAGES}
          chosen={LANGUAGES.filter((tag) => (body.languages ?? []).includes(tag))}
          name={language}
          onChange={(languages) => change({ languages })}
        />
        <Choices
          label={t("offer.media")}
          codes={MEDIA}
          chosen={body.media ?? []}
          name={(code) => t(`media.${code}`)}
          onChange={(media) => change({ media })}
        />
        <Choices
          label={t("offer.specialties")}
          codes={terms.specialties}
          chosen={body.specialties ?? []}
          name={(code) => t(`specialties.${code}`)}
          onChange={(specialties) => change({ specialties })}
        />
        <Choices
          label={t("offer.approaches")}
          codes={terms.approaches}
          chosen={body.approaches ?? []}
          name={(code) => t(`approaches.${code}`)}
          onChange={(approaches) => change({ approaches })}
        />
        <Choices
          label={t("offer.competences")}
          codes={terms.competences}
          chosen={body.competences ?? []}
          name={(code) => t(`competences.${code}`)}
          onChange={(competences) => change({ competences })}
        />
        {save.isError ? <Problem error={save.error} /> : null}
        {save.isSuccess ? (
          <Notice tone="calm" live>
            {t("offer.saved")}
          </Notice>
        ) : null}
        <div className="hf-buttons">
          <Button type="submit" loading={save.isPending} disabled={wrongFee}>
            {t("offer.save")}
          </Button>
        </div>
      </Panel>
    </form>
  );
}

function whole(minor: number | null | undefined, currency: string, locale: string): string {
  if (minor === null || minor === undefined) return "";
  return String(minor / 10 ** digitsOf(locale, currency || "EUR"));
}
