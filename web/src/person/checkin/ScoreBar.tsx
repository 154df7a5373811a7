import type { CSSProperties, ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";
import type { Pack, Scale } from "@/measures/pack";

import "./checkin.css";

interface Props {
  pack: Pack;
  scale: Scale;
  value: number;
}

const between = (value: number, [low, high]: readonly [number, number]): string =>
  `${(100 * (value - low)) / (high - low)}%`;

/** A score as a place on its scale; the number and the band's name stand beside it. */
export function ScoreBar({ pack, scale, value }: Props): ReactElement {
  const { t } = useTranslation("instruments");
  const format = useFormat();
  const bands = scale.bands ?? [];
  const band = bands.findLast((each) => value >= each.min);
  const worst = scale.direction ?? pack.direction;
  const parts = bands.length === 0 ? [{ id: "all", min: scale.range[0], max: scale.range[1] }] : bands;
  const label = t(`scales.${pack.id}.${scale.id}`, { defaultValue: pack.title });
  const words = band === undefined ? "" : t(`bands.${band.id}`);
  return (
    <div className="hf-score">
      <div className="hf-row">
        <strong>{label}</strong>
        <span>
          {words === "" ? null : <>{words} · </>}
          {t("of", { value: format.number(value), most: format.number(scale.range[1]) })}
        </span>
      </div>
      <div className="hf-score-track" aria-hidden>
        {parts.map((part, index) => {
          const shade = worst === "higher" ? parts.length - 1 - index : index;
          const style: CSSProperties = {
            flexGrow: part.max - part.min + 1,
            background: bands.length === 0 ? "var(--hf-sunken)" : `var(--hf-band-${Math.min(4, shade)})`,
          };
          return <span key={part.id} style={style} />;
        })}
        <i className="hf-score-mark" style={{ insetInlineStart: between(value, scale.range) }} />
      </div>
    </div>
  );
}
