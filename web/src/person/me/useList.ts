/** A list of the person's own rows: read, add, change, remove. */
import { useMutation, type UseMutationResult, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import { type Items, itemsOf } from "@/api/types";

interface OwnList<T> {
  rows: UseQueryResult<T[]>;
  add: UseMutationResult<unknown, Error, unknown>;
  change: UseMutationResult<unknown, Error, { id: string; body: unknown }>;
  remove: UseMutationResult<unknown, Error, string>;
}

export function useList<T>(name: string): OwnList<T> {
  const { practiceId, clientId } = useOwnRecord();
  const client = useQueryClient();
  const path = clientPath(practiceId, clientId, `/${name}`);
  const onSuccess = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: [name] });
    await client.invalidateQueries({ queryKey: ["progress"] });
  };
  return {
    rows: useQuery({
      queryKey: [name, practiceId, clientId],
      queryFn: async () => itemsOf(await api.get<T[] | Items<T>>(path)),
    }),
    add: useMutation({ mutationFn: (body: unknown) => api.post(path, body), onSuccess }),
    change: useMutation({
      mutationFn: ({ id, body }: { id: string; body: unknown }) => api.patch(`${path}/${id}`, body),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => api.delete(`${path}/${id}`), onSuccess }),
  };
}
