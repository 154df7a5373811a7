import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { allauth } from "@/api/allauth";
import { signOut } from "@/api/session";
import { Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { FormError } from "./FormError";
import { useReauth } from "./useReauth";

/** "Firefox, Linux" from a user agent, as far as it says. */
export function deviceOf(agent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1];
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera", "Mac OS X": "macOS" };
  const parts = [browser, system].flatMap((part) =>
    part === undefined ? [] : [names[part] ?? part],
  );
  return parts.length === 0 ? "?" : parts.join(", ");
}

export function Sessions(): ReactElement {
  const { t } = useTranslation("auth");
  const format = useFormat();
  const client = useQueryClient();
  const reauth = useReauth();
  const sessions = useQuery({ queryKey: ["sessions"], queryFn: allauth.sessions });
  const end = (ids: number[]): Promise<void> =>
    reauth.run(async () => {
      if (ids.length > 0) await allauth.endSessions(ids);
      await client.invalidateQueries({ queryKey: ["sessions"] });
    });
  return (
    <Panel title={t("sessions.title")}>
      {reauth.dialog}
      <FormError error={reauth.error} />
      <Query query={sessions}>
        {(list) => {
          const others = list.filter((each) => !each.is_current).map((each) => each.id);
          return (
            <>
              <ul className="hf-plain-list">
                {list.map((each) => (
                  <li key={each.id} className="hf-row">
                    <span>
                      {deviceOf(each.user_agent)}
                      {each.is_current ? <strong> · {t("sessions.this")}</strong> : null}
                      <span className="hf-soft hf-small">
                        {" "}
                        {format.dateTime(new Date((each.last_seen_at ?? each.created_at) * 1000))}
                      </span>
                    </span>
                    {each.is_current ? null : (
                      <Button
                        variant="default"
                        aria-label={t("sessions.end-one", { device: deviceOf(each.user_agent) })}
                        onClick={() => void end([each.id])}
                      >
                        {t("sessions.end")}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
              <div className="hf-buttons">
                {others.length === 0 ? null : (
                  <Button variant="default" onClick={() => void end(others)}>
                    {t("sessions.end-others")}
                  </Button>
                )}
                <Button
                  variant="default"
                  onClick={() =>
                    void reauth.run(async () => {
                      if (others.length > 0) await allauth.endSessions(others);
                      await signOut();
                    })
                  }
                >
                  {t("sessions.everywhere")}
                </Button>
              </div>
            </>
          );
        }}
      </Query>
    </Panel>
  );
}
