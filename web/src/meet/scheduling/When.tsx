import type { ReactElement } from "react";

import type { Appointment } from "./api";
import "./scheduling.css";
import type { AppointmentWords } from "./words";

type Timed = Pick<Appointment, "starts_at" | "ends_at" | "zone">;

/** The day and time on the reader's wall, and on the other one's where that shows another. */
export function When({ of, words }: { readonly of: Timed; readonly words: AppointmentWords }): ReactElement {
  const there = words.elsewhere(of.starts_at, of.zone);
  return (
    <>
      <p className="hm-when">
        {words.date(of.starts_at)},{" "}
        <span className="hm-time">
          {words.time(of.starts_at)} – {words.time(of.ends_at)}
        </span>
      </p>
      {there === null ? null : <p className="hf-soft">{words.t("there", { time: there })}</p>}
    </>
  );
}

type Placed = Pick<Appointment, "medium" | "place"> & { readonly with_name?: string; readonly type_name?: string };

/** "Talk · with Dana · by video", and the address of where people meet. */
export function Where({ of, words }: { readonly of: Placed; readonly words: AppointmentWords }): ReactElement {
  const { t } = words;
  const parts = [
    of.type_name ?? "",
    of.with_name ? t("with", { name: of.with_name }) : "",
    t(`medium.${of.medium}`),
    of.place === null ? "" : of.place.name,
  ];
  return (
    <>
      <p>{parts.filter((part) => part !== "").join(" · ")}</p>
      {of.place === null || of.place.address === "" ? null : (
        <p className="hf-soft hf-small" dir="auto">{of.place.address}</p>
      )}
    </>
  );
}
