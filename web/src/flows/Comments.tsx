import { Button, NativeSelect, Textarea } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { ErrorState, Panel } from "@/design";

import { type FlowComment, type FlowDetail, useCompanionWrite } from "./api";
import { useFlowWords } from "./words";

/** What clinicians say of an exercise's words, until it is dealt with. */
export function Comments({ detail }: { readonly detail: FlowDetail }): ReactElement {
  const { t } = useFlowWords();
  return (
    <Panel title={t("comments.title")}>
      {detail.comments.length === 0 ? <p className="hf-soft">{t("comments.none")}</p> : null}
      <ul className="hff-comments">
        {detail.comments.map((comment) => (
          <Comment key={comment.id} comment={comment} detail={detail} />
        ))}
      </ul>
      <NewComment detail={detail} />
    </Panel>
  );
}

interface CommentProps {
  readonly comment: FlowComment;
  readonly detail: FlowDetail;
}

function Comment({ comment, detail }: CommentProps): ReactElement {
  const { t, moment, language } = useFlowWords();
  const write = useCompanionWrite();
  const step = detail.steps.find((each) => each.name === comment.step);
  return (
    <li data-resolved={comment.resolved_at !== null}>
      <p>{comment.text}</p>
      <p className="hf-soft hf-small">
        {[
          comment.by ?? t("comments.someone"),
          moment(comment.at),
          language(comment.language),
          step?.label ?? comment.step ?? t("comments.whole"),
          t("list.version", { version: comment.version }),
        ].join(" · ")}
      </p>
      {comment.resolved_at === null ? (
        <Button
          size="xs"
          variant="default"
          loading={write.isPending}
          onClick={() => write.mutate({ method: "post", rest: `/comments/${comment.id}/resolve` })}
        >
          {t("comments.resolve")}
        </Button>
      ) : (
        <p className="hf-soft hf-small">{t("comments.resolved", { when: moment(comment.resolved_at) })}</p>
      )}
      {write.isError ? <ErrorState error={write.error} /> : null}
    </li>
  );
}

function NewComment({ detail }: { readonly detail: FlowDetail }): ReactElement {
  const { t } = useFlowWords();
  const write = useCompanionWrite();
  const [step, setStep] = useState("");
  const [text, setText] = useState("");
  return (
    <form
      className="hff-comment"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate(
          {
            method: "post",
            rest: `/flows/${detail.flow}/comments`,
            body: { language: detail.language, step: step === "" ? null : step, text },
          },
          { onSuccess: () => setText("") },
        );
      }}
    >
      <NativeSelect
        size="sm"
        label={t("comments.about")}
        value={step}
        data={[
          { value: "", label: t("comments.whole") },
          ...detail.steps.map((each) => ({ value: each.name, label: each.label })),
        ]}
        onChange={(event) => setStep(event.currentTarget.value)}
      />
      <Textarea
        size="sm"
        required
        autosize
        minRows={2}
        maxLength={4000}
        label={t("comments.yours")}
        description={t("comments.hint")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending} disabled={text.trim() === ""}>
          {t("comments.send")}
        </Button>
        <span role="status">{write.isSuccess ? t("common:saved") : ""}</span>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </form>
  );
}
