import { Combobox, type CSSVariablesResolver, createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: 9,
  defaultRadius: "md",
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif',
  autoContrast: true,
  respectReducedMotion: true,
  components: {
    // A closed list costs as much to draw as an open one.
    Combobox: Combobox.extend({ defaultProps: { keepMounted: false } }),
  },
});

/** Darker than the button, not lighter, or its words would fade. */
const HOVER = "color-mix(in srgb, var(--mantine-color-cyan-9), black 15%)";

/** Quiet text that is still read with ease: 4.5:1 at the least (WCAG 2.2, 1.4.3). */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-cyan-filled-hover": HOVER,
    "--mantine-color-cyan-light-hover": "var(--mantine-color-cyan-1)",
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-7)",
  },
  dark: {
    "--mantine-color-cyan-filled-hover": HOVER,
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "var(--mantine-color-dark-1)",
  },
});

/** The nonce that the server gave this page for the styles that components add. */
export function styleNonce(): string {
  return document.querySelector('meta[name="csp-nonce"]')?.getAttribute("content") ?? "";
}

// The part of dialogs that keeps the page behind from scrolling looks for the nonce there.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
