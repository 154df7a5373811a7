/** Web push on this device: asking the browser, telling the server, and undoing both. */
import { api } from "@/api/client";

import type { NotificationSettings } from "./api";

export type DeviceState = "unsupported" | "blocked" | "off" | "on";

export const supportsPush = (): boolean =>
  "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** The worker's registration; none where there is none (a development server, a private window). */
async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  return navigator.serviceWorker.getRegistration();
}

export async function currentSubscription(): Promise<PushSubscription | null> {
  if (!supportsPush()) return null;
  return (await (await registration())?.pushManager.getSubscription()) ?? null;
}

export async function deviceState(): Promise<DeviceState> {
  if (!supportsPush() || (await registration()) === undefined) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return (await currentSubscription()) === null ? "off" : "on";
}

/** "Firefox, Android": enough to tell one's own devices apart. */
export function deviceLabel(agent: string): string {
  const browser = /Edg\//.test(agent)
    ? "Edge"
    : /Firefox\/|FxiOS/.test(agent)
      ? "Firefox"
      : /Chrome\/|CriOS/.test(agent)
        ? "Chrome"
        : /Safari\//.test(agent)
          ? "Safari"
          : "";
  const system = /Android/.test(agent)
    ? "Android"
    : /iPhone|iPad/.test(agent)
      ? "iOS"
      : /Windows/.test(agent)
        ? "Windows"
        : /Mac OS/.test(agent)
          ? "macOS"
          : /Linux/.test(agent)
            ? "Linux"
            : "";
  return [browser, system].filter((part) => part !== "").join(", ");
}

function describe(subscription: PushSubscription): unknown {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, keys, label: deviceLabel(navigator.userAgent) };
}

function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
}

const sameKey = (subscription: PushSubscription, key: string): boolean => {
  const own = subscription.options.applicationServerKey;
  if (own === null) return false;
  const wanted = bytesOf(key);
  const given = new Uint8Array(own);
  return given.length === wanted.length && given.every((byte, index) => byte === wanted[index]);
};

/** Asks for permission (the browser shows its own question) and takes pushes from now on. */
export async function turnOn(pushKey: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") return;
  const here = await registration();
  if (here === undefined) return;
  const old = await here.pushManager.getSubscription();
  if (old !== null && !sameKey(old, pushKey)) await old.unsubscribe();
  const subscription = await here.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(pushKey),
  });
  await api.post("/me/notifications/devices", describe(subscription));
}

export async function turnOff(): Promise<void> {
  const subscription = await currentSubscription();
  if (subscription === null) return;
  await subscription.unsubscribe();
  await api.delete("/me/notifications/devices", { endpoint: subscription.endpoint });
}

/** Whoever signs in here from now on gets no pushes of the account that signed out. */
export async function forgetDevice(): Promise<void> {
  try {
    await turnOff();
  } catch {
    // Who cannot be reached now learns it with the next message: the browser takes none any more.
  }
}

/** Browsers change their subscription now and then: the server is told of the present one. */
export async function keepDevice(): Promise<void> {
  const subscription = await currentSubscription();
  if (subscription === null) return;
  const settings = await api.get<NotificationSettings>("/me/notifications");
  if (settings.push_key === null) return;
  if (sameKey(subscription, settings.push_key)) {
    await api.post("/me/notifications/devices", describe(subscription));
  } else if (Notification.permission === "granted") {
    await turnOn(settings.push_key);
  }
}
