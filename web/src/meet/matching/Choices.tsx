import { Checkbox } from "@mantine/core";
import type { ReactElement } from "react";

interface Props<Code extends string | number> {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly codes: readonly Code[];
  readonly chosen: readonly Code[];
  readonly name: (code: Code) => string;
  readonly onChange: (chosen: Code[]) => void;
}

/** Several of a list, in the list's order. */
export function Choices<Code extends string | number>(props: Props<Code>): ReactElement {
  const { label, hint, codes, chosen, name, onChange } = props;
  return (
    <fieldset className="hfm-choices">
      <legend>{label}</legend>
      {hint === undefined ? null : <p className="hf-soft hf-small">{hint}</p>}
      <div className="hfm-grid">
        {codes.map((code) => (
          <Checkbox
            key={code}
            label={name(code)}
            checked={chosen.includes(code)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              onChange(codes.filter((each) => (each === code ? on : chosen.includes(each))));
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}
