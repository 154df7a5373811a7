import { Button, Radio } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problems";
import { ErrorState, Notice, Page, Panel, Query } from "@/design";
import { makeFormat } from "@/format";

import { act, look, type Shown, tokenIn } from "./api";

/** Nothing to try again: the link itself is the reason. */
const GONE = new Set(["link-unknown", "link-expired"]);

/** What a link does without signing in. Nothing happens before somebody presses a button. */
export default function LinkPage(): ReactElement {
  const { t } = useTranslation("links");
  const [token] = useState(() => tokenIn(window.location.hash));
  const key = ["link", token];
  const found = useQuery({ queryKey: key, queryFn: () => look(token), retry: false, staleTime: Infinity });
  const gone = found.error instanceof ApiError && GONE.has(found.error.code);
  return (
    <Page title={t("title")}>
      {gone ? (
        <Notice tone="attention" title={t("gone.title")}>
          <p>{t("gone.text")}</p>
          <Link to="/appointments">{t("gone.go")}</Link>
        </Notice>
      ) : (
        <Query query={found}>{(shown) => <Appointment key={shown.version} token={token} shown={shown} />}</Query>
      )}
    </Page>
  );
}

function Appointment({ token, shown }: { token: string; shown: Shown }): ReactElement {
  const { t, i18n } = useTranslation("links");
  const client = useQueryClient();
  // The clock of the person's own wall, wherever the device is.
  const format = useMemo(() => makeFormat(i18n.language, shown.zone), [i18n.language, shown.zone]);
  const [choosing, setChoosing] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  const [chosen, setChosen] = useState("");
  const done = useMutation({
    mutationFn: (deed: { action: string; starts_at?: string }) =>
      act(token, shown.version, deed.action, deed.starts_at),
    onSuccess: (now) => {
      setChoosing(false);
      setCancelling(false);
      client.setQueryData(["link", token], now);
    },
    onError: () => client.invalidateQueries({ queryKey: ["link", token] }),
  });
  const may = (action: string): boolean => shown.actions.includes(action);
  const when =
    shown.starts_at === null
      ? ""
      : `${format.weekday(shown.starts_at)}, ${format.dateTime(shown.starts_at)}`;
  return (
    <>
      <Panel title={when}>
        <p data-testid="link-state" data-state={shown.state} role="status">
          {t(`state.${shown.state}`)}
        </p>
        {shown.with_name === "" ? null : <p>{t("with", { name: shown.with_name })}</p>}
        {shown.place === "" ? null : <p>{shown.place}</p>}
        <p className="hf-soft hf-small">{t("zone", { zone: shown.zone.replaceAll("_", " ") })}</p>
        {choosing || cancelling ? null : (
          <div className="hf-buttons">
            {may("confirm") ? (
              <Button loading={done.isPending} onClick={() => done.mutate({ action: "confirm" })}>
                {t("confirm")}
              </Button>
            ) : null}
            {may("move") ? (
              <Button variant="default" onClick={() => setChoosing(true)}>
                {t("move")}
              </Button>
            ) : null}
            {may("ask") && !may("move") ? (
              <Button variant="default" loading={done.isPending} onClick={() => done.mutate({ action: "ask" })}>
                {t("ask")}
              </Button>
            ) : null}
            {may("cancel") ? (
              <Button variant="default" onClick={() => setCancelling(true)}>
                {t("cancel")}
              </Button>
            ) : null}
          </div>
        )}
        {choosing ? (
          <form
            className="hf-stack"
            onSubmit={(event) => {
              event.preventDefault();
              if (chosen !== "") done.mutate({ action: "move", starts_at: chosen });
            }}
          >
            <Radio.Group label={t("choose")} value={chosen} onChange={setChosen}>
              <div className="hf-stack">
                {shown.slots.map((slot) => (
                  <Radio
                    key={slot.starts_at}
                    value={slot.starts_at}
                    label={`${format.weekday(slot.starts_at)}, ${format.dateTime(slot.starts_at)}`}
                  />
                ))}
              </div>
            </Radio.Group>
            <div className="hf-buttons">
              <Button type="submit" disabled={chosen === ""} loading={done.isPending}>
                {t("take")}
              </Button>
              {may("ask") ? (
                <Button variant="default" onClick={() => done.mutate({ action: "ask" })}>
                  {t("ask")}
                </Button>
              ) : null}
              <Button variant="subtle" onClick={() => setChoosing(false)}>
                {t("common:back")}
              </Button>
            </div>
          </form>
        ) : null}
        {cancelling ? (
          <div className="hf-stack">
            <p>{t("sure")}</p>
            <div className="hf-buttons">
              <Button loading={done.isPending} onClick={() => done.mutate({ action: "cancel" })}>
                {t("cancel-now")}
              </Button>
              <Button variant="subtle" onClick={() => setCancelling(false)}>
                {t("common:back")}
              </Button>
            </div>
          </div>
        ) : null}
        {done.isError ? <ErrorState error={done.error} /> : null}
      </Panel>
      {may("stop") ? (
        <Panel title={t("stop.title")}>
          <p>{t("stop.text")}</p>
          <div>
            <Button variant="subtle" loading={done.isPending} onClick={() => done.mutate({ action: "stop" })}>
              {t("stop.button")}
            </Button>
          </div>
        </Panel>
      ) : null}
    </>
  );
}
