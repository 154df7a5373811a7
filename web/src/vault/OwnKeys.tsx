import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { useActive } from "@/api/session";

import { exists, fetchVault } from "./access";
import { Keys } from "./Keys";

/** New keys for whoever has a vault and no private writing: staff, with whom others share. */
export function OwnKeys(): ReactElement | null {
  const { me } = useActive();
  const { data: vault } = useQuery({ queryKey: ["vault-ways", me.id], queryFn: fetchVault });
  return vault === undefined || !exists(vault) ? null : <Keys />;
}
