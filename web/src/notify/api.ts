/** How somebody is told things, and what came of each message. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { api } from "@/api/client";
import type { Items, Schemas } from "@/api/types";

export type NotificationSettings = Schemas["NotificationSettingsOut"];
export type NotificationChanges = Schemas["NotificationSettingsIn"];
export type Device = Schemas["DeviceOut"];
export type Message = Schemas["MessageOut"];
export type MessageAttempt = Schemas["MessageAttempt"];

export const SETTINGS_KEY = ["notification-settings"] as const;
export const DELIVERIES_KEY = "deliveries";

export const useNotificationSettings = (): UseQueryResult<NotificationSettings> =>
  useQuery({
    queryKey: SETTINGS_KEY,
    queryFn: () => api.get<NotificationSettings>("/me/notifications"),
  });

/** What was sent lately, newest first: one's own, or (for the team) a person's. */
export const useDeliveries = (path: string): UseQueryResult<Message[]> =>
  useQuery({
    queryKey: [DELIVERIES_KEY, path],
    queryFn: async () => (await api.get<Items<Message>>(path)).items,
    // While something is still on its way, look again.
    refetchInterval: (query) =>
      query.state.data?.some((each) => each.attempts.some((one) => one.outcome === "waiting")) === true
        ? 5_000
        : false,
  });
