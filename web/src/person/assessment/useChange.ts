import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";

interface Change {
  method: "post" | "patch";
  rest: string;
  body: unknown;
}

/** Begin, change or leave an assessment; what is shown of it, and of what is due, is read anew. */
export function useChange() {
  const { practiceId, clientId } = useOwnRecord();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: Change) =>
      api[method](clientPath(practiceId, clientId, `/assessments${rest}`), body),
    onSettled: () =>
      Promise.all(
        [["assessments"], ["today"]].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}
