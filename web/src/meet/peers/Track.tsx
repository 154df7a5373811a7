import { Button, Radio } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { Notice, Panel, Query } from "@/design";

import { useOwnChange, useTraining } from "./api";
import { Problem } from "./Problem";
import type { Training, TrainingModule } from "./types";
import { usePeerWords } from "./words";

/** The training, one short module after another. */
export function Track({ done }: { readonly done: readonly string[] }): ReactElement {
  const { locale } = usePeerWords();
  const training = useTraining(locale);
  return <Query query={training}>{(data) => <Next training={data} done={done} />}</Query>;
}

function Next({ training, done }: { readonly training: Training; readonly done: readonly string[] }): ReactElement {
  const { t } = usePeerWords();
  const at = training.modules.findIndex(({ code }) => !done.includes(code));
  const module = training.modules[at];
  if (module === undefined) return <Notice title={t("listen.trained")} />;
  const step = t("track.step", { at: at + 1, of: training.modules.length });
  return (
    <Panel title={module.title} testId="module">
      <p className="hf-soft hf-small">
        {step}
        {training.status === "draft" ? ` · ${t("track.draft")}` : ""}
      </p>
      <Module key={module.code} module={module} />
    </Panel>
  );
}

function Module({ module }: { readonly module: TrainingModule }): ReactElement {
  const { t } = usePeerWords();
  const [chosen, setChosen] = useState<Readonly<Record<number, number>>>({});
  const [wrong, setWrong] = useState<readonly number[]>([]);
  const send = useOwnChange<{ wrong: number[] }>();
  const answers = module.questions.map((_, at) => chosen[at]);
  const all = answers.every((one) => one !== undefined);
  return (
    <>
      {module.text.map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
      {module.questions.map((question, at) => (
        <Radio.Group
          key={question.ask}
          label={question.ask}
          value={chosen[at] === undefined ? null : String(chosen[at])}
          onChange={(value) => setChosen((now) => ({ ...now, [at]: Number(value) }))}
          error={wrong.includes(at) ? `${t("track.again")} ${question.why}` : undefined}
        >
          <div className="hf-stack">
            {question.choices.map((choice, place) => <Radio key={choice} value={String(place)} label={choice} />)}
          </div>
        </Radio.Group>
      ))}
      {send.isError ? <Problem error={send.error} /> : null}
      <div className="hf-buttons">
        <Button
          disabled={!all}
          loading={send.isPending}
          onClick={() =>
            send.mutate(
              { method: "post", rest: `/listening/modules/${module.code}`, body: { answers } },
              { onSuccess: (found) => setWrong(found.wrong) },
            )
          }
        >
          {t("track.next")}
        </Button>
      </div>
    </>
  );
}
