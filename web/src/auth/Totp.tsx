import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { encode } from "uqr";

import { allauth } from "@/api/allauth";
import { ApiError } from "@/api/problems";

import { FormError } from "./FormError";
import { useReauth } from "./useReauth";

/** A QR code as one SVG path. */
export function QrCode({ text, label }: { text: string; label: string }): ReactElement {
  const { path, size } = useMemo(() => {
    const code = encode(text, { border: 0, ecc: "M" });
    const cells = code.data.flatMap((row, y) =>
      row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
    );
    return { path: cells.join(""), size: code.size };
  }, [text]);
  return (
    <div className="hf-qr">
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
        <path d={path} fill="#000000" />
      </svg>
    </div>
  );
}

interface Props {
  setup: { secret: string; totp_url: string };
  onDone: () => void;
}

/** Scan, then prove it works with a first code. */
export function TotpSetup({ setup, onDone }: Props): ReactElement {
  const { t } = useTranslation("auth");
  const [code, setCode] = useState("");
  // The server wants the password again before it takes a new factor, unless it was just given.
  const submit = useReauth();
  const activate = async (): Promise<void> => {
    try {
      await allauth.totp.activate(code.replaceAll(/\s/g, ""));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
      setCode("");
      throw new ApiError(400, "wrong-code", "");
    }
    onDone();
  };
  return (
    <>
      {submit.dialog}
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit.run(activate);
        }}
      >
        <p>{t("totp.scan")}</p>
        <QrCode text={setup.totp_url} label={t("totp.qr")} />
        <p>
          {t("totp.by-hand")}{" "}
          <code data-testid="totp-secret" translate="no" dir="ltr">
            {setup.secret}
          </code>
        </p>
        <FormError error={submit.error} />
        <TextInput
          label={t("totp.code")}
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          required
        />
        <Button type="submit" loading={submit.busy}>
          {t("totp.activate")}
        </Button>
      </form>
    </>
  );
}
