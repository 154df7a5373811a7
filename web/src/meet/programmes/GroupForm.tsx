import { Button, Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { v7 as uuid7 } from "uuid";

import { useActive } from "@/api/session";
import { Page, Panel, Query } from "@/design";
import { Choices } from "@/meet/matching/Choices";
import { LANGUAGES } from "@/meet/matching/codes";
import "@/meet/matching/matching.css";
import { usePlaces } from "@/meet/scheduling/api";

import {
  type Programme,
  type ProgrammeBody,
  type SessionBody,
  type Staff,
  useColleagues,
  useLeading,
  useProgramme,
} from "./api";
import { Problem } from "./Problem";
import "@/charts/charts.css";
import "./programmes.css";
import { useGroupWords } from "./words";

const freshSession = (): SessionBody => ({ id: uuid7(), title: "", description: "", material: "" });

const fresh = (zone: string, me: string | undefined, language: string): ProgrammeBody => ({
  title: "",
  purpose: "",
  rules: "",
  languages: [language],
  capacity: 8,
  open_until: 1,
  joining: true,
  minutes: 90,
  medium: "video",
  place_id: null,
  first_local: "",
  zone,
  every_weeks: 1,
  left_out: [],
  facilitators: me === undefined ? [] : [me],
  curriculum: [freshSession()],
});

const bodyOf = (found: Programme): ProgrammeBody => ({
  title: found.title,
  purpose: found.purpose,
  rules: found.rules,
  languages: found.languages,
  capacity: found.capacity,
  open_until: found.open_until,
  joining: found.joining,
  minutes: found.minutes,
  medium: found.medium,
  place_id: found.place_id,
  first_local: found.first_local,
  zone: found.zone,
  every_weeks: found.every_weeks,
  left_out: found.left_out,
  facilitators: found.facilitator_ids,
  curriculum: found.curriculum.map(({ id, title, description, material }) => ({ id, title, description, material })),
});

/** A new programme. */
export function NewGroupPage(): ReactElement {
  const { t } = useGroupWords();
  const { me, practice } = useActive();
  const colleagues = useColleagues();
  const language = me.language;
  return (
    <Page title={t("form.new")} lead={t("form.lead")} width="wide" actions={<Link to="/groups">{t("groups.all")}</Link>}>
      <Query query={colleagues}>
        {(staff) => {
          const mine = practiceMembers(me, practice.id);
          const own = staff.find(({ id }) => mine.has(id))?.id;
          return (
            <GroupForm
              staff={staff}
              before={fresh(me.time_zone || practice.time_zone, own, language)}
              programme={null}
              draft
            />
          );
        }}
      </Query>
    </Page>
  );
}

const practiceMembers = (me: ReturnType<typeof useActive>["me"], practice: string): Set<string> =>
  new Set(me.memberships.filter((each) => each.practice.id === practice).map(({ id }) => id));

/** Change what there is. */
export function ChangeGroupPage(): ReactElement {
  const { t } = useGroupWords();
  const { programme = "" } = useParams({ strict: false });
  const found = useProgramme(programme);
  const colleagues = useColleagues();
  return (
    <Page
      title={t("form.change")}
      width="wide"
      actions={<Link to="/groups/$programme" params={{ programme }}>{t("form.back")}</Link>}
    >
      <Query query={found}>
        {(each) => (
          <Query query={colleagues}>
            {(staff) => (
              <GroupForm key={each.id} staff={staff} before={bodyOf(each)} programme={each.id} draft={each.state === "draft"} />
            )}
          </Query>
        )}
      </Query>
    </Page>
  );
}

interface FormProps {
  readonly staff: readonly Staff[];
  readonly before: ProgrammeBody;
  readonly programme: string | null;
  readonly draft: boolean;
}

function GroupForm({ staff, before, programme, draft }: FormProps): ReactElement {
  const { t, language } = useGroupWords();
  const navigate = useNavigate();
  const save = useLeading<Programme>();
  const [id] = useState(() => programme ?? uuid7());
  const [body, setBody] = useState(before);
  const change = (part: Partial<ProgrammeBody>): void => setBody((now) => ({ ...now, ...part }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(
      programme === null
        ? { method: "post", rest: "", body: { ...body, id } }
        : { method: "put", rest: `/${id}`, body },
      { onSuccess: () => void navigate({ to: "/groups/$programme", params: { programme: id } }) },
    );
  };
  return (
    <form className="hfm-form" onSubmit={submit}>
      <Panel title={t("form.what")}>
        <TextInput
          label={t("form.title")}
          required
          maxLength={120}
          value={body.title}
          onChange={(event) => change({ title: event.currentTarget.value })}
        />
        <Textarea
          label={t("form.purpose")}
          description={t("form.purposeHint")}
          required
          autosize
          minRows={3}
          maxLength={4000}
          value={body.purpose}
          onChange={(event) => change({ purpose: event.currentTarget.value })}
        />
        <Textarea
          label={t("form.rules")}
          description={t(draft ? "form.rulesHint" : "form.rulesAgain")}
          required
          autosize
          minRows={3}
          maxLength={4000}
          value={body.rules}
          onChange={(event) => change({ rules: event.currentTarget.value })}
        />
        <Choices
          label={t("form.languages")}
          codes={LANGUAGES}
          chosen={LANGUAGES.filter((tag) => body.languages.includes(tag))}
          name={language}
          onChange={(languages) => change({ languages })}
        />
      </Panel>
      <Leading {...{ staff, body, change, draft }} />
      <When {...{ body, change, draft }} />
      <Sessions {...{ body, change, draft }} />
      {save.isError ? <Problem error={save.error} /> : null}
      <div className="hf-buttons">
        <Button type="submit" loading={save.isPending} disabled={body.languages.length === 0 || body.facilitators.length === 0}>
          {t("form.save")}
        </Button>
      </div>
    </form>
  );
}

interface PartProps {
  readonly body: ProgrammeBody;
  readonly change: (part: Partial<ProgrammeBody>) => void;
  readonly draft: boolean;
}

function Leading({ staff, body, change, draft }: PartProps & { readonly staff: readonly Staff[] }): ReactElement {
  const { t } = useGroupWords();
  const [lead, ...others] = body.facilitators;
  return (
    <Panel title={t("form.leading")}>
      <NativeSelect
        label={t("form.lead_")}
        description={t("form.leadHint")}
        disabled={!draft}
        value={lead ?? ""}
        data={[
          ...(lead === undefined ? [{ value: "", label: t("form.choose") }] : []),
          ...staff.map(({ id, display_name }) => ({ value: id, label: display_name })),
        ]}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          change({ facilitators: [chosen, ...others.filter((id) => id !== chosen)] });
        }}
      />
      <Choices
        label={t("form.others")}
        codes={staff.map(({ id }) => id).filter((id) => id !== lead)}
        chosen={others}
        name={(id) => staff.find((each) => each.id === id)?.display_name ?? ""}
        onChange={(chosen) => change({ facilitators: lead === undefined ? chosen : [lead, ...chosen] })}
      />
    </Panel>
  );
}

function When({ body, change, draft }: PartProps): ReactElement {
  const { t } = useGroupWords();
  const places = usePlaces();
  const [out, setOut] = useState("");
  const left = body.left_out ?? [];
  return (
    <Panel title={t("form.when")}>
      {draft ? null : <p className="hf-soft">{t("form.fixed")}</p>}
      <fieldset className="hp-grid" disabled={!draft}>
        <legend className="hf-visually-hidden">{t("form.when")}</legend>
        <TextInput
          type="datetime-local"
          label={t("form.first", { zone: body.zone })}
          required
          value={body.first_local}
          onChange={(event) => change({ first_local: event.currentTarget.value.slice(0, 16) })}
        />
        <NativeSelect
          label={t("form.weeks")}
          value={String(body.every_weeks)}
          data={[1, 2, 3, 4].map((count) => ({ value: String(count), label: t("rhythm", { count }) }))}
          onChange={(event) => change({ every_weeks: Number(event.currentTarget.value) })}
        />
        <NumberInput
          label={t("form.minutes")}
          min={15}
          max={480}
          allowDecimal={false}
          value={body.minutes ?? 90}
          onChange={(value) => change({ minutes: Number(value) || 90 })}
        />
        <NumberInput
          label={t("form.capacity")}
          min={2}
          max={60}
          allowDecimal={false}
          value={body.capacity}
          onChange={(value) => change({ capacity: Number(value) || 2 })}
        />
        <NativeSelect
          label={t("form.medium")}
          value={body.medium}
          data={(["video", "in_person"] as const).map((code) => ({ value: code, label: t(`medium.${code}`) }))}
          onChange={(event) => change({ medium: event.currentTarget.value as ProgrammeBody["medium"] })}
        />
        {body.medium === "in_person" ? (
          <NativeSelect
            label={t("form.place")}
            value={body.place_id ?? ""}
            data={[
              { value: "", label: t("form.choose") },
              ...(places.data ?? []).filter(({ active }) => active).map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={(event) => change({ place_id: event.currentTarget.value || null })}
          />
        ) : null}
      </fieldset>
      {draft ? (
        <div className="hp-out">
          <TextInput
            type="date"
            label={t("form.out")}
            description={t("form.outHint")}
            value={out}
            onChange={(event) => setOut(event.currentTarget.value)}
          />
          <Button
            variant="default"
            disabled={out === ""}
            onClick={() => {
              change({ left_out: [...new Set([...left, out])] });
              setOut("");
            }}
          >
            {t("form.leaveOut")}
          </Button>
          {left.map((day) => (
            <Button key={day} variant="subtle" size="sm" onClick={() => change({ left_out: left.filter((each) => each !== day) })}>
              {t("form.outDay", { day })}
            </Button>
          ))}
        </div>
      ) : null}
      <NumberInput
        label={t("form.until")}
        description={t("form.untilHint")}
        min={1}
        max={40}
        allowDecimal={false}
        value={body.open_until ?? 1}
        onChange={(value) => change({ open_until: Number(value) || 1 })}
      />
      <Checkbox
        label={t("form.joining")}
        checked={body.joining ?? true}
        onChange={(event) => change({ joining: event.currentTarget.checked })}
      />
    </Panel>
  );
}

function Sessions({ body, change, draft }: PartProps): ReactElement {
  const { t } = useGroupWords();
  const all = body.curriculum;
  const put = (index: number, part: Partial<SessionBody>): void =>
    change({ curriculum: all.map((each, at) => (at === index ? { ...each, ...part } : each)) });
  return (
    <Panel title={t("curriculum")}>
      <ol className="hp-curriculum">
        {all.map((each, index) => (
          <li key={each.id} className="hf-stack">
            <TextInput
              label={t("form.sessionTitle", { number: index + 1 })}
              required
              maxLength={120}
              value={each.title}
              onChange={(event) => put(index, { title: event.currentTarget.value })}
            />
            <Textarea
              label={t("form.sessionText", { number: index + 1 })}
              autosize
              minRows={2}
              maxLength={4000}
              value={each.description ?? ""}
              onChange={(event) => put(index, { description: event.currentTarget.value })}
            />
            <Textarea
              label={t("form.sessionMaterial", { number: index + 1 })}
              description={t("form.materialHint")}
              autosize
              minRows={2}
              maxLength={4000}
              value={each.material ?? ""}
              onChange={(event) => put(index, { material: event.currentTarget.value })}
            />
            {draft && all.length > 1 ? (
              <div>
                <Button variant="subtle" size="sm" onClick={() => change({ curriculum: all.filter((_, at) => at !== index) })}>
                  {t("form.sessionRemove", { number: index + 1 })}
                </Button>
              </div>
            ) : null}
          </li>
        ))}
      </ol>
      {draft && all.length < 40 ? (
        <div>
          <Button variant="default" onClick={() => change({ curriculum: [...all, freshSession()] })}>
            {t("form.sessionAdd")}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}
