import { ActionIcon } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { type NotificationSettings, useChange } from "./api";

type Channel = NotificationSettings["order"][number];

/** The order with one channel a place further up or down. */
export function moved(order: readonly Channel[], channel: Channel, by: -1 | 1): Channel[] {
  const from = order.indexOf(channel);
  const to = from + by;
  const found = [...order];
  const other = found[to];
  if (from < 0 || other === undefined) return found;
  found[from] = other;
  found[to] = channel;
  return found;
}

/** Which way is tried first, and which follow when it fails. */
export function Order({ settings }: { settings: NotificationSettings }): ReactElement {
  const { t } = useTranslation("notify");
  const change = useChange();
  const order = settings.order;
  const step = (channel: Channel, by: -1 | 1): void =>
    change.mutate({ order: moved(order, channel, by) });
  return (
    <details>
      <summary>{t("order.title")}</summary>
      <p className="hf-soft hf-small">{t("order.lead")}</p>
      <ol className="hf-plain-list" data-testid="order">
        {order.map((channel, index) => (
          <li key={channel} className="hf-row" data-channel={channel}>
            <span>
              {index + 1}. {t(`channel.${channel}`)}
            </span>
            <span className="hf-buttons">
              <ActionIcon
                variant="subtle"
                size="lg"
                disabled={index === 0 || change.isPending}
                aria-label={t("order.up", { channel: t(`channel.${channel}`) })}
                onClick={() => step(channel, -1)}
              >
                <IconArrowUp size={20} aria-hidden />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size="lg"
                disabled={index === order.length - 1 || change.isPending}
                aria-label={t("order.down", { channel: t(`channel.${channel}`) })}
                onClick={() => step(channel, 1)}
              >
                <IconArrowDown size={20} aria-hidden />
              </ActionIcon>
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
