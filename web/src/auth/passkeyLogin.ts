/** Logging in with a passkey, alone or as the second factor. */
import { allauth, type LoginOutcome } from "@/api/allauth";

export async function askPasskey(second: boolean): Promise<LoginOutcome> {
  const { startAuthentication } = await import("@simplewebauthn/browser");
  await allauth.session();
  const optionsJSON = second
    ? await allauth.passkey.secondOptions()
    : await allauth.passkey.loginOptions();
  const answer = await startAuthentication({ optionsJSON });
  // What an extension gave (a key, for instance) is this device's alone.
  const credential = { ...answer, clientExtensionResults: {} };
  return second ? allauth.passkey.second(credential) : allauth.passkey.login(credential);
}
