/** What this tab remembers of a group, so that a reload leads back into it: gone with the tab. */
export interface ReadyForGroup {
  camera: boolean;
  name: string;
}

const key = (appointment: string): string => `group:${appointment}`;

export function readReady(appointment: string): ReadyForGroup | null {
  const found = sessionStorage.getItem(key(appointment));
  if (found === null) return null;
  return { camera: found.startsWith("camera "), name: found.slice(found.indexOf(" ") + 1) };
}

export const writeReady = (appointment: string, { camera, name }: ReadyForGroup): void =>
  sessionStorage.setItem(key(appointment), `${camera ? "camera" : "sound"} ${name}`);

export const forgetReady = (appointment: string): void => sessionStorage.removeItem(key(appointment));

/** What somebody is called where they chose nothing: the first word of the name that the practice has. */
export const firstWord = (name: string): string => name.trim().split(/\s+/)[0] ?? "";
