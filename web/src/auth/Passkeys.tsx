import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth, type Authenticator } from "@/api/allauth";
import { Panel } from "@/design";
import { useFormat } from "@/format";
import { PasskeyWay } from "@/vault/PasskeyWay";

import { FormError } from "./FormError";
import { useReauth } from "./useReauth";

export function Passkeys({ list }: { list: Authenticator[] }): ReactElement {
  const { t } = useTranslation("auth");
  const format = useFormat();
  const client = useQueryClient();
  const reauth = useReauth();
  const [name, setName] = useState("");
  const keys = list.filter((each) => each.type === "webauthn");

  const changed = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ["authenticators"] });
    await client.invalidateQueries({ queryKey: ["me"] });
    await client.invalidateQueries({ queryKey: ["vault-ways"] });
  };

  const add = async (): Promise<void> => {
    const { startRegistration } = await import("@simplewebauthn/browser");
    const optionsJSON = await allauth.passkey.creationOptions(true);
    const options = {
      ...optionsJSON,
      // Only a passkey made with it has a PRF, by which it can open the vault later.
      extensions: { ...optionsJSON.extensions, prf: {} } as AuthenticationExtensionsClientInputs,
    };
    const credential = await startRegistration({ optionsJSON: options });
    // What an extension gave (a key, for instance) is this device's alone.
    const posted = { ...credential, clientExtensionResults: {} };
    await allauth.passkey.add(name.trim() === "" ? t("passkeys.unnamed") : name.trim(), posted);
    setName("");
    await changed();
  };

  return (
    <Panel title={t("passkeys.title")}>
      <p>{t("passkeys.lead")}</p>
      {reauth.dialog}
      <FormError error={reauth.error} />
      {keys.length === 0 ? null : (
        <ul className="hf-plain-list">
          {keys.map((key) => (
            <li key={key.id}>
              <div className="hf-row">
                <span>
                  {key.name}{" "}
                  <span className="hf-soft">{format.date(new Date(key.created_at * 1000))}</span>
                </span>
                <Button
                  variant="default"
                  aria-label={t("passkeys.remove", { name: key.name })}
                  onClick={() =>
                    void reauth.run(async () => {
                      if (key.id !== undefined) await allauth.passkey.remove(key.id);
                      await changed();
                    })
                  }
                >
                  {t("common:remove")}
                </Button>
              </div>
              {key.id === undefined ? null : <PasskeyWay id={key.id} name={key.name ?? ""} />}
            </li>
          ))}
        </ul>
      )}
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void reauth.run(add);
        }}
      >
        <TextInput
          label={t("passkeys.name")}
          description={t("passkeys.name-hint")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={reauth.busy}>
          {t("passkeys.add")}
        </Button>
      </form>
    </Panel>
  );
}
