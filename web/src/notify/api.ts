/** How somebody is told things, and what came of each message. */
import {
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";

import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

export type NotificationSettings = Schemas["NotificationSettingsOut"];
export type NotificationChanges = Schemas["NotificationSettingsIn"];
export type Device = Schemas["DeviceOut"];
export type Message = Schemas["MessageOut"];
export type Deliveries = Schemas["MessageList"];
export type MessageAttempt = Schemas["MessageAttempt"];

export const SETTINGS_KEY = ["notification-settings"] as const;
export const DELIVERIES_KEY = "deliveries";

export const useNotificationSettings = (): UseQueryResult<NotificationSettings> =>
  useQuery({
    queryKey: SETTINGS_KEY,
    queryFn: () => api.get<NotificationSettings>("/me/notifications"),
  });

export function useChange(): UseMutationResult<NotificationSettings, Error, NotificationChanges> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: NotificationChanges) =>
      api.patch<NotificationSettings>("/me/notifications", changes),
    onSuccess: (changed) => client.setQueryData(SETTINGS_KEY, changed),
  });
}

/** What was sent lately, newest first: one's own, or (for the team) a person's, with the addresses
 * that take nothing any more. */
export const useDeliveries = (path: string): UseQueryResult<Deliveries> =>
  useQuery({
    queryKey: [DELIVERIES_KEY, path],
    queryFn: () => api.get<Deliveries>(path),
    // While something is still on its way, look again.
    refetchInterval: (query) =>
      query.state.data?.items.some((each) => each.attempts.some((one) => one.outcome === "waiting")) === true
        ? 5_000
        : false,
  });
