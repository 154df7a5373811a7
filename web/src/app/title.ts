import { appName, readSetting } from "./settings";

/** The tab's title; with the neutral name on, no screen's name shows in tabs or history. */
export function documentTitle(screen: string): string {
  const neutral = readSetting("neutral") === "1";
  return neutral ? appName(true) : `${screen} · ${appName(false)}`;
}
