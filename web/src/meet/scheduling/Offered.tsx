import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { v7 as uuid7 } from "uuid";

import { usePeople } from "@/admin/api";
import { useActive } from "@/api/session";
import { ErrorState, Page, Panel, Query } from "@/design";

import { type AppointmentType, type Place, usePlaces, useTypes, useWrite } from "./api";
import { HoursEditor, MediaBoxes } from "./Hours";
import "./scheduling.css";
import { type AppointmentWords, useAppointmentWords } from "./words";

/** What the practice offers: kinds of appointment, places, and everybody's hours. */
export function OfferedPage(): ReactElement {
  const { me, practice } = useActive();
  const words = useAppointmentWords(me.time_zone || practice.time_zone);
  const { t } = words;
  const types = useTypes();
  const places = usePlaces();
  return (
    <Page title={t("offered.title")} lead={t("offered.lead")} width="wide">
      <Panel title={t("types.title")}>
        <Query query={types}>{(items) => <Types items={items} words={words} />}</Query>
      </Panel>
      <Panel title={t("places.title")}>
        <Query query={places}>{(items) => <Places items={items} words={words} />}</Query>
      </Panel>
      <Colleagues words={words} />
    </Page>
  );
}

interface ListProps<T> {
  readonly items: readonly T[];
  readonly words: AppointmentWords;
}

const FRESH: Omit<AppointmentType, "id"> = {
  name: "",
  minutes: 50,
  before_minutes: 0,
  after_minutes: 10,
  step_minutes: 0,
  media: ["in_person", "video"],
  online: false,
  notice_minutes: 1440,
  horizon_days: 60,
  cancel_hours: 24,
  capacity: 1,
  needs_room: false,
  active: true,
};

function Types({ items, words }: ListProps<AppointmentType>): ReactElement {
  const { t } = words;
  const [open, setOpen] = useState<string | null>(null);
  const [fresh, setFresh] = useState(() => uuid7());
  return (
    <>
      <ul className="hf-plain-list">
        {items.map((each) => (
          <li key={each.id}>
            <div className="hf-row">
              <span>
                <strong dir="auto">{each.name}</strong>{" "}
                <span className="hf-soft hf-small">
                  {[
                    t("minutes", { count: each.minutes }),
                    t(each.online ? "types.isOnline" : "types.notOnline"),
                    each.active ? "" : t("types.retired"),
                  ]
                    .filter((part) => part !== "")
                    .join(" · ")}
                </span>
              </span>
              <Button
                size="xs"
                variant="default"
                aria-expanded={open === each.id}
                aria-label={t("types.changeNamed", { name: each.name })}
                onClick={() => setOpen(open === each.id ? null : each.id)}
              >
                {t("change")}
              </Button>
            </div>
            {open === each.id ? (
              <TypeForm type={each} isNew={false} words={words} onDone={() => setOpen(null)} />
            ) : null}
          </li>
        ))}
      </ul>
      {open === fresh ? (
        <TypeForm
          key={fresh}
          type={{ id: fresh, ...FRESH }}
          isNew
          words={words}
          onDone={() => {
            setOpen(null);
            setFresh(uuid7());
          }}
        />
      ) : (
        <div className="hf-buttons">
          <Button size="sm" variant="default" onClick={() => setOpen(fresh)}>{t("types.add")}</Button>
        </div>
      )}
    </>
  );
}

const NUMBERS = [
  "minutes",
  "before_minutes",
  "after_minutes",
  "step_minutes",
  "notice_minutes",
  "horizon_days",
  "cancel_hours",
  "capacity",
] as const;
const SWITCHES = ["online", "needs_room", "active"] as const;

interface TypeFormProps {
  readonly type: AppointmentType;
  readonly isNew: boolean;
  readonly words: AppointmentWords;
  readonly onDone: () => void;
}

function TypeForm({ type, isNew, words, onDone }: TypeFormProps): ReactElement {
  const { t } = words;
  const [form, setForm] = useState(type);
  const write = useWrite();
  const { id, ...terms } = form;
  const save = () =>
    write.mutate(
      isNew
        ? { method: "post", rest: "/appointment-types", body: form }
        : { method: "put", rest: `/appointment-types/${id}`, body: terms },
      { onSuccess: onDone },
    );
  return (
    <form
      className="hm-fields"
      aria-label={t(isNew ? "types.add" : "types.changeNamed", { name: type.name })}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextInput
        size="sm"
        required
        maxLength={120}
        label={t("types.name")}
        value={form.name}
        onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
      />
      {NUMBERS.map((field) => (
        <TextInput
          key={field}
          size="sm"
          type="number"
          min={0}
          required
          label={t(`types.${field}`)}
          value={String(form[field] ?? 0)}
          onChange={(event) => setForm({ ...form, [field]: Number(event.currentTarget.value) })}
        />
      ))}
      <MediaBoxes media={form.media} words={words} onChange={(media) => setForm({ ...form, media })} />
      {SWITCHES.map((field) => (
        <Switch
          key={field}
          size="sm"
          label={t(`types.${field}`)}
          checked={form[field] ?? false}
          onChange={(event) => setForm({ ...form, [field]: event.currentTarget.checked })}
        />
      ))}
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending} disabled={form.media.length === 0}>{t("common:save")}</Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </form>
  );
}

function Places({ items, words }: ListProps<Place>): ReactElement {
  const { t } = words;
  const [open, setOpen] = useState<string | null>(null);
  const [fresh, setFresh] = useState(() => uuid7());
  return (
    <>
      <ul className="hf-plain-list">
        {items.map((each) => (
          <li key={each.id}>
            <div className="hf-row">
              <span>
                <strong dir="auto">{each.name}</strong>{" "}
                <span className="hf-soft hf-small" dir="auto">
                  {(each.assets ?? []).map((one) => one.name).join(", ")}
                </span>
              </span>
              <Button
                size="xs"
                variant="default"
                aria-expanded={open === each.id}
                aria-label={t("places.changeNamed", { name: each.name })}
                onClick={() => setOpen(open === each.id ? null : each.id)}
              >
                {t("change")}
              </Button>
            </div>
            {open === each.id ? <PlaceForm place={each} isNew={false} words={words} onDone={() => setOpen(null)} /> : null}
          </li>
        ))}
      </ul>
      {open === fresh ? (
        <PlaceForm
          key={fresh}
          place={{ id: fresh, name: "", address: "", active: true, assets: [] }}
          isNew
          words={words}
          onDone={() => {
            setOpen(null);
            setFresh(uuid7());
          }}
        />
      ) : (
        <div className="hf-buttons">
          <Button size="sm" variant="default" onClick={() => setOpen(fresh)}>{t("places.add")}</Button>
        </div>
      )}
    </>
  );
}

interface PlaceFormProps {
  readonly place: Place;
  readonly isNew: boolean;
  readonly words: AppointmentWords;
  readonly onDone: () => void;
}

function PlaceForm({ place, isNew, words, onDone }: PlaceFormProps): ReactElement {
  const { t } = words;
  const [form, setForm] = useState(place);
  const assets = form.assets ?? [];
  const write = useWrite();
  const { id, ...terms } = form;
  const add = (kind: "room" | "equipment") =>
    setForm({ ...form, assets: [...assets, { id: uuid7(), kind, name: "" }] });
  return (
    <form
      className="hf-stack"
      aria-label={t(isNew ? "places.add" : "places.changeNamed", { name: place.name })}
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate(
          isNew ? { method: "post", rest: "/places", body: form } : { method: "put", rest: `/places/${id}`, body: terms },
          { onSuccess: onDone },
        );
      }}
    >
      <div className="hm-fields">
        <TextInput
          size="sm"
          required
          maxLength={120}
          label={t("places.name")}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <TextInput
          size="sm"
          maxLength={500}
          label={t("places.address")}
          value={form.address ?? ""}
          onChange={(event) => setForm({ ...form, address: event.currentTarget.value })}
        />
        <Switch
          size="sm"
          label={t("places.active")}
          checked={form.active ?? true}
          onChange={(event) => setForm({ ...form, active: event.currentTarget.checked })}
        />
      </div>
      {assets.map((each) => (
        <div key={each.id} className="hm-rule">
          <TextInput
            size="sm"
            required
            maxLength={120}
            label={t(`places.${each.kind}`)}
            value={each.name}
            onChange={(event) => {
              const name = event.currentTarget.value;
              setForm({ ...form, assets: assets.map((one) => (one.id === each.id ? { ...one, name } : one)) });
            }}
          />
          <Button
            size="xs"
            variant="subtle"
            aria-label={t("places.removeNamed", { name: each.name })}
            onClick={() => setForm({ ...form, assets: assets.filter((one) => one.id !== each.id) })}
          >
            {t("common:remove")}
          </Button>
        </div>
      ))}
      <div className="hf-buttons">
        <Button size="xs" variant="subtle" onClick={() => add("room")}>{t("places.addRoom")}</Button>
        <Button size="xs" variant="subtle" onClick={() => add("equipment")}>{t("places.addEquipment")}</Button>
      </div>
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending}>{t("common:save")}</Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </form>
  );
}

const CLINICAL: ReadonlySet<string> = new Set(["clinician", "prescriber", "supervisor"]);

/** A colleague's hours, where somebody else keeps them. */
function Colleagues({ words }: { readonly words: AppointmentWords }): ReactElement {
  const { t } = words;
  const people = usePeople();
  const [member, setMember] = useState("");
  const found = (people.data ?? []).filter((each) => each.active && CLINICAL.has(each.role));
  return (
    <>
      <Panel title={t("offered.hours")}>
        <NativeSelect
          size="sm"
          label={t("offered.whose")}
          value={member}
          data={[{ value: "", label: t("offered.choose") }, ...found.map((each) => ({ value: each.id, label: each.display_name }))]}
          onChange={(event) => setMember(event.currentTarget.value)}
        />
      </Panel>
      {member === "" ? null : <HoursEditor key={member} member={member} words={words} />}
    </>
  );
}
