import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { Notice, Panel } from "@/design";
import { type Own, useRecord } from "@/person/data";
import { useOnline } from "@/queue/online";

import { CallLink, EmergencyNumbers, WhereAreYou } from "./Lines";
import { useHelp, usePlace } from "./lines";
import "./safety.css";

/** "Right now: yes": whom to call, who is there, and where the person is. */
export function Emergency(own: Own): ReactElement {
  const { t } = useTranslation("safety");
  const { shown } = usePlace();
  const help = useHelp(shown);
  const found = help.data ?? null;
  const first = found?.lines.find((line) => line.phone !== null);
  return (
    <Panel title={t("emergency.title")} tone="clay" testId="emergency">
      <p>{t("emergency.lead")}</p>
      {found === null ? <p>{t("lines.no-country")}</p> : <EmergencyNumbers help={found} />}
      {first?.phone ? <CallLink number={first.phone} label={first.name} strong="yes" /> : null}
      <WhereAreYou />
      <WhoIsWithYou {...own} />
      <Place {...own} />
    </Panel>
  );
}

function WhoIsWithYou(own: Own): ReactElement {
  const { t } = useTranslation("safety");
  const record = useRecord(own);
  const [answer, setAnswer] = useState<"someone" | "nobody" | null>(null);
  const contact = record.data?.emergency_contact ?? null;
  return (
    <fieldset className="hf-fieldset">
      <legend>{t("emergency.who")}</legend>
      <div className="hf-choices">
        {(["someone", "nobody"] as const).map((each) => (
          <label key={each} className="hf-choice">
            <input
              type="radio"
              name="who"
              value={each}
              checked={answer === each}
              onChange={() => setAnswer(each)}
            />
            <span>{t(`emergency.${each}`)}</span>
          </label>
        ))}
      </div>
      <div role="status">
        {answer === null ? null : <p>{t(`emergency.${answer}-text`)}</p>}
        {answer === "nobody" && contact !== null && contact.phone !== "" ? (
          <CallLink number={contact.phone} label={contact.name} />
        ) : null}
      </div>
    </fieldset>
  );
}

/** An address the person chooses to give; it is tried again when the network returns. */
function Place({ practiceId, clientId }: Own): ReactElement {
  const { t } = useTranslation("safety");
  const online = useOnline();
  const [place, setPlace] = useState("");
  const send = useMutation({
    mutationFn: (text: string) =>
      api.patch(clientPath(practiceId, clientId), { current_location: text }),
  });
  const { isError, mutate } = send;
  useEffect(() => {
    if (online && isError && place.trim() !== "") mutate(place.trim());
  }, [online, isError, mutate, place]);
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (place.trim() !== "") mutate(place.trim());
      }}
    >
      <TextInput
        label={t("where.place")}
        description={t("where.place-hint")}
        value={place}
        maxLength={300}
        onChange={(event) => {
          setPlace(event.currentTarget.value);
          send.reset();
        }}
      />
      <Button type="submit" variant="default" loading={send.isPending}>
        {t("where.tell")}
      </Button>
      <div role="status">
        {send.isSuccess ? <Notice title={t("where.told")} /> : null}
        {send.isError ? <Notice tone="attention" title={t("where.not-told")} /> : null}
      </div>
    </form>
  );
}
