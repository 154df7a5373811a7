/** Reads and writes of progress notes. */
import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";

import { api, clientPath, practicePath, withQuery } from "@/api/client";
import { useActive } from "@/api/session";
import type { Items, Schemas } from "@/api/types";

export type NoteRow = Schemas["NoteRow"];
export type NoteView = Schemas["NoteOut"];
export type NoteVersion = Schemas["NoteVersionOut"];
export type NotesPage = Schemas["NotesOut"];
export type WaitingRow = Schemas["WaitingRow"];
export type Content = Record<string, string>;

const listKey = (practice: string, client: string) => ["notes", practice, client] as const;
const noteKey = (practice: string, client: string, note: string) =>
  ["note", practice, client, note] as const;

/** Each reading is an entry of the person's access log: it is not asked again on a whim. */
const CALM = { refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

export function useNotes(client: string): UseInfiniteQueryResult<InfiniteData<NotesPage>> {
  const { practice } = useActive();
  return useInfiniteQuery({
    queryKey: listKey(practice.id, client),
    queryFn: ({ pageParam }) =>
      api.get<NotesPage>(clientPath(practice.id, client, "/notes"), { query: { cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    ...CALM,
  });
}

export function useNote(client: string, note: string): UseQueryResult<NoteView> {
  const { practice } = useActive();
  return useQuery({
    queryKey: noteKey(practice.id, client, note),
    queryFn: () => api.get<NoteView>(clientPath(practice.id, client, `/notes/${note}`)),
    // What is typed must not be replaced by an answer from before.
    gcTime: 0,
    ...CALM,
  });
}

export const fetchNote = (practice: string, client: string, note: string): Promise<NoteView> =>
  api.get<NoteView>(clientPath(practice, client, `/notes/${note}`));

const readAnew = (cache: QueryClient, practice: string, client: string): Promise<unknown> =>
  Promise.all(
    [listKey(practice, client), ["note", practice, client], ["notes-to-cosign", practice]].map(
      (queryKey) => cache.invalidateQueries({ queryKey }),
    ),
  );

export interface NoteWrite {
  method: "post" | "delete";
  /** Under the client, e.g. "/notes/ID/release". */
  rest: string;
  body?: unknown;
  query?: Record<string, number>;
}

/** Any step of a note; the lists that show it are read anew. */
export function useNoteWrite(client: string): UseMutationResult<unknown, Error, NoteWrite> {
  const { practice } = useActive();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body, query }: NoteWrite) =>
      api[method]<unknown>(withQuery(clientPath(practice.id, client, rest), query), body),
    onSuccess: () => readAnew(cache, practice.id, client),
  });
}

export function useReadAnew(client: string): () => Promise<unknown> {
  const { practice } = useActive();
  const cache = useQueryClient();
  return () => readAnew(cache, practice.id, client);
}

/** Newest versions that wait for this supervisor. */
export function useToCosign(enabled: boolean): UseQueryResult<WaitingRow[]> {
  const { practice } = useActive();
  return useQuery({
    queryKey: ["notes-to-cosign", practice.id],
    queryFn: async () =>
      (await api.get<Items<WaitingRow>>(practicePath(practice.id, "/notes-to-cosign"))).items,
    enabled,
    ...CALM,
  });
}
