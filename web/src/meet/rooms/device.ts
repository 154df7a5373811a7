/** What this tab remembers of a visit, so that a reload leads back into it. Ids only. */

export interface Ready {
  camera: boolean;
}

const key = (encounter: string): string => `visit:${encounter}`;

export function readReady(encounter: string): Ready | null {
  const found = sessionStorage.getItem(key(encounter));
  return found === null ? null : { camera: found === "camera" };
}

export const writeReady = (encounter: string, { camera }: Ready): void =>
  sessionStorage.setItem(key(encounter), camera ? "camera" : "sound");

export const forgetReady = (encounter: string): void => sessionStorage.removeItem(key(encounter));
