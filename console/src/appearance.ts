// Runs before the first paint, so that no page flashes white in the dark. Mantine takes over.
// A classic script of its own: within a function, it leaves nothing behind.
(() => {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // A browser without storage for this site: what the system prefers.
  }
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = kept === "dark" || (kept !== "light" && prefersDark);
  document.documentElement.dataset.mantineColorScheme = isDark ? "dark" : "light";
})();
