import type { Me } from "@/api/types";

/** Which words a text uses: whoever has no password opens their vault with a passphrase. */
export const secretWord = (me: Me): { context?: "passphrase" } =>
  me.has_password ? {} : { context: "passphrase" };
