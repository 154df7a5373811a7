import type { CSSVariablesResolver, MantineColorsTuple } from "@mantine/core";
import { createTheme, defaultVariantColorsResolver, type VariantColorsResolver } from "@mantine/core";

const pine: MantineColorsTuple = [
  "#eaf4f1",
  "#d3e7e2",
  "#a9d8ce",
  "#8cc7bb",
  "#559f93",
  "#38877b",
  "#276e64",
  "#1f5d55",
  "#174a44",
  "#0f3733",
];

const amber: MantineColorsTuple = [
  "#fff7e6",
  "#fdebc8",
  "#f8d792",
  "#f0bf5a",
  "#e5a732",
  "#d08f1b",
  "#a2690c",
  "#7a4d06",
  "#634005",
  "#4c3104",
];

const clay: MantineColorsTuple = [
  "#fbf0eb",
  "#f5dbd1",
  "#edbfae",
  "#eda489",
  "#d27a5b",
  "#bd5f40",
  "#a84e32",
  "#96402a",
  "#7a3322",
  "#5d261a",
];

/* Warm neutrals in the place of the library's cold ones, so that no component keeps its stock look. */
const gray: MantineColorsTuple = [
  "#faf6ef",
  "#f4eee4",
  "#eae2d5",
  "#e4dbcd",
  "#8a7e70",
  "#786d60",
  "#6d6257",
  "#5e554b",
  "#423b33",
  "#2a2520",
];

const dark: MantineColorsTuple = [
  "#f0e9dd",
  "#d8cebf",
  "#c3b8a8",
  "#a0968a",
  "#8f8578",
  "#3b362f",
  "#24211d",
  "#1a1815",
  "#161411",
  "#100e0c",
];

/** Heights and text sizes by size name: `md` is the 44 px a thumb needs, `sm` the clinician's. */
const HEIGHT: Record<string, string> = {
  xs: "1.875rem",
  sm: "2.25rem",
  md: "2.75rem",
  lg: "3.25rem",
  xl: "3.75rem",
};

const height = (size: unknown): string => HEIGHT[typeof size === "string" ? size : "md"] ?? "2.75rem";

const inputVars = {
  defaultProps: { size: "md" },
} as const;

/** Colours of our own three hues come from the tokens, so that text on them is readable in the dark too. */
const resolveColors: VariantColorsResolver = (input) => {
  const base = defaultVariantColorsResolver(input);
  const hue = input.color ?? "pine";
  if (!["pine", "clay", "amber"].includes(hue)) return base;
  if (input.variant === "filled" && hue !== "amber") {
    return {
      ...base,
      background: `var(--hf-${hue})`,
      hover: hue === "pine" ? "var(--hf-pine-strong)" : "var(--hf-clay)",
      color: `var(--hf-on-${hue})`,
    };
  }
  if (input.variant === "light") {
    const wash = `var(--hf-${hue}-wash)`;
    return { ...base, background: wash, hover: wash, color: `var(--hf-${hue})` };
  }
  if (input.variant === "subtle") return { ...base, hover: "var(--hf-sunken)", color: `var(--hf-${hue})` };
  return base;
};

export const theme = createTheme({
  variantColorResolver: resolveColors,
  fontFamily: "var(--hf-font)",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Menlo, monospace",
  headings: { fontFamily: "var(--hf-font)", fontWeight: "650" },
  colors: { pine, amber, clay, gray, dark },
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  black: "#2a2520",
  white: "#fffdf9",
  defaultRadius: "md",
  radius: { xs: "0.25rem", sm: "0.5rem", md: "0.75rem", lg: "1.125rem", xl: "1.5rem" },
  fontSizes: { xs: "0.8125rem", sm: "0.9375rem", md: "1.0625rem", lg: "1.1875rem", xl: "1.375rem" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.55", lg: "1.55", xl: "1.5" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  respectReducedMotion: true,
  cursorType: "pointer",
  focusRing: "auto",
  // By name and without importing the components: a screen loads only those that it shows.
  components: {
    Button: {
      defaultProps: { size: "md" },
      vars: (_theme: unknown, props: { size?: unknown }) => ({
        root: {
          "--button-height": height(props.size),
          "--button-radius": "var(--hf-radius-m)",
        },
      }),
      styles: {
        root: {
          display: "inline-flex",
          alignItems: "center",
          justifyContent: "center",
          height: "auto",
          minHeight: "var(--button-height)",
          fontWeight: 600,
        },
        label: { whiteSpace: "normal", textAlign: "center", height: "auto", overflow: "visible", lineHeight: 1.5 },
        inner: { paddingBlock: "0.25rem", overflow: "visible" },
      },
    },
    ActionIcon: {
      defaultProps: { size: "2.75rem", variant: "subtle" },
    },
    Anchor: { defaultProps: { underline: "always" } },
    Badge: {
      defaultProps: { variant: "light", radius: "sm" },
      styles: { root: { textTransform: "none", fontWeight: 600, height: "auto", paddingBlock: 2 } },
    },
    TextInput: inputVars,
    PasswordInput: inputVars,
    NumberInput: inputVars,
    Textarea: inputVars,
    Select: { defaultProps: { size: "md", allowDeselect: false } },
    NativeSelect: inputVars,
    PinInput: { defaultProps: { size: "md" } },
    Checkbox: { defaultProps: { size: "md" } },
    Radio: { defaultProps: { size: "md" } },
    Switch: { defaultProps: { size: "md" } },
    SegmentedControl: { defaultProps: { size: "md" } },
    InputWrapper: {
      styles: {
        label: { fontWeight: 600, marginBottom: "0.25rem" },
        description: { color: "var(--hf-ink-soft)", fontSize: "var(--hf-text-s)", paddingBottom: "0.25rem" },
        error: { fontSize: "var(--hf-text-s)" },
      },
    },
    Modal: {
      defaultProps: {
        centered: true,
        radius: "lg",
        overlayProps: { blur: 2 },
        // Mantine's <header> inside role=dialog counts as a second banner of the page.
        attributes: { header: { role: "none" } },
      },
    },
  },
});

/** Points Mantine's own variables at our tokens, so both colour schemes come from tokens.css. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--hf-paper)",
    "--mantine-color-text": "var(--hf-ink)",
    "--mantine-color-dimmed": "var(--hf-ink-soft)",
    "--mantine-color-placeholder": "var(--hf-ink-soft)",
    "--mantine-color-anchor": "var(--hf-pine)",
    "--mantine-color-error": "var(--hf-clay)",
    "--mantine-color-default": "var(--hf-surface)",
    "--mantine-color-default-hover": "var(--hf-sunken)",
    "--mantine-color-default-border": "var(--hf-line-strong)",
    "--mantine-color-default-color": "var(--hf-ink)",
  };
  return { variables: {}, light: shared, dark: shared };
};
