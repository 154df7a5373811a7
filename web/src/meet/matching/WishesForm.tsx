import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";

import { useActive, useOwnRecord } from "@/api/session";
import { Panel, Query } from "@/design";
import { useRecord } from "@/person/data";

import { type Terms, useOwnChange, useTerms, type Wishes } from "./api";
import { Choices } from "./Choices";
import { CURRENCIES, GENDERS, isPlace, MEDIA, minorUnits, noWishes, PARTS_OF_WEEK } from "./codes";
import { Problem } from "./Problem";
import { digitsOf, useMatchingWords } from "./words";

const STEPS = ["brings", "needs", "times", "likes"] as const;

interface Props {
  readonly wishes: Wishes | null;
  readonly onDone: () => void;
}

/** What one looks for, in four short steps; nothing is sent before the last. */
export function WishesForm({ wishes, onDone }: Props): ReactElement {
  const terms = useTerms();
  const own = useOwnRecord();
  const record = useRecord(own);
  const { practice } = useActive();
  const { locale } = useMatchingWords();
  if (wishes === null && record.isPending) return <></>;
  const country = record.data?.country || practice.country;
  const first = wishes ?? noWishes(locale, country);
  return <Query query={terms}>{(known) => <Steps terms={known} first={first} onDone={onDone} />}</Query>;
}

interface StepsProps {
  readonly terms: Terms;
  readonly first: Wishes;
  readonly onDone: () => void;
}

function Steps({ terms, first, onDone }: StepsProps): ReactElement {
  const { t, locale } = useMatchingWords();
  const save = useOwnChange();
  const [at, setAt] = useState(0);
  const [wishes, setWishes] = useState(first);
  const [fee, setFee] = useState(() => feeText(first, locale));
  const step = STEPS[at] ?? "brings";
  const change = (part: Partial<Wishes>) => setWishes((now) => ({ ...now, ...part }));
  const amount = fee.trim() === "" ? null : minorUnits(fee, digitsOf(locale, wishes.currency || "EUR"));
  const wrongFee = fee.trim() !== "" && amount === null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (at < STEPS.length - 1) return setAt(at + 1);
    const currency = amount === null ? "" : wishes.currency || "EUR";
    save.mutate(
      { method: "put", rest: "/intake", body: { ...wishes, fee_at_most: amount, currency } },
      { onSuccess: onDone },
    );
  };
  const stuck =
    step === "needs" && (wishes.languages.length === 0 || wrongFee || !isPlace(wishes.jurisdiction));
  return (
    <form onSubmit={submit}>
      <Panel title={t(`wishes.${step}.title`)}>
        <p className="hf-soft hf-small">{t("wishes.step", { at: at + 1, of: STEPS.length })}</p>
        {step === "brings" ? (
          <Choices
            label={t("wishes.brings.label")}
            hint={t("wishes.brings.hint")}
            codes={terms.specialties}
            chosen={wishes.specialties ?? []}
            name={(code) => t(`specialties.${code}`)}
            onChange={(specialties) => change({ specialties })}
          />
        ) : null}
        {step === "needs" ? (
          <Needs
            terms={terms}
            wishes={wishes}
            change={change}
            fee={fee}
            setFee={setFee}
            wrongFee={wrongFee}
          />
        ) : null}
        {step === "times" ? <Times wishes={wishes} change={change} /> : null}
        {step === "likes" ? <Likes terms={terms} wishes={wishes} change={change} /> : null}
        {save.isError ? <Problem error={save.error} /> : null}
        <div className="hf-buttons">
          <Button type="submit" loading={save.isPending} disabled={stuck}>
            {t(at < STEPS.length - 1 ? "wishes.next" : "wishes.show")}
          </Button>
          {at === 0 ? null : (
            <Button variant="default" onClick={() => setAt(at - 1)}>
              {t("wishes.back")}
            </Button>
          )}
        </div>
      </Panel>
    </form>
  );
}

function feeText(wishes: Wishes, locale: string): string {
  if (wishes.fee_at_most === null || wishes.fee_at_most === undefined) return "";
  return String(wishes.fee_at_most / 10 ** digitsOf(locale, wishes.currency || "EUR"));
}

interface PartProps {
  readonly wishes: Wishes;
  readonly change: (part: Partial<Wishes>) => void;
}

interface NeedsProps extends PartProps {
  readonly terms: Terms;
  readonly fee: string;
  readonly setFee: (text: string) => void;
  readonly wrongFee: boolean;
}

/** What must be so: who does not keep it is not shown. */
function Needs({ terms, wishes, change, fee, setFee, wrongFee }: NeedsProps): ReactElement {
  const { t, language, locale, place } = useMatchingWords();
  return (
    <>
      <p>{t("wishes.needs.lead")}</p>
      <Choices
        label={t("wishes.needs.languages")}
        codes={withOwn(terms.languages, wishes.languages)}
        chosen={wishes.languages}
        name={language}
        onChange={(languages) => change({ languages })}
      />
      <NativeSelect
        label={t("wishes.needs.place")}
        description={t("wishes.needs.placeHint")}
        value={wishes.jurisdiction}
        data={withOwn(terms.jurisdictions, [wishes.jurisdiction]).map((code) => ({
          value: code,
          label: place(code),
        }))}
        onChange={(event) => change({ jurisdiction: event.currentTarget.value })}
      />
      <Choices
        label={t("wishes.needs.media")}
        hint={t("wishes.needs.mediaHint")}
        codes={MEDIA}
        chosen={wishes.media ?? []}
        name={(code) => t(`media.${code}`)}
        onChange={(media) => change({ media })}
      />
      <div className="hfm-fee">
        <TextInput
          label={t("wishes.needs.fee")}
          description={t("wishes.needs.feeHint")}
          inputMode="decimal"
          value={fee}
          error={wrongFee ? t("wishes.needs.feeWrong") : undefined}
          onChange={(event) => setFee(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("wishes.needs.currency")}
          value={wishes.currency || "EUR"}
          data={CURRENCIES.map((code) => ({ value: code, label: currencyName(locale, code) }))}
          onChange={(event) => change({ currency: event.currentTarget.value })}
        />
      </div>
    </>
  );
}

/** What somebody offers, and what the person has chosen already though nobody offers it. */
const withOwn = (offered: readonly string[], own: readonly string[]): string[] => [
  ...offered,
  ...own.filter((code) => code !== "" && !offered.includes(code)),
];

const currencyName = (locale: string, code: string): string =>
  new Intl.DisplayNames([locale], { type: "currency" }).of(code) ?? code;

function Times({ wishes, change }: PartProps): ReactElement {
  const { t, part } = useMatchingWords();
  return (
    <>
      <Choices
        label={t("wishes.times.label")}
        hint={t("wishes.times.hint")}
        codes={PARTS_OF_WEEK}
        chosen={wishes.parts ?? []}
        name={part}
        onChange={(parts) => change({ parts })}
      />
      <Checkbox
        label={t("wishes.times.must")}
        disabled={(wishes.parts ?? []).length === 0}
        checked={wishes.parts_must ?? false}
        onChange={(event) => change({ parts_must: event.currentTarget.checked })}
      />
    </>
  );
}

function Likes({ terms, wishes, change }: PartProps & { readonly terms: Terms }): ReactElement {
  const { t } = useMatchingWords();
  return (
    <>
      <p>{t("wishes.likes.lead")}</p>
      <NativeSelect
        label={t("wishes.likes.gender")}
        value={wishes.gender ?? ""}
        data={["", ...GENDERS].map((code) => ({ value: code, label: t(`genders.${code || "any"}`) }))}
        onChange={(event) => change({ gender: event.currentTarget.value as Wishes["gender"] })}
      />
      <Checkbox
        label={t("wishes.likes.genderMust")}
        disabled={(wishes.gender ?? "") === ""}
        checked={wishes.gender_must ?? false}
        onChange={(event) => change({ gender_must: event.currentTarget.checked })}
      />
      <Choices
        label={t("wishes.likes.competences")}
        codes={terms.competences}
        chosen={wishes.competences ?? []}
        name={(code) => t(`competences.${code}`)}
        onChange={(competences) => change({ competences })}
      />
      <Choices
        label={t("wishes.likes.approaches")}
        codes={terms.approaches}
        chosen={wishes.approaches ?? []}
        name={(code) => t(`approaches.${code}`)}
        onChange={(approaches) => change({ approaches })}
      />
    </>
  );
}
